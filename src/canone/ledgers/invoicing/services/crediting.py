"""Credit notes: an issued invoice is corrected by one, whole or in part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.queries import composing, planning, ports
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
    items = [_item(line, cents, wanted, original, bears) for line, cents in chosen]
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


def left_of(lines: Sequence[DocumentLine]) -> dict[int, int]:
    """Return by line what no credit note has taken back yet, in cents before VAT."""
    given = (
        DocumentLine.objects.filter(original__in=[line.pk for line in lines])
        .exclude(document__state=Document.State.REFUSED)
        .order_by()
        .values_list("original")
        .annotate(sum=Sum("amount"))
    )
    taken = {key: amount.minor for key, amount in given}
    return {line.pk: line.amount.minor - taken.get(line.pk, 0) for line in lines}


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
    left = left_of(lines)
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
        _check_line(line, cents, left[line.pk], wanted)
        found.append((line, cents))
    return found


def _check_line(line: DocumentLine, cents: int, left: int, wanted: Credit) -> None:
    values = {"number": line.position, "left": formats.money(Money(left))}
    if abs(cents) > abs(left) or cents * left < 0 or (not cents and line.amount):
        text = _("Line %(number)s: only %(left)s is left to credit.")
        raise CreditError({"lines": text % values})
    if wanted.mode == Mode.RELEASE and cents != line.amount.minor:
        text = _("Line %(number)s is billed again only whole; settle a part of it for good.")
        raise CreditError({"lines": text % values})


def _item(line: DocumentLine, cents: int, wanted: Credit, original: Document, day: date) -> Item:
    rate = Rate(line.vat_id or 0, "", line.vat_bp, line.nature)
    is_whole = cents == line.amount.minor
    content = _content(line, cents, original, day, is_whole=is_whole)
    if wanted.mode != Mode.RELEASE or line.charge is None:
        return Item(None, 1, content, rate, original.pk, line.pk)
    charge = composing.content_of(line.charge)
    opposite = charge._replace(
        quantity_micros=-charge.quantity_micros, amount_minor=-charge.amount_minor
    )
    revision = line.charge.revision
    return Item(0, revision, opposite, rate, original.pk, line.pk, is_reversal=True)


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
