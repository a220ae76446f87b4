"""Rules of tax law that change over time, as rows with their validity and source.

A day belongs to a row from `since` until `until`, both included; `None` is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Stamp:
    """Stamp duty on what bears no VAT: `amount` above `above`, both in cents."""

    country: str
    since: date
    until: date | None
    natures: frozenset[str]
    above: int
    amount: int
    source: str


@dataclass(frozen=True, slots=True)
class Split:
    """Time in which some customers pay the VAT to the State themselves."""

    country: str
    since: date
    until: date | None
    source: str


STAMPS = (
    Stamp(
        "IT",
        date(2013, 6, 26),
        None,
        frozenset({"N1", "N2.1", "N2.2", "N3.5", "N3.6", "N4"}),
        7_747,
        200,
        "DPR 642/1972, tariffa art. 13",
    ),
)
SPLITS = (
    Split("IT", date(2015, 1, 1), date(2020, 6, 30), "decisioni (UE) 2015/1401 e 2017/784"),
    Split("IT", date(2020, 7, 1), date(2023, 6, 30), "decisione (UE) 2020/1105"),
    Split("IT", date(2023, 7, 1), date(2026, 6, 30), "decisione (UE) 2023/1552"),
    Split("IT", date(2026, 7, 1), date(2029, 6, 30), "decisione (UE) 2026/1728"),
)


def stamp(country: str, day: date, taxes: Iterable[tuple[str, int]]) -> int:
    """Return the stamp duty in cents on a document of `day`; `taxes` are (nature, base)."""
    for row in STAMPS:
        if row.country == country and _holds(row.since, row.until, day):
            bare = sum(base for nature, base in taxes if nature in row.natures)
            return row.amount if abs(bare) > row.above else 0
    return 0


def has_split(country: str, day: date) -> bool:
    """Return whether split payment (scissione dei pagamenti) exists on `day`."""
    return any(row.country == country and _holds(row.since, row.until, day) for row in SPLITS)


def _holds(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or day <= until)
