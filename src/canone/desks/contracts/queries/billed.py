"""What was charged from the lines of contracts, as the ledger of charges keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import connection

from canone.base import bulk
from canone.desks.contracts.queries import agreed
from canone.desks.contracts.rules.settled import Billed
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine


class Invoice(NamedTuple):
    """The invoice that bears a charge."""

    pk: int
    label: str
    day: date


def invoices_of(origins: Iterable[str]) -> dict[str, Invoice]:
    """Return the issued invoice of each origin that has one; of several the last."""
    lines = DocumentLine.objects.filter(
        charge__origin__in=list(origins),
        document__state=Document.State.ISSUED,
        document__kind=Document.Kind.INVOICE,
    ).order_by("document__issue_date", "document")
    found: dict[str, Invoice] = {}
    rows = lines.values_list(
        "charge__origin", "document", "document__label", "document__issue_date"
    )
    for origin, key, label, day in rows:
        if origin is not None and day is not None:
            found[origin] = Invoice(key, label, day)
    return found


def of_customers(customer_ids: Iterable[int]) -> dict[int, Billed]:
    """Return what was charged from each line of these customers' contracts, by the line's id."""
    condition, keys = bulk.among("customer_id", customer_ids)
    # an origin is line:45:2026-04-01: the id stands between 5 and 11 characters
    sql = (
        "SELECT substr(origin, 6, length(origin) - 16), MIN(service_start), MAX(service_end), "  # noqa: S608
        "COUNT(*), SUM(amount), MIN(vat_id), MAX(vat_id), COUNT(vat_id), MAX(revision) "
        f"FROM {bulk.table(Charge)} WHERE {condition} AND origin LIKE 'line:%%' GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [keys])
        return {int(row[0]): _billed(*row[1:]) for row in cursor.fetchall()}


def _billed(
    start: str, end: str, charges: int, cents: int, least: int | None, most: int | None, *rest: int
) -> Billed:
    with_vat, revision = rest
    is_one = least == most and with_vat == charges
    days = agreed.known_day(start), agreed.known_day(end)
    return Billed(*days, charges, int(cents), least if is_one else None, revision == 1)
