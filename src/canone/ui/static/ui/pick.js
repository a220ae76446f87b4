/* Canone — a field that searches while one types (the combobox of ARIA's authoring practices). */
(() => {
  "use strict";
  const start = (box) => {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const [hidden, field] = box.querySelectorAll("input");
    const list = box.querySelector("[role=listbox]");
    const choices = () => [...list.querySelectorAll("[data-value]")];
    let at = -1, asked = 0, timer = 0, chosen = field.value, isOld = false;
    field.removeAttribute("name");
    hidden.removeAttribute("required");

    const close = () => {
      window.clearTimeout(timer);
      asked += 1;
      isOld = false;
      list.hidden = true;
      at = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const mark = (index) => {
      const all = choices();
      if (!all.length) return;
      at = (index + all.length) % all.length;
      all.forEach((option, number) => {
        option.id = `${list.id}_${number}`;
        option.setAttribute("aria-selected", String(number === at));
      });
      field.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    };
    const take = (value, words) => {
      const before = hidden.value;
      hidden.value = value;
      field.value = words;
      chosen = words;
      close();
      if (before !== value) hidden.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const ask = async () => {
      const mine = ++asked;
      const text = field.value === chosen ? "" : field.value;
      const answer = await fetch(`${box.dataset.pick}?q=${encodeURIComponent(text)}`, {
        headers: { "HX-Request": "true" },
      });
      if (mine !== asked || !answer.ok) return;
      list.innerHTML = await answer.text();
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      field.removeAttribute("aria-activedescendant");
      at = -1;
      isOld = false;
    };
    /* what is listed must be what was typed: who is quicker than the answer waits for it */
    const fresh = () => {
      if (!isOld && !list.hidden) return Promise.resolve();
      window.clearTimeout(timer);
      return ask();
    };
    const first = () => {
      if (isOld) return;
      const option = choices()[at < 0 ? 0 : at];
      if (option) take(option.dataset.value, option.dataset.words);
    };
    field.addEventListener("input", (event) => {
      event.stopPropagation();
      window.clearTimeout(timer);
      asked += 1;
      isOld = true;
      if (!field.value.trim()) { take("", ""); return; }
      timer = window.setTimeout(ask, 200);
    });
    field.addEventListener("change", (event) => event.stopPropagation());
    field.addEventListener("click", () => { if (list.hidden) ask(); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (list.hidden || isOld) fresh().then(() => { if (!isOld) mark(step > 0 ? 0 : -1); });
        else mark(at < 0 && step < 0 ? -1 : at + step);
      } else if (event.key === "Enter" && !event.ctrlKey && (!list.hidden || isOld)) {
        if (!isOld && !choices().length) return;
        event.preventDefault();
        fresh().then(first);
      } else if (event.key === "Escape" && (!list.hidden || isOld)) {
        event.stopPropagation();
        field.value = chosen;
        close();
      }
    });
    field.addEventListener("blur", () => window.setTimeout(() => {
      close();
      if (field.value !== chosen) field.value = chosen;
    }, 150));
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[data-value]");
      event.preventDefault();
      if (option) take(option.dataset.value, option.dataset.words);
    });
  };
  const all = (where) => where.querySelectorAll("[data-pick]").forEach(start);
  all(document);
  document.body.addEventListener("htmx:load", (event) => all(event.target));
})();
