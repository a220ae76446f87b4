"""One document: its lines and why they amount to that, its VAT, what is due, what happened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.base.history import queries as history
from canone.base.history.models import JournalEntry
from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Allocation, Document, DocumentLine
from canone.ledgers.invoicing.queries import documents as queries
from canone.ledgers.invoicing.queries.documents import LOOKS, Standing
from canone.ledgers.invoicing.web import document_dues, looks, mail_log
from canone.ledgers.invoicing.web.days import today
from canone.registers.parties.models import Party
from canone.ui import explain, formats, pages, slots
from canone.ui.heads import Action, Counter, Head, Link, Note
from canone.ui.pages import PageRequest, page
from canone.ui.states import State
from canone.ui.timelines import Entry

PAGE = "invoicing.document"
ONE_DAY = timedelta(days=1)
FACTS = {
    "document.issued": _("Issued"),
    "document.refused": _("Refused by the tax system"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the page shows it."""

    row: DocumentLine
    url: str
    quantity: str
    period: str
    rate: str
    explanation: explain.Explanation | None


@dataclass(frozen=True, slots=True)
class Relative:
    """A document that belongs to this one, and how."""

    how: str
    label: str
    url: str
    state: State
    gross: Money


@page(permissions.VIEW)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Show a document."""
    row = find(request.user, pk)
    lines = row.lines.select_related("charge", "vat").order_by("position")
    part = pages.part(request, lines)
    relatives = _relatives(request.user, row)
    dues = document_dues.of_document(row, request.user)
    return pages.render(
        request,
        "invoicing/document.html",
        _head(request, row),
        document=row,
        lines=[_line(line) for line in part],
        part=part,
        sign_note=row.kind == Document.Kind.CREDIT_NOTE,
        taxes=[
            (queries.rate(tax.basis_points, tax.nature), tax.base, tax.tax)
            for tax in row.taxes.all()
        ],
        dues=dues,
        due_actions=document_dues.actions(dues, request.user),
        relatives=relatives,
        facts=_facts(row, request.user),
        person=_person(row),
        mails=mail_log.log(row, request.user),
        history=_story(row, is_staff=bool(request.user.roles & frozenset(STAFF))),
    )


def find(user: User, pk: int) -> Document:
    """Return the document with its standing; what is not the user's is a 404."""
    seen = Document.objects.visible_to(user).select_related(
        "customer", "original", "source", "terms", "run", "created_by", "issued_by", "site"
    )
    row = queries.with_standing(seen, day=today()).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def crumbs(*links: Link) -> list[Link]:
    """Return the way to here."""
    return [Link(_("Invoices"), reverse("invoicing:documents")), *links]


def _head(request: PageRequest, row: Document) -> Head:
    standing: Any = row
    counters = [Counter(formats.money(row.gross), _("total"))]
    if row.payable != row.gross:
        counters.append(Counter(formats.money(row.payable), _("to pay")))
    if standing.open_amount is not None:
        counters.append(Counter(formats.money(standing.open_amount), _("to collect")))
        counters.append(Counter(formats.date_of(standing.due_on), _("due")))
    return Head(
        queries.name(row),
        crumbs=crumbs(Link(str(row.get_kind_display()))),
        subject=Link(row.customer_name, looks.party_url(row.customer_id, request.user)),
        state=LOOKS[Standing(standing.standing)],
        counters=counters,
        actions=_actions(request.user, row),
        notes=_notes(row),
    )


