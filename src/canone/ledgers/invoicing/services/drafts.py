"""Invoices and pro-formas that a person writes: drafts until they are issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from canone.base import bulk
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine
from canone.ledgers.invoicing.queries import composing
from canone.ledgers.invoicing.rules import documents as rules
from canone.ledgers.invoicing.services import claims, issuing
from canone.ledgers.invoicing.services.issuing import Stamp
from canone.registers.parties.models import Party

KINDS = (Document.Kind.INVOICE.value, Document.Kind.PRO_FORMA.value)
MOST_CENTS = 10**12
LINE = (
    "id", "document_id", "position", "charge_id", "description", "quantity_micros", "unit",
    "unit_price", "discount_bp", "amount", "vat_id", "vat_bp", "nature", "period_start",
    "period_end", "original_id", "article_id", "is_stamp", "is_closed",
)  # fmt: skip


class DraftError(ValidationError):
    """A draft that cannot be kept or issued; its text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as somebody writes it, or the charge that it takes; `last_day` is included."""

    description: str = ""
    quantity_micros: int = rules.MICRO
    unit: str = ""
    unit_price_micros: int = 0
    discount_bp: int = 0
    vat_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    article_id: int | None = None
    charge_id: int | None = None

    @property
    def amount(self) -> int:
        """Quantity times price less discount, in cents."""
        return rules.amount(self.quantity_micros, self.unit_price_micros, self.discount_bp)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to issue."""

    customer_id: int
    lines: Sequence[Line]
    kind: str = Document.Kind.INVOICE.value
    series: str = ""
    issue_date: date | None = None
    terms_id: int | None = None
    method: str = ""
    mandate: str = ""
    site_id: int | None = None
    notes: str = ""
    source_id: int | None = None


@transaction.atomic
def create(draft: Draft, *, at: datetime, by: int | None) -> Document:
    """Return the new draft; charges on its lines are claimed, except by a pro-forma.

    What cannot be is a DraftError that names the fields.
    """
    _check(draft)
    row = Document(kind=draft.kind, created_at=at, created_by_id=by, source_id=draft.source_id)
    return _keep(row, draft, at=at, by=by)


@transaction.atomic
def update(document_id: int, draft: Draft, *, at: datetime, by: int | None) -> Document:
    """Return the draft with new content; charges that left it are to invoice again."""
    row = locked_draft(document_id)
    _check(draft)
    clear(row, at=at, by=by)
    return _keep(row, draft, at=at, by=by)


@transaction.atomic
def discard(document_id: int, *, at: datetime, by: int | None) -> None:
    """Return nothing after throwing the draft away; its charges are to invoice again."""
    row = locked_draft(document_id)
    if row.version > 1:
        text = _("This draft corrects a refused number: issue it, or give the charges a new one.")
        raise DraftError(text)
    clear(row, at=at, by=by)
    row.delete()


@transaction.atomic
def issue(document_id: int, *, day: date, at: datetime, by: int | None) -> Document:
    """Return the draft as an issued document, with its number; `day` is today.

    Lines without a charge raise a manual one. Raises DraftError with everything that is missing,
    `series.SeriesError` when the series has a later date.
    """
    row = locked_draft(document_id)
    bears = row.issue_date or day
    if bears > day:
        raise DraftError({"issue_date": _("No document can bear a date that is still to come.")})
    plan = composing.of_draft(row, day=bears)
    if isinstance(plan, str):
        raise DraftError(plan)
    DocumentLine.objects.filter(document=row).delete()
    row.delete()
    issuing.issue([plan], Stamp(day=bears, at=at, by=by, posting_day=bears))
    return Document.objects.get(pk=document_id)


@transaction.atomic
def turn(document_id: int, *, at: datetime, by: int | None) -> Document:
    """Return the draft of the invoice that a pro-forma announced; it claims the charges."""
    row = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if row.kind != Document.Kind.PRO_FORMA:
        raise DraftError(_("This is not a pro-forma."))
    done = row.successors.exclude(state=Document.State.REFUSED).first()
    if done is not None:
        text = _("This pro-forma has become an invoice already: %(label)s.")
        raise DraftError(text % {"label": done.label or _("a draft")})
    return create(copy_of(row), at=at, by=by)


def copy_of(row: Document) -> Draft:
    """Return what would make another document with the lines of this one."""
    return Draft(
        customer_id=row.customer_id,
        lines=[_line_of(line) for line in row.lines.filter(is_stamp=False).order_by("position")],
        series="" if row.kind == Document.Kind.PRO_FORMA else row.series,
        terms_id=row.terms_id,
        method=row.method,
        mandate=row.mandate,
        site_id=row.site_id,
        notes=row.notes,
        source_id=row.pk,
    )


def locked_draft(document_id: int) -> Document:
    """Return the draft, held until the transaction ends; a closed document is a DraftError."""
    row = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if row.state != Document.State.DRAFT:
        raise DraftError(_("This document is issued: it is corrected by a credit note."))
    return row


