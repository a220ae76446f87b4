"""What lines come to, worked out once for all that have the same price, quantity and cycle."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from canone.desks.contracts.rules import instalments, offers
from canone.desks.contracts.rules.terms import AmountPer, LineTerms
from canone.kernel.money import MICRO, Money, UnitPrice
from canone.kernel.periods import Cycle, Unit

POINTS = 10_000
ANY_DAY = date(2000, 1, 1)
"""Without months to bill, what a whole period costs hangs on no day."""


class Shape(NamedTuple):
    """The columns of a line that say what it comes to."""

    quantity_micros: int
    unit_price: UnitPrice
    discount_bp: int
    unit_of_cycle: str
    every: int
    amount_per: str
    sum_to_annual: bool


def of_shape(shape: Shape) -> tuple[Money, Money]:
    """Return what such a line brings in a year, and on the invoice of a whole cycle."""
    exact = shape.quantity_micros * shape.unit_price.micros * (POINTS - shape.discount_bp)
    terms = LineTerms(
        amount=Fraction(exact, MICRO * MICRO * POINTS),
        start=ANY_DAY,
        cycle=Cycle(Unit(shape.unit_of_cycle), shape.every) if shape.unit_of_cycle else None,
        amount_per=AmountPer(shape.amount_per),
        sum_to_annual=shape.sum_to_annual,
    )
    return of_terms(terms)


def of_terms(terms: LineTerms) -> tuple[Money, Money]:
    """Return the same of a line with these terms."""
    beat, plan = offers.rhythm_and_plan(terms)
    invoice = Money.of(plan.usual) if terms.cycle else Money.zero()
    return Money.of(instalments.annual(terms, beat, plan)), invoice