def _actions(user: User, row: Document) -> Sequence[Action]:
    found = list(slots.actions(PAGE, user, row.pk))
    kind, state = row.kind, row.state
    if state == Document.State.DRAFT and user.may(permissions.ISSUE):
        found += [
            Action(_("Delete"), _to("draft_discard", row), "close"),
            Action(_("Edit"), _to("draft_edit", row), "pencil", key="e"),
            Action(_("Issue it"), _to("draft_issue", row), "check", main=True),
        ]
    if state == Document.State.REFUSED and kind == Document.Kind.INVOICE:
        found += (
            [
                Action(_("Give a new number"), _to("draft_replace", row), "plus", post=True),
                Action(_("Correct it"), _to("draft_correct", row), "pencil", post=True, main=True),
            ]
            if user.may(permissions.ISSUE)
            else []
        )
    if state == Document.State.ISSUED:
        if user.may(permissions.ISSUE):
            found.append(mail_log.action(row))
        if kind == Document.Kind.PRO_FORMA and user.may(permissions.ISSUE):
            words = _("Make it an invoice")
            found.append(Action(words, _to("draft_turn", row), "right", post=True, main=True))
        if kind == Document.Kind.INVOICE and user.may(permissions.CREDIT):
            found.append(Action(_("Credit note"), _to("credit", row), "undo"))
    return found


def _to(name: str, row: Document) -> str:
    return reverse(f"invoicing:{name}", args=[row.pk])


def _notes(row: Document) -> list[Note]:
    notes = []
    if row.state == Document.State.REFUSED:
        text = now_("Refused on %(day)s: %(why)s It was never issued, and nothing is due on it.")
        day = formats.date_of(row.refused_at.date()) if row.refused_at else ""
        notes.append(Note("stop", text % {"day": day, "why": row.refusal}))
    if row.kind == Document.Kind.CREDIT_NOTE:
        notes.append(Note("idle", MODES.get(row.mode, row.mode), "undo"))
    if row.kind == Document.Kind.PRO_FORMA and row.state == Document.State.ISSUED:
        text = now_("A pro-forma invoice is no invoice: nothing is due on it and no VAT is owed.")
        notes.append(Note("idle", text, "info"))
    if row.is_split:
        notes.append(Note("idle", _("Split payment: the customer pays the VAT to the State."), ""))
    return notes


MODES = {
    "release": _("What it takes back is billed again by the next run."),
    "settle": _("What it takes back is settled for good: no run bills it again."),
    "difference": _("It gives back what was billed too much."),
}


def _line(line: DocumentLine) -> Line:
    charge = line.charge
    start, end = line.period_start, line.period_end
    return Line(
        line,
        looks.charge_url(charge) if charge is not None else "",
        queries.quantity(line),
        formats.period(start, end or start + ONE_DAY) if start else "",
        queries.rate(line.vat_bp, line.nature) if line.is_closed else _code(line),
        queries.explanation(line),
    )


def _code(line: DocumentLine) -> str:
    return line.vat.code if line.vat else ""


def _relatives(user: User, row: Document) -> list[Relative]:
    seen = Document.objects.visible_to(user)
    found = []
    asked = (
        (now_("Reduces"), Q(pk=row.original_id or 0)),
        (now_("Credit note"), Q(original=row.pk)),
        (now_("Made from"), Q(pk=row.source_id or 0)),
        (now_("Became"), Q(source=row.pk)),
    )
    for how, condition in asked:
        rows = queries.with_standing(seen.filter(condition), day=today()).order_by("pk")
        found += [_relative(how, one) for one in rows]
    if row.number is None or (row.version == 1 and row.state != Document.State.REFUSED):
        return found
    versions = seen.filter(series=row.series, year=row.year, number=row.number).exclude(pk=row.pk)
    for one in queries.with_standing(versions, day=today()).order_by("version"):
        how = now_("Version %(number)s") % {"number": one.version}
        found.append(_relative(how, one))
    return found


def _relative(how: str, one: Document) -> Relative:
    standing: Any = one
    look = LOOKS[Standing(standing.standing)]
    gross = queries.signed(one, one.gross)
    return Relative(how, queries.name(one), looks.document_url(one), look, gross)


