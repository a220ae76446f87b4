"""What a line of a contract says about its billing, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from canone.kernel.periods import MONTHS, ONE_DAY, Cycle, Unit

FIRST_YEAR = 1900
LAST_YEAR = 2200
# a hundred years: whoever writes more has mistyped
MOST = {Unit.DAY: 36_600, Unit.WEEK: 5_200, Unit.MONTH: 1_200, Unit.YEAR: 100}
MOST_AMOUNT = 1_000_000_000


class Timing(StrEnum):
    """Whether a period is invoiced when it begins or when it is over."""

    IN_ADVANCE = "in_advance"
    IN_ARREARS = "in_arrears"


class Anchor(StrEnum):
    """What the periods are counted from."""

    ACTIVATION = "activation"
    CALENDAR = "calendar"


class DayBasis(StrEnum):
    """How the part of a period is measured."""

    ACTUAL = "actual"
    MONTHS_AND_DAYS = "months_and_days"
    THIRTY = "thirty"


class AmountPer(StrEnum):
    """What the amount of a line pays for."""

    CYCLE = "cycle"
    YEAR = "year"


class ArrearsOn(StrEnum):
    """The invoice date of a period that is over."""

    DAY_AFTER = "day_after"
    LAST_DAY = "last_day"


class Problem(NamedTuple):
    """Something that cannot be: a code, the field it stands at, the values for its sentence."""

    code: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class LineTerms:
    """How a line is billed; `end`, like every end here, is the first day not covered.

    `amount` is exact, in major units. Without a `cycle` the line is charged once. `months` are
    the months of the year (1-12) in which it is billed, none for all. Nothing before `go_live` is
    billed here: it belongs to the program that was in use before. `activation` is what the periods
    are counted from where that is not the start: in a contract, its activation.
    """

    amount: Fraction
    start: date
    end: date | None = None
    cycle: Cycle | None = None
    timing: Timing = Timing.IN_ADVANCE
    anchor: Anchor = Anchor.ACTIVATION
    anchor_day: int | None = None
    month_offset: int = 0
    day_basis: DayBasis = DayBasis.ACTUAL
    amount_per: AmountPer = AmountPer.CYCLE
    sum_to_annual: bool = False
    arrears_on: ArrearsOn = ArrearsOn.DAY_AFTER
    months: frozenset[int] = frozenset()
    go_live: date | None = None
    activation: date | None = None

    @property
    def counted_from(self) -> date:
        """The day the periods are counted from."""
        return self.activation or self.start

    @property
    def first_day(self) -> date:
        """The first day that can be billed."""
        return self.start if self.go_live is None else max(self.start, self.go_live)


def check(terms: LineTerms) -> list[Problem]:
    """Return everything that makes `terms` impossible, in the order of the form."""
    return [*_amount(terms), *_cycle(terms), *_anchor(terms), *_dates(terms)]


def _amount(terms: LineTerms) -> Iterator[Problem]:
    if abs(terms.amount) > MOST_AMOUNT:
        yield Problem("too_much", "amount", str(MOST_AMOUNT))
    if any(not 1 <= month <= MONTHS for month in terms.months):
        yield Problem("not_a_month", "months")


def _cycle(terms: LineTerms) -> Iterator[Problem]:
    if terms.cycle is None:
        if terms.amount_per is AmountPer.YEAR:
            yield Problem("once_has_no_year", "amount_per")
        return
    if terms.cycle.every < 1:
        yield Problem("cycle_of_zero", "cycle.every")
    elif terms.cycle.every > MOST[terms.cycle.unit]:
        yield Problem("too_long", "cycle.every", str(MOST[terms.cycle.unit]))


def _anchor(terms: LineTerms) -> Iterator[Problem]:
    if terms.anchor_day is not None and not 1 <= terms.anchor_day <= 31:
        yield Problem("not_a_day_of_month", "anchor_day")
    if not 0 <= terms.month_offset < MONTHS:
        yield Problem("not_an_offset", "month_offset")


def _dates(terms: LineTerms) -> Iterator[Problem]:
    for name in ("start", "go_live", "activation"):
        day = getattr(terms, name)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield Problem("not_our_time", name, day.isoformat())
    if terms.end is not None and terms.end <= terms.start:
        yield Problem("ends_before_start", "end", (terms.end - ONE_DAY).isoformat())
