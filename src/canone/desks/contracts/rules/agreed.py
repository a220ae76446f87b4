"""A line of a contract as plain values, and the terms that they come to."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from canone.desks.contracts.rules.terms import (
    AmountPer,
    Anchor,
    ArrearsOn,
    DayBasis,
    LineTerms,
    Timing,
)
from canone.kernel.money import MICRO
from canone.kernel.periods import ONE_DAY, Cycle, Unit

POINTS = 10_000
USAGE, TARIFF = "usage", "tariff"
CYCLES = {unit.value: unit for unit in Unit}
TIMINGS = {timing.value: timing for timing in Timing}
ANCHORS = {anchor.value: anchor for anchor in Anchor}
BASES = {basis.value: basis for basis in DayBasis}
PER = {per.value: per for per in AmountPer}
ARREARS = {arrears.value: arrears for arrears in ArrearsOn}


class Within(NamedTuple):
    """What a contract says about all its lines, from its activation; the end is the day after."""

    start: date
    end: date | None
    go_live: date | None
    arrears_on: str


class Agreed(NamedTuple):
    """What bears on the days and amounts of a line; its ends are the first days after.

    Without a unit of its cycle it is charged once. Its periods are counted from the contract's
    activation, unless from a day of its own: `counted_from`. `billed_through`
    is the last day that another program has billed.
    """

    kind: str
    quantity_micros: int
    price_micros: int
    discount_bp: int
    start: date
    end: date | None
    counted_from: date | None
    unit_of_cycle: str
    every: int
    timing: str
    anchor: str
    anchor_day: int | None
    month_offset: int
    day_basis: str
    amount_per: str
    sum_to_annual: bool
    months: frozenset[int]
    billed_through: date | None

    @property
    def full_amount(self) -> Fraction:
        """What a whole cycle (or year) costs, in major units and exact."""
        exact = self.quantity_micros * self.price_micros * (POINTS - self.discount_bp)
        return Fraction(exact, MICRO * MICRO * POINTS)

    def terms(self, within: Within) -> LineTerms:
        """Return how the line is billed inside its contract; words it cannot know: ValueError."""
        ends = [day for day in (self.end, within.end) if day is not None]
        begins = [within.go_live] if within.go_live else []
        if self.billed_through:
            begins.append(self.billed_through + ONE_DAY)
        try:
            cycle = Cycle(CYCLES[self.unit_of_cycle], self.every) if self.unit_of_cycle else None
            return LineTerms(
                amount=self.full_amount,
                start=max(self.start, within.start),
                end=min(ends) if ends else None,
                cycle=cycle,
                timing=Timing.IN_ARREARS if self.kind == USAGE else TIMINGS[self.timing],
                anchor=ANCHORS[self.anchor],
                anchor_day=self.anchor_day,
                month_offset=self.month_offset,
                day_basis=BASES[self.day_basis],
                amount_per=PER[self.amount_per],
                sum_to_annual=self.sum_to_annual,
                arrears_on=ARREARS[within.arrears_on],
                months=self.months,
                go_live=max(begins) if begins else None,
                activation=self.counted_from or within.start,
            )
        except KeyError as error:
            raise ValueError(*error.args) from error
