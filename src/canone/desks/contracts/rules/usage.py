"""What is used beyond the fee: copies, kilometres, hours (docs/algorithms/usage.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from canone.kernel.money import MINOR, Money, UnitPrice, half_up
from canone.kernel.periods import Period

YEAR = timedelta(days=365)
FREE = UnitPrice(0)
NOTHING = Money(0)


class Tier(NamedTuple):
    """A price for the units up to `up_to`, that one included; None for all that follow."""

    up_to: int | None
    unit: UnitPrice
    flat: Money = NOTHING


class Reading(NamedTuple):
    """What a meter showed at the end of a day."""

    day: date
    value: int


class Use(NamedTuple):
    """What a period used; the next one begins at `closing`."""

    units: int
    closing: int
    is_estimated: bool = False


def included(quantity: int, ratio: Fraction) -> int:
    """Return the units a part of a period includes: their share, a begun unit left out."""
    return floor(quantity * ratio)


def graduated(quantity: Fraction | int, tiers: Sequence[Tier]) -> Money:
    """Return the price where every unit costs what its own tier says, rounded once.

    A tier's flat amount is due once it is reached; that of the first even with nothing used.
    """
    total = Fraction(0)
    below = 0
    for place, tier in enumerate(tiers):
        if place and quantity <= below:
            break
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        total += (top - below) * tier.unit.exact + Fraction(tier.flat.minor, MINOR)
        below = tier.up_to or below
    return Money.of(total)


def volume(quantity: Fraction | int, tiers: Sequence[Tier]) -> Money:
    """Return the price where all units cost what the tier of their total says, rounded once."""
    tier = next(t for t in tiers if t.up_to is None or quantity <= t.up_to)
    return Money.of(quantity * tier.unit.exact + Fraction(tier.flat.minor, MINOR))


def package(quantity: Fraction | int, size: int, price: UnitPrice, free: int = 0) -> Money:
    """Return the price of the packages of `size` that the units beyond `free` begin."""
    return price.times(ceil(max(quantity - free, 0) / Fraction(size)))


def true_up(minimum: Money, billed: Money, ratio: Fraction = Fraction(1)) -> Money:
    """Return what is missing to the minimum of a period, or of the part it is."""
    return Money(max(minimum.times(ratio).minor - billed.minor, 0))


def used(opening: int, readings: Sequence[Reading], period: Period, *, guessed: bool) -> Use | None:
    """Return what was used from `opening` to the last reading within the period; None without one.

    `guessed` says that `opening` is an estimate. One that was too high is made up for: nothing is
    used until the meter has caught up. Raises ValueError for a meter that runs backwards.
    """
    last = max((one for one in readings if one.day in period), default=None)
    if last is None:
        return None
    if last.value < opening:
        if not guessed:
            raise ValueError(f"the meter shows {last.value} after {opening}")
        return Use(0, opening, is_estimated=True)
    return Use(last.value - opening, last.value)


def estimated(opening: int, readings: Sequence[Reading], period: Period) -> Use | None:
    """Return what a period without a reading probably used, by the days of the year before it.

    None where fewer than two readings of that year are known.
    """
    since = period.start - YEAR
    known = sorted(one for one in readings if since <= one.day < period.start)
    if len(known) < 2 or known[0].day == known[-1].day:
        return None
    a_day = Fraction(known[-1].value - known[0].value, (known[-1].day - known[0].day).days)
    units = half_up(max(a_day, Fraction(0)) * period.days)
    return Use(units, opening + units, is_estimated=True)
