"""The part of a whole period that some of its days are (docs/algorithms/proration.md)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from canone.desks.contracts.rules.terms import DayBasis
from canone.kernel.money import half_up
from canone.kernel.periods import Cycle, Period, Rhythm, Unit, month_index

MONTH = Cycle(Unit.MONTH)
DAYS = 30
DIGITS = 9


class Share(NamedTuple):
    """A part and its whole, in days or, for months and days, in months."""

    part: Fraction
    whole: Fraction

    @property
    def ratio(self) -> Fraction:
        """The part of the whole, exact."""
        return self.part / self.whole


def share(part: Period, number: int, rhythm: Rhythm, basis: DayBasis) -> Share:
    """Return what `part` is of the whole period with that number; it lies within it.

    The whole is always the theoretical period, never the days the line was alive in it. A cycle
    of days or weeks has no months: it is measured in real days whatever the basis.
    """
    months = rhythm.cycle.months
    if basis is DayBasis.ACTUAL or not months:
        return Share(Fraction(part.days), Fraction(rhythm.period(number).days))
    grid = Rhythm(MONTH, rhythm.at(number), rhythm.on)
    if basis is DayBasis.THIRTY:
        counted = _thirty_before_end(grid, part.end) - _thirty_before_start(grid, part.start)
        return Share(Fraction(counted), Fraction(DAYS * months))
    return Share(_months(grid, part.end) - _months(grid, part.start), Fraction(months))


def months_between(start: date, end: date) -> Fraction:
    """Return the months from `start` to before `end`: whole ones, then days of the last."""
    return _months(Rhythm.of(MONTH, start), end)


def _months(grid: Rhythm, day: date) -> Fraction:
    """Return the months from the grid's anchor to `day`, the last one by its days."""
    number = grid.number(day)
    month = grid.period(number)
    return number + Fraction((day - month.start).days, month.days)


def _thirty_before_start(grid: Rhythm, day: date) -> int:
    number = grid.number(day)
    # a month of 30 days keeps one of them for whoever comes on its last
    return number * DAYS + min(_commercial(grid, number, day, min(day.day, DAYS)), DAYS - 1)


def _thirty_before_end(grid: Rhythm, day: date) -> int:
    number = grid.number(day)
    if grid.at(number) == day:
        return number * DAYS
    # an end on a 31st covers the 30th: that is the whole month
    return number * DAYS + min(_commercial(grid, number, day, day.day), DAYS)


def _commercial(grid: Rhythm, number: int, day: date, of_month: int) -> int:
    """Return the days from the start of the month with that number to a day within it.

    A month that wants to begin on the 29th, 30th or 31st begins there, in February too.
    """
    months = month_index(day) - month_index(grid.at(number))
    return max(months * DAYS + of_month - min(grid.on, DAYS), 0)


def digits(ratio: Fraction) -> str:
    """Return the ratio with nine decimals, half up, for interfaces."""
    text = f"{half_up(ratio * 10**DIGITS):0{DIGITS + 1}d}"
    return f"{text[:-DIGITS]}.{text[-DIGITS:]}"
