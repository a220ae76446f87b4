"""Contracts and their lines as plain rows, for runs: the ORM's objects cost more than the work."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.rules.agreed import Agreed, Within

OF_CONTRACT = (
    "pk", "number", "title", "customer_id", "customer__language", "site_id", "start", "end",
    "go_live", "arrears_on", "suspended_from", "suspend_reason",
)  # fmt: skip
OF_LINE = (
    "pk", "contract_id", "sequence", "description", "article_id", "vat_id", "is_on_request",
    "meter_id", "included", "pricing", "tiers", "minimum", "is_estimated", "kind",
    "quantity_micros", "unit_price", "discount_bp", "start", "end", "counted_from",
    "unit_of_cycle", "every", "timing", "anchor", "anchor_day", "month_offset", "day_basis",
    "amount_per", "sum_to_annual", "months", "billed_through",
)  # fmt: skip
OWN = 13
"""How many columns of a line bear on neither its days nor its amounts."""
IN_ORDER = ("contract_id", "sequence", "pk")
ALL_YEAR: frozenset[int] = frozenset()


class ContractRow(NamedTuple):
    """What a run needs of a contract."""

    pk: int
    number: str
    title: str
    customer_id: int
    language: str
    site_id: int | None
    start: date
    end: date | None
    go_live: date | None
    arrears_on: str
    suspended_from: date | None
    suspend_reason: str

    @property
    def bundle(self) -> str:
        """The key under which its charges are known to the ledger."""
        return f"contract:{self.pk}"

    @property
    def within(self) -> Within:
        """What it says about all its lines."""
        return Within(self.start, self.end, self.go_live, self.arrears_on)


class LineRow(NamedTuple):
    """What a run needs of a line; the minimum is in cents, tiers are as they are kept."""

    pk: int
    contract_id: int
    sequence: int
    description: str
    article_id: int | None
    vat_id: int | None
    is_on_request: bool
    meter_id: int | None
    included: int
    pricing: str
    tiers: Any
    minimum: int
    is_estimated: bool
    agreed: Agreed


def contracts(found: QuerySet[Contract]) -> dict[int, ContractRow]:
    """Return the contracts by their ids, ascending."""
    rows = _read(found.order_by("pk"), OF_CONTRACT)
    return {row[0]: _contract(*row) for row in rows}


def lines(contract_ids: Iterable[int]) -> list[LineRow]:
    """Return the lines of these contracts, each contract's in their order."""
    found = Line.objects.filter(contract_id__in=list(contract_ids))
    return [_line(list(row)) for row in _read(found.order_by(*IN_ORDER), OF_LINE)]


def _read(found: QuerySet[Any], names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Return the columns as the engine keeps them."""
    try:
        sql, values = found.values_list(*names).query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _contract(*row: Any) -> ContractRow:
    start, end, go_live, arrears_on, pause, why = row[6:]
    days = (known_day(start), day(end), day(go_live))
    return ContractRow._make((*row[:6], *days, arrears_on, day(pause), why))


def _line(row: list[Any]) -> LineRow:
    own, terms = row[:OWN], row[OWN:]
    own[6], own[12] = bool(own[6]), bool(own[12])
    own[10] = plain(own[10])
    for place in (4, 5, 6, 17):
        terms[place] = day(terms[place])
    terms[15] = bool(terms[15])
    months = plain(terms[16])
    terms[16] = frozenset(months) if months else ALL_YEAR
    return LineRow._make((*own, Agreed._make(terms)))


def plain(value: Any) -> Any:
    """Return what the text of a JSON column says; an empty list is what most hold."""
    if value == "[]":
        return []
    return json.loads(value) if isinstance(value, str) else value


@lru_cache(maxsize=20_000)
def _of_text(text: str) -> date:
    return date.fromisoformat(text)


def day(value: date | str | None) -> date | None:
    """Return a stored date: SQLite keeps it as text."""
    return _of_text(value) if isinstance(value, str) else value


def known_day(value: date | str) -> date:
    """Return a stored date that is never missing."""
    return _of_text(value) if isinstance(value, str) else value
