"""What was charged from the lines of contracts, as the ledger of charges keeps it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from canone.base import bulk
from canone.desks.contracts.queries import agreed
from canone.desks.contracts.rules.settled import Billed
from canone.ledgers.invoicing.models import Charge


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
