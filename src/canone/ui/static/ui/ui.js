/* Canone — what pages do by themselves. Everything essential also works without it. */
(() => {
  "use strict";
  const $ = (what, where = document) => where.querySelector(what);
  const $$ = (what, where = document) => [...where.querySelectorAll(what)];

  /* ---- voices ------------------------------------------------------------------------------ */
  const live = $("#live");
  const say = (text) => {
    if (!live || !text) return;
    live.textContent = "";
    window.setTimeout(() => { live.textContent = text; }, 50);
  };

  const focusReport = () => {
    const target = $("[data-faults]") || $("[data-report]");
    if (target) target.focus();
  };

  /* ---- drop-downs and explanations: Escape and a click outside close them -------------------- */
  const FLOATS = "details.cn-drop[open],details.cn-explain[open]";
  document.addEventListener("click", (event) => {
    $$(FLOATS).forEach((open) => { if (!open.contains(event.target)) open.open = false; });
  });
  document.addEventListener("toggle", (event) => {
    const pop = event.target.open && $(".cn-pop", event.target);
    if (pop) pop.classList.toggle("from-left", pop.getBoundingClientRect().left < 8);
  }, true);
  const closeFloats = () => {
    const open = $$(FLOATS).pop();
    if (!open) return false;
    open.open = false;
    $("summary", open).focus();
    return true;
  };

  /* ---- keyboard ------------------------------------------------------------------------------ */
  const typing = (node) =>
    node.isContentEditable || node.matches("textarea,select,input:not([type=checkbox],[type=radio])");
  const dialog = (id) => {
    const box = document.getElementById(id);
    if (box && !box.open) box.showModal();
    return box;
  };
  const openSearch = () => {
    const box = dialog("search");
    if (box) $("input", box).select();
    return Boolean(box);
  };
  const rows = () => $$("[data-row]").filter((row) => row.getClientRects().length); // not in a closed fold
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.classList.contains("at"));
    const next = Math.max(0, Math.min(all.length - 1, now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step));
    all.forEach((row, index) => row.classList.toggle("at", index === next));
    const target = $("a[href]", all[next]) || $("summary, button, input", all[next]);
    if (target) target.focus();
    all[next].scrollIntoView({ block: "nearest" });
  };
  const tick = () => {
    const row = document.activeElement.closest("[data-row]") || $("[data-row].at");
    const box = row && $("input[name=ids]", row);
    if (box) box.click();
  };
  let going = 0;
  const single = {
    j: () => move(1),
    k: () => move(-1),
    x: tick,
    "?": () => dialog("keys"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && closeFloats()) { event.preventDefault(); return; }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      if (openSearch()) event.preventDefault();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = document.activeElement.closest("form") || $("form[data-form]");
      const save = form && ($("[data-save]", form) || $("button:not([type=button])", form));
      if (save) { event.preventDefault(); save.click(); }
      return;
    }
    if (document.body.dataset.keys === "off" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (typing(event.target) || $("dialog[open]")) return;
    const fresh = Date.now() - going < 1500;
    going = 0;
    if (fresh) {
      const area = $(`[data-go="${CSS.escape(event.key)}"]`);
      if (area) { event.preventDefault(); area.click(); }
      return;
    }
    if (event.key === "g") { going = Date.now(); return; }
    const run = single[event.key] || (() => {
      const button = $(`[data-key="${CSS.escape(event.key)}"]`);
      if (!button) return false;
      button.click();
      return true;
    });
    if (run() !== false) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const find = event.target.closest("[data-search]");
    if (find && openSearch()) event.preventDefault();
    const help = event.target.closest("[data-keys-help]");
    if (help && dialog("keys")) { closeFloats(); event.preventDefault(); }
  });

  /* ---- small helpers of pages ------------------------------------------------------------------ */
  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy-address]");
    if (copy) {
      try {
        await navigator.clipboard.writeText(window.location.href);
        copy.dataset.words = copy.dataset.words || copy.textContent;
        copy.textContent = live.dataset.copied;
        say(live.dataset.copied);
        window.setTimeout(() => { copy.textContent = copy.dataset.words; }, 2500);
      } catch {
        window.prompt("", window.location.href);
      }
    }
    const other = event.target.closest("[data-copy]");
    if (other) {
      const field = document.getElementById(other.dataset.copy);
      field.select();
      try { await navigator.clipboard.writeText(field.value); say(live.dataset.copied); } catch { /* selected */ }
    }
    const show = event.target.closest("[data-show-password]");
    if (show) {
      const field = document.getElementById(show.getAttribute("aria-controls"));
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      show.setAttribute("aria-pressed", String(!shown));
    }
    const fill = event.target.closest("[data-fill]");
    if (fill) {
      Object.entries(JSON.parse(fill.dataset.fill)).forEach(([name, value]) => {
        const field = fill.form.elements[name];
        if (field) { field.value = value; field.dispatchEvent(new Event("input", { bubbles: true })); }
      });
    }
  });
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-tick-all]");
    if (all) $$("input[name=ids]").forEach((box) => { box.checked = all.checked; });
    if (event.target.closest("[data-bulk]")) countTicks();
  });
  const countTicks = () => {
    const words = $("[data-ticked]");
    if (!words) return;
    const count = $$("input[name=ids]:checked").length;
    words.textContent = count ? `${count} ${words.dataset.some}` : words.dataset.none;
    const all = $("input[name=all]");
    $("[data-bulk-bar]").classList.toggle("some", count > 0 || Boolean(all && all.checked));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button) window.setTimeout(() => button.setAttribute("aria-busy", "true"));
    window.setTimeout(ready, 8000); // a form whose answer is a file leaves the page as it is
  });
  const ready = () => {
    $$("form[data-sent]").forEach((form) => delete form.dataset.sent);
    $$("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };
  window.addEventListener("pageshow", ready);

  /* ---- results that change by themselves ------------------------------------------------------- */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-results]");
    if (!link || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const address = link.href;
    window.htmx.ajax("GET", address, { target: "#results", swap: "outerHTML" }).then(() => {
      window.history.pushState({}, "", address);
      keepSorting(address);
      const table = $("#results table");
      if (table) { table.tabIndex = -1; table.focus({ preventScroll: true }); }
    });
  });
  window.addEventListener("popstate", () => {
    const results = $("#results"); // what it shows is what the server says it answered
    const plain = (query) => new URLSearchParams(query).toString();
    if (results && plain(results.dataset.query) !== plain(window.location.search)) window.location.reload();
  });
  const keepSorting = (address) => {
    const form = $("form[data-filter]");
    if (!form) return;
    const asked = new URL(address).searchParams;
    ["sort", "per"].forEach((name) => {
      let field = $(`input[type=hidden][name=${name}]`, form);
      if (!asked.get(name)) { if (field) field.remove(); return; }
      if (!field) {
        field = Object.assign(document.createElement("input"), { type: "hidden", name });
        form.append(field);
      }
      field.value = asked.get(name);
    });
  };
  let watched = false; // whether the work was seen running
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.matches("section[hx-trigger*=every]")) watched = true;
  });
  const tellEnd = (report) => {
    // The rest of the page knows only now what the work did: it comes anew, and ends here again.
    if (watched && report.closest("[data-renew]")) { window.location.reload(); return; }
    report.tabIndex = -1;
    if ([document.body, document.documentElement].includes(document.activeElement)) report.focus();
    say(report.textContent.replace(/\s+/g, " ").trim());
  };
  let unfolded = []; // what was open stays open when the results come anew
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "results") unfolded = $$("#results details[id][open]").map((one) => one.id);
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    unfolded.forEach((id) => { const one = document.getElementById(id); if (one) one.open = true; });
    unfolded = [];
  });
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("form[data-filter]")) return;
    const values = event.detail.parameters;
    Object.keys(values).forEach((name) => { if (values[name] === "") delete values[name]; });
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const told = event.target.closest("[data-announce]") || $("[data-announce]", event.target);
    if (told) say(told.dataset.announce);
    const ended = event.target.matches("[data-ended]") ? event.target : $("[data-ended]", event.target);
    if (ended) tellEnd(ended);
    const report = event.target.matches("[data-report]") ? event.target : null;
    if (report) report.focus();
    countTicks();
  });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => {
    document.body.addEventListener(name, (event) => {
      if (event.detail.requestConfig && event.detail.requestConfig.verb === "get" && event.target.matches("[hx-trigger*=every]")) return;
      const words = event.detail.xhr && event.detail.xhr.status === 507 ? live.dataset.full : live.dataset.failed;
      say(words);
      let note = $(".cn-notice");
      if (!note) {
        note = Object.assign(document.createElement("div"), { className: "cn-note is-stop cn-notice" });
        note.setAttribute("role", "alert");
        document.body.append(note);
      }
      note.textContent = words;
      window.setTimeout(() => note.remove(), 8000);
    });
  });

  /* ---- sign-in: the passkey button stands there where the browser can do it --------------------- */
  const passkey = $("[data-passkey]");
  if (passkey && window.PublicKeyCredential) {
    passkey.hidden = false;
    $("[data-save]").classList.replace("btn-primary", "btn-plain");
  }

  focusReport();
})();