def _facts(row: Document, user: User) -> list[tuple[object, object]]:
    terms = row.terms_data.get("names", {}) if row.terms_data else {}
    language = (get_language() or "it")[:2]
    told = terms.get(language) or row.terms_data.get("code", "") or (row.terms or "")
    run: object = ""
    if row.run_id and user.roles & frozenset(STAFF):
        run = _run(row)
    period = formats.period(row.period_start, row.period_end) if row.period_start else ""
    found: list[tuple[object, object]] = [
        (_("Date"), formats.date_of(row.issue_date)),
        (_("Posting date"), formats.date_of(row.posting_date)),
        (_("Service"), period),
        (_("Series"), row.series),
        (_("Version"), row.version if row.version > 1 else ""),
        (_("Payment terms"), told),
        (_("Method"), looks.method_word(row.method)),
        (_("Mandate"), row.mandate),
        (_("Agents"), _agents(row, user)),
        (_("Run"), run),
        (_("Reason"), row.reason),
        (_("Notes"), row.notes),
    ]
    return [(word, value) for word, value in found if value]


def _agents(row: Document, user: User) -> str:
    """Return who of the agents has which part of it, before VAT."""
    found = queries.agents(row, user)
    names = {
        f"party:{pk}": name
        for pk, name in Party.objects.filter(
            pk__in=[one.key.partition(":")[2] for one in found if one.key.startswith("party:")]
        ).values_list("pk", "name")
    }
    told = [
        f"{names.get(one.key, one.key)} {formats.percent(Fraction(one.basis_points, 10_000))}"
        f" ({formats.money(Money(one.amount))})"
        for one in found
    ]
    return ", ".join(told)


def _run(row: Document) -> object:
    day = formats.date_of(row.run.through) if row.run else ""
    return now_("through %(day)s") % {"day": day}


def _person(row: Document) -> list[tuple[object, object]]:
    """Return the customer as it was at issue; of a draft, as it is now."""
    data: dict[str, Any] = row.customer_data or {}
    place = data.get("address") or {}
    town = " ".join(str(place.get(name, "")) for name in ("postcode", "city", "province")).strip()
    address = ", ".join(part for part in (str(place.get("street", "")), town) if part)
    found: list[tuple[object, object]] = [
        (_("Name"), data.get("name") or row.customer_name),
        (_("Code"), data.get("code", "")),
        (_("Address"), address),
        (_("VAT number"), data.get("vat_number", "")),
        (_("Tax code"), data.get("tax_code", "")),
        (_("SIREN"), data.get("siren", "")),
        (_("SdI code"), data.get("sdi_code", "")),
        (_("Certified mail"), data.get("pec", "")),
        (_("Site"), row.site.name if row.site else ""),
    ]
    return [(word, value) for word, value in found if value]


def _story(row: Document, *, is_staff: bool) -> list[Entry]:
    """Return what the journal knows of the document, newest first; reasons are the office's."""
    entries = [_entry(fact) for fact in history.facts_of(row.key)]
    booked = Allocation.objects.filter(due_item__document=row)
    booked = booked.select_related("settlement", "by")
    entries += [_booking(one, is_staff=is_staff) for one in booked]
    if row.created_at != row.issued_at:
        who = row.created_by.get_full_name() if row.created_by else ""
        entries.append(Entry(row.created_at, who, _("Written")))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _booking(one: Allocation, *, is_staff: bool) -> Entry:
    row = one.settlement
    words = row.get_kind_display()
    if row.reverses_id:
        words = now_("%(kind)s reversed") % {"kind": words}
    told = f"{words} · {formats.money(one.amount)}"
    who = one.by.get_full_name() if one.by else ""
    return Entry(one.at, who, told, reason=row.reason if is_staff else "")


def _entry(fact: JournalEntry) -> Entry:
    payload: dict[str, Any] = json.loads(fact.payload)
    who = fact.by.get_full_name() if fact.by else ""
    what: object = FACTS.get(fact.kind, fact.kind)
    if payload.get("label"):
        what = format_html("{}{}· {}", what, formats.NO_BREAK, payload["label"])
    return Entry(fact.at, who, str(what), reason=str(payload.get("reason", "")))
