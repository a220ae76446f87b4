"""Lets others hear of what was issued, and of the charges that came with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from canone.base.events import facts
from canone.kernel.money import Money
from canone.ledgers.invoicing.events import ChargePosted, ChargeReversed, DocumentIssued
from canone.ledgers.invoicing.models import DocumentLine
from canone.ledgers.invoicing.rules.plan import Item, Planned

ONE_DAY = timedelta(days=1)
Row = tuple[Any, ...]


def issued(
    documents: Sequence[tuple[Planned, Row]],
    posted: Sequence[tuple[int, Item, str]],
    *,
    at: datetime,
) -> None:
    """Return nothing; rows are those of the table, `posted` are id, item and reason of charges."""
    facts.tell(ChargePosted, _posted(posted), at=at)
    facts.tell(ChargeReversed, _reversed(posted), at=at)
    facts.tell(DocumentIssued, (_document(*one) for one in documents), at=at)


def _document(plan: Planned, row: Row) -> DocumentIssued:
    sums = plan.totals
    return DocumentIssued(
        document_id=row[0],
        kind=plan.kind,
        number=row[7],
        version=row[6],
        customer_id=plan.customer.id,
        issued_on=date.fromisoformat(row[14]),
        net=Money(sums.net),
        vat=Money(sums.vat),
        total=Money(sums.gross),
        to_pay=Money(sums.payable),
        original_id=plan.original,
    )


def _posted(rows: Sequence[tuple[int, Item, str]]) -> Iterator[ChargePosted]:
    for number, item, _reason in rows:
        content = item.content
        if not item.is_reversal:
            yield ChargePosted(
                charge_id=number,
                origin=content.origin,
                revision=item.revision,
                customer_id=content.customer_id,
                kind=content.kind,
                description=content.description,
                amount=Money(content.amount_minor),
                first_day=content.service_start,
                last_day=content.service_end - ONE_DAY,
            )


def _reversed(rows: Sequence[tuple[int, Item, str]]) -> Iterator[ChargeReversed]:
    reversals = [row for row in rows if row[1].is_reversal]
    lines = [item.original_line or 0 for _number, item, _reason in reversals]
    known = dict(DocumentLine.objects.filter(pk__in=lines).values_list("pk", "charge_id"))
    for number, item, reason in reversals:
        yield ChargeReversed(
            charge_id=known[item.original_line or 0] or 0,
            reversal_id=number,
            origin=item.content.origin,
            revision=item.revision,
            customer_id=item.content.customer_id,
            amount=Money(item.content.amount_minor),
            reason=reason,
        )
