"""The amount of a whole period: a cycle's own, or its part of a year's (docs/algorithms)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from canone.desks.contracts.rules.terms import AmountPer, LineTerms
from canone.kernel.money import MINOR, Money, half_up
from canone.kernel.periods import MONTHS, Cycle, Rhythm

YEAR_OF_DAYS = 365
COMMON_YEAR = 2001


@dataclass(frozen=True, slots=True)
class Plan:
    """What a whole period costs, in major units and exact; the year's last may differ.

    `a_year` is how many periods a year has.
    """

    usual: Fraction
    a_year: int = 1
    closing: Fraction | None = None
    last: int = 0
    amount: Money = field(init=False)
    """The usual amount, rounded: what nearly every charge comes to."""

    def __post_init__(self) -> None:
        """Round the usual amount once for all charges."""
        object.__setattr__(self, "amount", Money.of(self.usual))

    def of_whole(self, number: int) -> Money:
        """Return what the whole period with that number comes to."""
        full = self.full(number)
        return self.amount if full is self.usual else Money.of(full)

    def cents(self, first: int, after: int) -> int:
        """Return what the whole periods from number `first` to before `after` come to."""
        found = (after - first) * self.amount.minor
        if self.closing is None:
            return found
        # numbers below zero are no instalments
        ends, begins = after - 1 - self.last, max(first, 0) - 1 - self.last
        closings = ends // self.a_year - begins // self.a_year if after > 0 else 0
        return found + closings * (Money.of(self.closing).minor - self.amount.minor)

    def full(self, number: int) -> Fraction:
        """Return the amount of the whole period with that number; a stub (-1) is no instalment."""
        if self.closing is not None and number >= 0 and number % self.a_year == self.last:
            return self.closing
        return self.usual


def plan(terms: LineTerms, beat: Rhythm) -> Plan:
    """Return what the periods of `beat` cost.

    A year of instalments begins with period 0: at the anchor, or in January (or the month of the
    offset) by the calendar. Only periods that are billed are instalments.
    """
    months = beat.cycle.months
    a_year = in_a_year(beat.cycle)
    if terms.amount_per is AmountPer.CYCLE:
        return Plan(terms.amount, a_year)
    if not months:
        return Plan(terms.amount * Fraction(beat.cycle.days, YEAR_OF_DAYS))
    if MONTHS % months:
        return Plan(terms.amount * Fraction(months, MONTHS), a_year)
    billed = [n for n in range(a_year) if not terms.months or beat.at(n).month in terms.months]
    if not billed:
        return Plan(Fraction(0), a_year)
    usual = terms.amount / len(billed)
    if not terms.sum_to_annual:
        return Plan(usual, a_year)
    paid = Fraction(half_up(usual * MINOR), MINOR) * (len(billed) - 1)
    return Plan(usual, a_year, terms.amount - paid, billed[-1])


def in_a_year(cycle: Cycle) -> int:
    """Return how many periods of a cycle a year has, one at least."""
    return max(MONTHS // cycle.months, 1) if cycle.months else 1


def annual(terms: LineTerms, beat: Rhythm | None, whole: Plan) -> Fraction:
    """Return what a line comes to in a year, on the average; nothing for what is charged once."""
    return whole.usual * _billed(terms.months, beat) if beat else Fraction(0)


def _billed(months: frozenset[int], beat: Rhythm) -> Fraction:
    """Return how many periods begin in a year, in one of the months where there are some."""
    cycle = beat.cycle
    if not cycle.months:
        days = sum(monthrange(COMMON_YEAR, month)[1] for month in months) or YEAR_OF_DAYS
        return Fraction(days, cycle.days)
    if not months:
        return Fraction(MONTHS, cycle.months)
    # after so many months periods begin in the same ones again
    around = lcm(cycle.months, MONTHS)
    begun = (beat.anchor.month - 1 + ahead for ahead in range(0, around, cycle.months))
    return Fraction(sum(at % MONTHS + 1 in months for at in begun) * MONTHS, around)
