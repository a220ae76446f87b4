"""What was charged from the lines of contracts, as the ledger of charges keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import connection

from canone.base import bulk
from canone.ledgers.invoicing.models import Charge


class Billed(NamedTuple):
    """All charges of a line together: its first day, the day after its last, how many.

    `is_plain` says that none was ever reversed or corrected: each period was charged once.
    """

    start: date
    end: date
    charges: int
    is_plain: bool


def of_customers(customer_ids: Iterable[int]) -> dict[int, Billed]:
    """Return what was charged from each line of these customers' contracts, by the line's id."""
    condition, keys = bulk.among("customer_id", customer_ids)
    # an origin is line:45:2026-04-01: the id stands between 5 and 11 characters
    sql = (
        "SELECT substr(origin, 6, length(origin) - 16), MIN(service_start), MAX(service_end), "  # noqa: S608
        f"COUNT(*), MAX(revision) FROM {bulk.table(Charge)} "
        f"WHERE {condition} AND origin LIKE 'line:%%' GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [keys])
        return {
            int(key): Billed(_day(start), _day(end), int(charges), int(revision) == 1)
            for key, start, end, charges, revision in cursor.fetchall()
        }


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
