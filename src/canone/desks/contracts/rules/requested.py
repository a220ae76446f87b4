"""What is billed on request: on which days it can be, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from canone.desks.contracts.rules.agreed import POINTS
from canone.desks.contracts.rules.terms import LineTerms
from canone.kernel.money import MICRO, Money
from canone.kernel.periods import ONE_DAY, Period


class Outside(NamedTuple):
    """Why something cannot be billed for its days: a code, and the day that the sentence names."""

    code: str
    day: date


def outside(terms: LineTerms, period: Period, pause: date | None) -> Iterator[Outside]:
    """Yield why a line does not hold on all days of a period; `pause` is when it is suspended."""
    if period.start < terms.first_day:
        yield Outside("too_early", terms.first_day)
    if terms.end is not None and period.end > terms.end:
        yield Outside("too_late", terms.end - ONE_DAY)
    if pause is not None and period.end > pause:
        yield Outside("suspended", pause)


def amount(quantity_micros: int, price_micros: int, discount_bp: int) -> Money:
    """Return quantity times price less the discount, rounded half up once."""
    exact = quantity_micros * price_micros * (POINTS - discount_bp)
    return Money.of(Fraction(exact, MICRO * MICRO * POINTS))
