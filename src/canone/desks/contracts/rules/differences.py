"""What a change leaves to be billed or given back (docs/algorithms/schedule.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from canone.desks.contracts.rules.schedule import Charge
from canone.kernel.money import Money
from canone.kernel.periods import Period


class Billed(NamedTuple):
    """What was charged so far for a period of a line, all revisions together."""

    period: Period
    amount: Money


class Difference(NamedTuple):
    """An amount to charge, or to give back, and the days it is about.

    `origin` is the start of the charge it belongs to; `charge` is None where nothing is owed.
    """

    origin: date
    period: Period
    amount: Money
    charge: Charge | None


def differences(owed: Iterable[Charge], billed: Mapping[date, Billed]) -> Iterator[Difference]:
    """Return what is owed and not billed, then what is billed and not owed, each by its start.

    `billed` is known by the start of each charge. Where both agree there is nothing.
    """
    seen = set()
    for charge in owed:
        start = charge.period.start
        seen.add(start)
        before = billed.get(start)
        if before is None:
            yield Difference(start, charge.period, charge.amount, charge)
        elif before.amount != charge.amount:
            about = _about(before.period, charge.period)
            yield Difference(start, about, charge.amount - before.amount, charge)
    for start in sorted(billed.keys() - seen):
        before = billed[start]
        if before.amount:
            yield Difference(start, before.period, -before.amount, None)


def _about(before: Period, after: Period) -> Period:
    """Return the days that one of two periods with the same start has more; all where none."""
    if before.end == after.end:
        return after
    return Period(min(before.end, after.end), max(before.end, after.end))
