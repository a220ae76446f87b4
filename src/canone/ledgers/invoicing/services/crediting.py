"""Credit notes: an issued invoice is corrected by one, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.queries import composing, planning, ports, standing
from canone.ledgers.invoicing.rules.grouping import Key
from canone.ledgers.invoicing.rules.obstacles import Rate
from canone.ledgers.invoicing.rules.plan import Item
from canone.ledgers.invoicing.rules.ports import Proposal
from canone.ledgers.invoicing.services import charges, issuing
from canone.ledgers.invoicing.services.charges import ChargeDraft
from canone.ledgers.invoicing.services.issuing import Stamp
from canone.ui import formats

Mode = Document.Mode
MICRO = 1_000_000


class CreditError(ValidationError):
    """A credit note that cannot be; its text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What is credited of one document, and why.

    Without `amounts` all that is left of it. With them, by line, what is credited before VAT;
    None is all of a line. `release` opens the charges again for the next run, and takes whole
    lines; `settle` does not.
    """

    original_id: int
    mode: str
    reason: str
    amounts: Mapping[int, Money | None] | None = None
    series: str = ""
    issue_date: date | None = None
    notes: str = ""


@transaction.atomic
def credit(wanted: Credit, *, day: date, at: datetime, by: int | None) -> Document:
    """Return the issued credit note; its due item is set against what is open of the original.

    `day` is today. What cannot be is a CreditError that names the fields.
    """
    original = Document.objects.select_for_update(of=("self",)).get(pk=wanted.original_id)
    bears = wanted.issue_date or day
    _check(original, wanted, bears, day)
    lines = list(original.lines.select_related("charge").order_by("position"))
    chosen = _chosen(lines, wanted)
    items = list(_items(chosen, wanted, original, bears))
    ground = planning.stage(bears, [original.customer_id])
    person = ground.people[original.customer_id]
    treatment = replace(
        person.treatment,
        is_split=original.is_split,
        withholding_bp=person.treatment.withholding_bp if original.withholding else 0,
    )
    ground.people[original.customer_id] = replace(person, treatment=treatment)
    key = Key(
        original.customer_id, "", original.site_id or 0, original.terms_id or 0,
        original.method, original.mandate,
    )  # fmt: skip
    plan = planning.document(items, key, ground, original.pk)
    plan.mode, plan.reason, plan.notes = wanted.mode, wanted.reason.strip(), wanted.notes
    plan.series, plan.bundle = wanted.series, original.bundle
    refused = ports.refusals([planning.candidate(plan, bears)])
    if refused:
        raise CreditError(refused[0][1])
    try:
        issued = issuing.issue([plan], Stamp(day=bears, at=at, by=by))
    except issuing.MovedError as error:
        raise CreditError(_("A line was credited by somebody else just now.")) from error
    if wanted.mode == Mode.RELEASE:
        _open_again([line.charge for line, _cents in chosen if line.charge], at=at, by=by)
    return Document.objects.get(pk=issued.ids[0])


def _check(original: Document, wanted: Credit, bears: date, day: date) -> None:
    faults: dict[str, list[str]] = {}
    if original.kind != Document.Kind.INVOICE or original.state != Document.State.ISSUED:
        raise CreditError(_("Only an issued invoice is corrected by a credit note."))
    if wanted.mode not in (Mode.RELEASE, Mode.SETTLE):
        faults["mode"] = [_("Say whether the period is billed again or settled for good.")]
    if not wanted.reason.strip():
        faults["reason"] = [_("Write why it is credited: the reason stays on record.")]
    if bears > day:
        faults["issue_date"] = [_("No document can bear a date that is still to come.")]
    elif original.issue_date and bears < original.issue_date:
        faults["issue_date"] = [_("A credit note is not older than its invoice.")]
    if faults:
        raise CreditError(faults)


def _chosen(lines: Sequence[DocumentLine], wanted: Credit) -> list[tuple[DocumentLine, int]]:
    """Return the lines to credit, each with its cents."""
    left, refer = standing.left_of(lines), standing.referring(line.pk for line in lines)
    known = {line.pk for line in lines}
    amounts = wanted.amounts
    if amounts is None:
        amounts = {line.pk: None for line in lines if left[line.pk] or not line.amount}
    if not amounts or not set(amounts) <= known:
        raise CreditError({"lines": _("Nothing is left to credit on this document.")})
    found = []
    for line in lines:
        if line.pk not in amounts:
            continue
        asked = amounts[line.pk]
        cents = left[line.pk] if asked is None else asked.minor
        is_settled = any(one.charge_id is None for one in refer[line.pk])
        _check_line(line, cents, left[line.pk], wanted, is_settled=is_settled)
        found.append((line, cents))
    _check_room(wanted.original_id, found)
    return found


def _check_room(document_id: int, found: Sequence[tuple[DocumentLine, int]]) -> None:
    """Refuse more than is left of the document under a VAT, and what would add to it."""
    asked: dict[int | None, int] = {}
    for line, cents in found:
        asked[line.vat_id] = asked.get(line.vat_id, 0) + cents
    room = standing.room([document_id])
    if any(cents > room.get((document_id, vat), 0) for vat, cents in asked.items()):
        text = _("That is more than is left of the invoice: take its discounts along.")
        raise CreditError({"lines": text})
    if any(cents < 0 for cents in asked.values()):
        text = _("That would be a debt, no credit: take along what these lines reduce.")
        raise CreditError({"lines": text})


def _check_line(
    line: DocumentLine, cents: int, left: int, wanted: Credit, *, is_settled: bool
) -> None:
    values = {"number": line.position, "left": formats.money(Money(left))}
    if abs(cents) > abs(left) or cents * left < 0 or (not cents and line.amount):
        text = _("Line %(number)s: only %(left)s is left to credit.")
        raise CreditError({"lines": text % values})
    if wanted.mode == Mode.RELEASE and (cents != left or is_settled):
        text = _("Line %(number)s is billed again only whole; settle a part of it for good.")
        raise CreditError({"lines": text % values})


def _items(
    chosen: Sequence[tuple[DocumentLine, int]], wanted: Credit, original: Document, day: date
) -> Iterator[Item]:
    """Yield the lines taken back; what is released takes its reductions back along with it."""
    is_released = wanted.mode == Mode.RELEASE
    reductions = _reductions([line.pk for line, _cents in chosen]) if is_released else {}
    for line, cents in chosen:
        if not is_released or line.charge is None:
            is_whole = cents == line.amount.minor
            content = _content(line, cents, original, day, is_whole=is_whole)
            yield Item(None, 1, content, _rate(line), original.pk, line.pk)
            continue
        for one in (line, *reductions[line.pk]):
            if one.charge is not None:
                yield _reversal(one, one.charge, original)


def _reductions(line_ids: Sequence[int]) -> dict[int, list[DocumentLine]]:
    """Return by line those that reduce it, of charges that stand."""
    undone = Charge.objects.filter(
        origin=OuterRef("charge__origin"), revision=OuterRef("charge__revision"), is_reversal=True
    )
    known = standing.referring(line_ids)
    found: dict[int, list[DocumentLine]] = {key: [] for key in line_ids}
    root = {one.line_id: key for key, referring in known.items() for one in referring}
    for part in charges.chunks(sorted(root)):
        rows = DocumentLine.objects.filter(pk__in=part, charge__is_reversal=False)
        for row in rows.exclude(Exists(undone)).select_related("charge").order_by("pk"):
            found[root[row.pk]].append(row)
    return found


def _reversal(line: DocumentLine, charge: Charge, original: Document) -> Item:
    content = composing.content_of(charge)
    opposite = content._replace(
        quantity_micros=-content.quantity_micros, amount_minor=-content.amount_minor
    )
    place = (original.pk, line.pk)
    return Item(0, charge.revision, opposite, _rate(line), *place, is_reversal=True)


def _rate(line: DocumentLine) -> Rate:
    return Rate(line.vat_id or 0, "", line.vat_bp, line.nature)


def _content(
    line: DocumentLine, cents: int, original: Document, day: date, *, is_whole: bool
) -> Proposal:
    start = line.period_start or original.issue_date or day
    return Proposal(
        origin=f"line:{line.pk}",
        bundle="",
        customer_id=original.customer_id,
        kind=composing.MANUAL,
        description=line.description,
        quantity_micros=-line.quantity_micros if is_whole else -MICRO,
        unit=line.unit if is_whole else "",
        unit_price_micros=line.unit_price.micros if is_whole else cents * 10_000,
        amount_minor=-cents,
        vat_id=line.vat_id,
        service_start=start,
        service_end=line.period_end or start + composing.ONE_DAY,
        invoice_on=day,
        discount_bp=line.discount_bp if is_whole else 0,
        article_id=line.article_id,
        sequence=line.position,
    )


def _open_again(released: Sequence[Charge], *, at: datetime, by: int | None) -> None:
    """Post the next revision of what nobody proposes by itself."""
    proposed = ports.proposed_origins()
    kept = [c for c in released if c.origin.partition(":")[0] not in proposed]
    following = queries.next_revisions([charge.origin for charge in kept])
    drafts = []
    for charge in kept:
        content = composing.content_of(charge)
        drafts.append(
            ChargeDraft(
                revision=following[charge.origin],
                **{n: v for n, v in content._asdict().items() if n in ChargeDraft._fields},
            )
        )
    charges.post(drafts, at=at, by=by)