def clear(row: Document, *, at: datetime, by: int | None) -> None:
    """Return nothing after taking all lines off a draft and giving their charges back."""
    DocumentLine.objects.filter(document=row).delete()
    if Charge.objects.on_document(row.key).exists():
        claims.release(document=row.key, at=at, by=by)


def _keep(row: Document, draft: Draft, *, at: datetime, by: int | None) -> Document:
    party = Party.objects.get(pk=draft.customer_id)
    row.customer, row.customer_name, row.language = party, party.name, party.language
    row.series, row.issue_date = draft.series or row.series, draft.issue_date
    row.terms_id, row.method, row.mandate = draft.terms_id, draft.method, draft.mandate
    row.site_id, row.notes = draft.site_id, draft.notes
    row.save()
    lines = _with_charges(draft)
    put_lines(row, lines)
    taken = [line.charge_id for line in lines if line.charge_id]
    if taken and draft.kind != Document.Kind.PRO_FORMA:
        claims.claim(charge_ids=taken, document=row.key, at=at, by=by)
    figures(row)
    return row


def figures(row: Document) -> None:
    """Return nothing after noting down what the draft comes to as it stands."""
    sums = composing.sums_of(row)
    row.net, row.vat = Money(sums.net), Money(sums.vat)
    row.gross, row.payable = Money(sums.gross), Money(sums.payable)
    row.stamp, row.withholding = Money(sums.stamp), Money(sums.withholding)
    row.save(update_fields=["net", "vat", "gross", "payable", "stamp", "withholding"])


def put_lines(row: Document, lines: Sequence[Line]) -> None:
    """Return nothing after writing the lines of a draft, in their order."""
    ids = iter(bulk.reserve(DocumentLine, len(lines)))
    bulk.insert(
        DocumentLine,
        LINE,
        (
            (
                next(ids), row.pk, position, line.charge_id, " ".join(line.description.split()),
                line.quantity_micros, line.unit.strip(), line.unit_price_micros, line.discount_bp,
                line.amount, line.vat_id, 0, "", line.first_day and line.first_day.isoformat(),
                line.last_day and (line.last_day + timedelta(days=1)).isoformat(), None,
                line.article_id, False, False,
            )
            for position, line in enumerate(lines, 1)
        ),
    )  # fmt: skip


def _with_charges(draft: Draft) -> list[Line]:
    """Return the lines; those of charges say what the charge says."""
    wanted = [line.charge_id for line in draft.lines if line.charge_id]
    found = {charge.pk: charge for charge in Charge.objects.filter(pk__in=wanted)}
    lines = []
    for line in draft.lines:
        charge = found.get(line.charge_id or 0)
        if line.charge_id and (charge is None or charge.customer_id != draft.customer_id):
            raise DraftError({"lines": _("A charge is not there, or is of another customer.")})
        lines.append(line if charge is None else _line_of_charge(charge))
    return lines


def _line_of_charge(charge: Charge) -> Line:
    return Line(
        description=charge.description,
        quantity_micros=charge.quantity_micros,
        unit=charge.unit,
        unit_price_micros=charge.unit_price.micros,
        discount_bp=charge.discount_bp,
        vat_id=charge.vat_id,
        first_day=charge.service_start,
        last_day=charge.service_end - timedelta(days=1),
        article_id=charge.article_id,
        charge_id=charge.pk,
    )


def _line_of(line: DocumentLine) -> Line:
    return Line(
        description=line.description,
        quantity_micros=line.quantity_micros,
        unit=line.unit,
        unit_price_micros=line.unit_price.micros,
        discount_bp=line.discount_bp,
        vat_id=line.vat_id,
        first_day=line.period_start,
        last_day=line.period_end and line.period_end - timedelta(days=1),
        article_id=line.article_id,
        charge_id=line.charge_id,
    )


def _check(draft: Draft) -> None:
    faults: dict[str, list[str]] = {}
    if draft.kind not in KINDS:
        faults["kind"] = [_("Credit notes are made from the document that they reduce.")]
    if not Party.objects.filter(pk=draft.customer_id).exists():
        faults["customer_id"] = [_("There is no such customer.")]
    if not draft.lines:
        faults["lines"] = [_("A document has at least one line.")]
    for number, line in enumerate(draft.lines, 1):
        for text in () if line.charge_id else _line_faults(line):
            told = _("Line %(number)s: %(fault)s") % {"number": number, "fault": text}
            faults.setdefault("lines", []).append(told)
    if faults:
        raise DraftError(faults)


def _line_faults(line: Line) -> list[str]:
    faults = []
    if not line.description.strip():
        faults.append(_("Say what is charged."))
    if len(line.description) > 400:
        faults.append(_("At most 400 characters."))
    if not 0 <= line.discount_bp <= rules.WHOLE_BP:
        faults.append(_("A discount is between 0 and 100 %."))
    if line.first_day and line.last_day and line.last_day < line.first_day:
        faults.append(_("The last day comes before the first."))
    if abs(line.amount) > MOST_CENTS:
        faults.append(_("This amount is not plausible."))
    return faults
