"""A usage line over all its periods: what was used, included, over, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from canone.desks.contracts.rules import usage
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import Problem
from canone.desks.contracts.rules.usage import Reading, Tier, Use
from canone.kernel.money import Money, NotAnAmountError, UnitPrice
from canone.kernel.periods import Period

MOST_TIERS = 20


@dataclass(frozen=True, slots=True)
class Metered:
    """How what a meter shows becomes an amount; without tiers all units have one price."""

    included: int = 0
    unit: UnitPrice = usage.FREE
    pricing: str = "graduated"
    tiers: tuple[Tier, ...] = ()
    package_size: int = 1
    minimum: Money = usage.NOTHING
    is_estimated: bool = False


class Priced(NamedTuple):
    """A period of a usage line; without `use` a reading is missing."""

    charge: Charge
    use: Use | None
    included: int
    over: int
    amount: Money
    true_up: Money


def tiers(data: Any, *, pricing: str) -> tuple[tuple[Tier, ...], int, list[Problem]]:
    """Return the tiers that plain data describes, the size of a package, and what is wrong."""
    if not isinstance(data, list) or len(data) > MOST_TIERS:
        return (), 1, [Problem("not_tiers", "tiers", str(MOST_TIERS))]
    try:
        if pricing == "package":
            return _package(data)
        found = tuple(_tier(item) for item in data)
    except (NotAnAmountError, TypeError, KeyError, AttributeError, ValueError):
        return (), 1, [Problem("not_a_tier", "tiers")]
    tops = [tier.up_to for tier in found]
    if found and (tops[-1] is not None or None in tops[:-1] or not _rises(tops[:-1])):
        return (), 1, [Problem("tiers_do_not_rise", "tiers")]
    return found, 1, []


def _package(data: list[Any]) -> tuple[tuple[Tier, ...], int, list[Problem]]:
    if len(data) != 1 or not _is_whole(data[0].get("size")) or data[0]["size"] < 1:
        return (), 1, [Problem("not_a_package", "tiers")]
    return (Tier(None, UnitPrice.of(data[0]["unit"])),), data[0]["size"], []


def _tier(item: Mapping[str, Any]) -> Tier:
    top = item.get("up_to")
    if top is not None and (not _is_whole(top) or top < 1):
        raise ValueError(top)
    return Tier(top, UnitPrice.of(item["unit"]), Money.of(item.get("flat", "0")))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _rises(tops: Sequence[int | None]) -> bool:
    known = [top for top in tops if top is not None]
    return all(one < other for one, other in pairwise(known))


def price(metered: Metered, over: int) -> Money:
    """Return what `over` units cost, rounded once."""
    if not metered.tiers:
        return metered.unit.times(over)
    if metered.pricing == "package":
        return usage.package(over, metered.package_size, metered.tiers[0].unit)
    if metered.pricing == "volume":
        return usage.volume(over, metered.tiers)
    return usage.graduated(over, metered.tiers)


class Bill(NamedTuple):
    """What so many units come to: those included, those over, their price, the minimum's rest."""

    included: int
    over: int
    amount: Money
    true_up: Money


def bill(metered: Metered, units: int, ratio: Fraction = Fraction(1)) -> Bill:
    """Return what a whole period in which so many units were used comes to, or a part of one."""
    inside = usage.included(metered.included, ratio)
    over = max(units - inside, 0)
    amount = price(metered, over)
    return Bill(inside, over, amount, usage.true_up(metered.minimum, amount, ratio))


def run(
    metered: Metered, charges: Sequence[Charge], readings: Sequence[Reading], opening: int
) -> Iterator[Priced]:
    """Yield the periods of a line in order; a meter that ran backwards is a ValueError.

    `opening` is what the meter showed before its first reading. From a period without a reading
    and without an estimate on nothing more is known.
    """
    before = [one for one in readings if charges and one.day < charges[0].period.start]
    closing, guessed = (max(before).value if before else opening), False
    is_known = True
    for charge in charges:
        use = is_known and _use(metered, charge.period, readings, closing, guessed=guessed)
        inside = usage.included(metered.included, charge.ratio)
        if not use:
            is_known = False
            yield Priced(charge, None, inside, 0, usage.NOTHING, usage.NOTHING)
            continue
        closing, guessed = use.closing, use.is_estimated
        _inside, over, amount, missing = bill(metered, use.units, charge.ratio)
        yield Priced(charge, use, inside, over, amount, missing)


def _use(
    metered: Metered, period: Period, readings: Sequence[Reading], opening: int, *, guessed: bool
) -> Use | None:
    use = usage.used(opening, readings, period, guessed=guessed)
    if use is None and metered.is_estimated:
        use = usage.estimated(opening, readings, period)
    return use
