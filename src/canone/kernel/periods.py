"""Stretches of days, and the rhythm in which they follow each other.

A period is half-open: its end is the first day that no longer belongs to it. Bounds are counted
from an anchor, never from the bound before, so 31 January, 28 February, 31 March does not drift.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)
MONTHS = 12


class Unit(StrEnum):
    """What a cycle is counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` to the one before `end`; never empty."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse what holds no day."""
        if self.start >= self.end:
            raise ValueError(f"a period ends after its start: {self.start} - {self.end}")

    @classmethod
    def through(cls, start: date, last: date) -> Period:
        """Return the period as people write it, with its last day."""
        return cls(start, last + ONE_DAY)

    @property
    def last(self) -> date:
        """The last day covered, as it stands on screen and on paper."""
        return self.end - ONE_DAY

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def within(self, start: date | None, end: date | None) -> Period | None:
        """Return the part from `start` to before `end`; None for either means no bound."""
        first = self.start if start is None else max(self.start, start)
        after = self.end if end is None else min(self.end, end)
        return Period(first, after) if first < after else None


@dataclass(frozen=True, slots=True)
class Cycle:
    """So many units, again and again."""

    unit: Unit
    every: int = 1

    @property
    def months(self) -> int:
        """Its length in months; 0 when it is not made of months."""
        if self.unit is Unit.MONTH:
            return self.every
        return self.every * MONTHS if self.unit is Unit.YEAR else 0

    @property
    def days(self) -> int:
        """Its length in days; 0 when it is made of months."""
        if self.unit is Unit.DAY:
            return self.every
        return self.every * 7 if self.unit is Unit.WEEK else 0


def month_index(day: date) -> int:
    """Return the number of the day's month, counted from the year 0."""
    return day.year * MONTHS + day.month - 1


def in_month(index: int, day: int) -> date:
    """Return the `day` of the month with that number, or its last day where it is shorter."""
    year, month = divmod(index, MONTHS)
    if day > 28:
        day = min(day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def add_months(day: date, months: int, on: int | None = None) -> date:
    """Return the day so many months away, on day `on` of its month (that of `day` unless given)."""
    return in_month(month_index(day) + months, on or day.day)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Bounds `anchor + n x cycle` for every n; `on` is the day of the month they want to be on."""

    cycle: Cycle
    anchor: date
    on: int

    @classmethod
    def of(cls, cycle: Cycle, anchor: date, on: int | None = None) -> Rhythm:
        """Return the rhythm from `anchor`, on its own day of the month unless `on` is given."""
        return cls(cycle, anchor, on or anchor.day)

    def at(self, number: int) -> date:
        """Return the bound with that number; the anchor has 0."""
        months = self.cycle.months
        if months:
            return in_month(month_index(self.anchor) + number * months, self.on)
        return self.anchor + timedelta(days=number * self.cycle.days)

    def number(self, day: date) -> int:
        """Return the number of the period that holds `day`."""
        months = self.cycle.months
        if not months:
            return (day - self.anchor).days // self.cycle.days
        found = (month_index(day) - month_index(self.anchor)) // months
        return found - 1 if self.at(found) > day else found

    def period(self, number: int) -> Period:
        """Return the whole period with that number."""
        return Period(self.at(number), self.at(number + 1))
