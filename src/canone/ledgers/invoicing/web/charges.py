"""One charge: its page, writing one by hand, reversing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse as address
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.base.access.models import User
from canone.base.firm import queries as firm
from canone.base.history import queries as history
from canone.base.history.models import JournalEntry
from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.queries import documents, words
from canone.ledgers.invoicing.rules.states import State
from canone.ledgers.invoicing.services import charges as services
from canone.ledgers.invoicing.services import manual
from canone.ledgers.invoicing.web import looks
from canone.ledgers.invoicing.web.forms import ChargeForm, ReasonForm
from canone.ledgers.invoicing.web.lists import ChargeList, OpenList
from canone.ui import formats, forms, lists, origins, pages, reading
from canone.ui.heads import Action, Head, Link, Note
from canone.ui.pages import PageRequest, page
from canone.ui.timelines import Entry

MOST_AT_ONCE = 1_000
FACTS = {
    "charge.posted": _("Posted"),
    "charge.reversed": _("Reversed"),
    "charge.claimed": _("Put on a document"),
    "charge.released": _("Taken off its document"),
}


@page(permissions.VIEW)
def charge(request: PageRequest, pk: int) -> HttpResponse:
    """Show a charge with its explanation and what happened to it."""
    row = _find(request.user, pk)
    customer = Link(row.customer.name, looks.customer_url(row, request.user))
    facts = [
        (_("Kind"), origins.kind_word(row.kind)),
        (_("Period"), words.period(row)),
        (_("Quantity"), words.quantity(row)),
        (_("VAT"), f"{row.vat.code} · {row.vat.title}" if row.vat else ""),
        (_("Document"), _document(row)),
        (_("Reason"), row.reason),
        (_("Origin"), _link(origins.place(row.origin, request.user))),
        (_("Revision"), row.revision),
    ]
    head = Head(
        row.description,
        crumbs=_crumbs(Link(now_("Charge %(number)s") % {"number": row.pk})),
        subject=customer,
        state=words.state(row),
        actions=_actions(request.user, row),
        notes=_notes(row),
    )
    return pages.render(
        request,
        "invoicing/charge.html",
        head,
        charge=row,
        facts=facts,
        explanation=words.explanation(row),
        history=_story(row),
    )


@page(permissions.POST)
def new(request: PageRequest) -> HttpResponse:
    """Write a charge by hand."""
    today = timezone.now().astimezone(firm.zone()).date()
    initial = {"first_day": today, "customer": request.GET.get("customer")}
    form = ChargeForm(request.POST or None, initial=initial, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            number = manual.write(
                written=form.written(),
                key=form.cleaned_data["key"],
                at=timezone.now(),
                by=request.user.pk,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            made = Charge.objects.get(pk=number)
            text = now_("Charge of %(amount)s posted.") % {"amount": formats.money(made.amount)}
            return pages.done(request, text, looks.charge_url(made))
    head = Head(_("New charge"), crumbs=_crumbs())
    buttons = forms.Buttons(_("Post charge"), cancel=address("invoicing:charges"))
    return forms.render(request, form, head, buttons, preview=address("invoicing:preview"))


@require_POST
@page(permissions.POST)
def preview(request: PageRequest) -> HttpResponse:
    """Show what the charge that is being written comes to."""
    form = ChargeForm(request.POST, user=request.user)
    return pages.fragment(request, "invoicing/preview.html", amount=form.amount)


@page(permissions.REVERSE)
def reverse(request: PageRequest) -> HttpResponse:
    """Ask why the chosen charges are reversed, and reverse them."""
    if request.method == "POST" and "reason" in request.POST:
        return _reverse(request)
    if request.method == "POST":
        chosen = lists.selected(request, _list_of(request))
        ids = list(chosen.rows.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        back = chosen.back
    else:
        ids = reading.keys(request.GET.get("ids", ""))
        back = address("invoicing:charges")
    if not ids:
        return pages.done(request, now_("No charge was chosen."), _safe(back))
    form = ReasonForm(initial={"ids": ",".join(map(str, ids)), "back": back})
    return _ask(request, form, ids)


def _reverse(request: PageRequest) -> HttpResponse:
    form = ReasonForm(request.POST)
    ids: list[int] = []
    if form.is_valid():
        ids = form.cleaned_data["ids"]
        seen = Charge.objects.visible_to(request.user)
        if not ids or len(ids) > MOST_AT_ONCE or seen.filter(pk__in=ids).count() != len(set(ids)):
            raise Http404
        try:
            done = manual.reverse(
                charge_ids=ids,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                by=request.user.pk,
            )
        except services.ChargeError as error:
            form.add_error(None, str(error))
        else:
            amount = sum(c.amount.minor for c in Charge.objects.filter(pk__in=done.values()))
            text = ngettext(
                "%(count)s charge reversed, %(amount)s.",
                "%(count)s charges reversed, %(amount)s.",
                len(done),
            ) % {"count": len(done), "amount": formats.money(Money(amount), signed=True)}
            return pages.done(request, text, _safe(form.cleaned_data["back"]))
    return _ask(request, form, ids)


def _ask(request: PageRequest, form: ReasonForm, ids: Sequence[int]) -> HttpResponse:
    rows = queries.with_state().visible_to(request.user).filter(pk__in=ids[:MOST_AT_ONCE])
    found = list(rows.select_related("customer").order_by("pk"))
    if not found and ids:
        raise Http404
    whole = Money(sum(row.amount.minor for row in found))
    count = ngettext("%(count)s charge", "%(count)s charges", len(found)) % {"count": len(found)}
    notes = []
    if len(ids) > MOST_AT_ONCE:
        text = _("At most 1,000 charges are reversed at once: narrow the filter.")
        notes.append(Note("warn", text))
    head = Head(
        _("Reverse charges"),
        crumbs=_crumbs(),
        subtitle=f"{count} · {formats.money(whole)}",
        notes=notes,
    )
    buttons = forms.Buttons(
        now_("Reverse %(count)s") % {"count": count}, cancel=address("invoicing:charges")
    )
    consequences = now_(
        "Each charge gets an opposite row with your reason; neither is ever deleted."
    )
    return forms.render(
        request,
        form,
        head,
        buttons,
        template="invoicing/reverse.html",
        consequences=consequences,
        charges=[(row, words.state(row)) for row in found[:20]],
        more=max(0, len(found) - 20),
    )


def _safe(back: str) -> str:
    """Return the way back if it is one of ours."""
    ours = (address("invoicing:charges"), address("invoicing:open"))
    return back if back.startswith(ours) else ours[0]


def _list_of(request: PageRequest) -> type[ChargeList]:
    """Return the list that sent the form: its filter means its own rows."""
    is_open = request.POST.get("back") == address("invoicing:open")
    return OpenList if is_open else ChargeList


def _link(place: origins.Place) -> object:
    if not place.url:
        return place.words
    return format_html('<a href="{}">{}</a>', place.url, place.words)


def _document(row: Charge) -> object:
    """Return the document that took the charge, as a link where it is one of ours."""
    number, label = documents.label_of(row.document)
    if not number:
        return label
    return _link(origins.Place(label, address("invoicing:document", args=[number])))


def _find(user: User, pk: int) -> Charge:
    rows = queries.with_state().visible_to(user).select_related("customer", "vat", "posted_by")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _crumbs(*links: Link) -> list[Link]:
    return [Link(_("Charges"), address("invoicing:charges")), *links]


def _actions(user: User, row: Charge) -> list[Action]:
    found = origins.find(row.origin)
    is_ours = found is None or not found.remedy
    if row.state != State.TO_INVOICE or not is_ours or not user.may(permissions.REVERSE):
        return []
    return [Action(_("Reverse"), f"{address('invoicing:reverse')}?ids={row.pk}", "undo")]


def _notes(row: Charge) -> list[Note]:
    found = origins.find(row.origin)
    if row.state == State.ON_DOCUMENT:
        text = now_("On document %(document)s: correct it with a credit note.")
        return [Note("done", text % {"document": documents.label_of(row.document)[1]}, "lock")]
    if row.state == State.TO_INVOICE and found is not None and found.remedy:
        return [Note("idle", found.remedy, "info")]
    return []


def _story(row: Charge) -> list[Entry]:
    """Return what happened to the charge, newest first; a reversal tells its charge's story."""
    subject = row.pk
    if row.is_reversal:
        first = Charge.objects.filter(
            origin=row.origin, revision=row.revision, is_reversal=False
        ).values_list("pk", flat=True)
        subject = first.get()
    return [_entry(fact) for fact in history.facts_of(f"charge:{subject}").reverse()]


def _entry(fact: JournalEntry) -> Entry:
    payload: dict[str, Any] = json.loads(fact.payload)
    who = fact.by.get_full_name() if fact.by else ""
    what = FACTS.get(fact.kind, fact.kind)
    url = ""
    if payload.get("reversal"):
        url = address("invoicing:charge", args=[payload["reversal"]])
    if payload.get("document"):
        what = f"{what}{formats.NO_BREAK}· {documents.label_of(payload['document'])[1]}"
    return Entry(fact.at, who, what, reason=str(payload.get("reason", "")), url=url)
