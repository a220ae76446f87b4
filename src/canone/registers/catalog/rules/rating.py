"""The price of a piece of work: docs/algorithms/rating.md in code.

Amounts inside are integers of a hundred-millionth (price in millionths times percent), so that
nothing is lost before the single rounding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from canone.kernel.money import Money, UnitPrice
from canone.registers.catalog.rules import bands
from canone.registers.catalog.rules.bands import Band, Weight
from canone.registers.catalog.rules.terms import (
    Kind,
    OnExhaust,
    Overlap,
    Problem,
    Rounding,
    TariffBy,
    Terms,
    check,
)

__all__ = [
    "BILLABLE",
    "IGNORED",
    "REJECTED",
    "Band",
    "Kind",
    "OnExhaust",
    "Overlap",
    "Problem",
    "Rated",
    "Rater",
    "Rounding",
    "Step",
    "TariffBy",
    "Terms",
    "Work",
    "check",
    "explain",
    "minutes",
    "overage",
    "rate",
    "text",
]

BILLABLE, IGNORED, REJECTED = "billable", "ignored", "rejected"
CENT = 1_000_000
"""How many hundred-millionths make a cent."""
LONGEST = 366 * 24 * 3600
MOST_EXTRA = LONGEST // 60
MEMO = 100_000


class Work(NamedTuple):
    """A piece of work; `start` is needed only where bands are, aware."""

    seconds: int | Fraction
    extra_minutes: int = 0
    start: datetime | None = None
    manual: bool = False
    included: bool = False


class Step(NamedTuple):
    """One line of an explanation; price in millionths, amount in hundred-millionths.

    Codes: initial, call, flat, step, zero, cap, rounding (money); pool, weighted (minutes);
    below_minimum.
    """

    code: str
    times: int = 1
    minutes: int = 0
    price: int = 0
    percent: int = 100
    band: str = ""
    amount: int = 0


class Rated(NamedTuple):
    """What a piece of work comes to; price is None unless it is billable and has one."""

    status: str
    connection_minutes: int
    total_minutes: int
    billed_minutes: int
    price: Money | None
    steps: tuple[Step, ...]
    error: Problem | None = None


ZERO = (Step("zero"),)


def rate(terms: Terms, work: Work, zone: ZoneInfo | None = None) -> Rated:
    """Return what `work` comes to under `terms`, which have passed `check`.

    `zone` places the bands on the wall clock; a ValueError without it where there are any.
    """
    seconds, extra, start, manual, included = work
    if terms.rounding is Rounding.UP and not terms.tolerance_seconds:
        connection = -(-seconds // 60)
    else:
        connection = minutes(terms, seconds)
    total = connection + extra
    if not 0 <= seconds <= LONGEST or not -MOST_EXTRA <= extra <= MOST_EXTRA:
        return Rated(REJECTED, max(connection, 0), total, 0, None, (), _absurd(seconds))
    if seconds < 60 * terms.minimum_minutes and not (manual or included):
        why = Step("below_minimum", minutes=terms.minimum_minutes)
        return Rated(IGNORED, connection, total, 0, None, (why,))
    if total < 0:
        problem = Problem("total_below_zero", "extra_minutes", str(connection))
        return Rated(REJECTED, connection, total, 0, None, (), problem)
    if terms.is_plain:
        billed, price, steps = _plain(terms, total)
        return Rated(BILLABLE, connection, total, billed, price, steps)
    how = _prepaid if terms.kind is Kind.SUBSCRIPTION else _banded
    return Rated(BILLABLE, connection, total, *how(terms, total, start, zone))


def minutes(terms: Terms, seconds: int | Fraction) -> int:
    """Return the minutes that `seconds` of connection count for."""
    if terms.rounding is Rounding.DOWN:
        return int(seconds // 60)
    if terms.rounding is Rounding.NEAREST:
        return int((seconds + 30) // 60)
    late = seconds % 60 > terms.tolerance_seconds
    return int(seconds // 60) + late


def _absurd(seconds: int | Fraction) -> Problem:
    if seconds < 0:
        return Problem("ends_before_start", "seconds")
    if seconds > LONGEST:
        return Problem("too_long", "seconds", str(LONGEST // 86_400))
    return Problem("too_much_extra", "extra_minutes", str(MOST_EXTRA))


def _plain(terms: Terms, total: int) -> tuple[int, Money, tuple[Step, ...]]:
    if total == 0:
        return 0, Money(0), ZERO
    first, fee = terms.initial_minutes, terms.initial_price.micros
    length, price = terms.step_minutes, terms.step_price.micros
    count = -(-(total - first) // length) if length and total > first else 0
    exact = 100 * (fee + count * price)
    cents = (exact + CENT // 2) // CENT
    steps: list[Step] = []
    if first or fee or not length:
        code = "initial" if first and length else "call" if length else "flat"
        steps.append(Step(code, 1, first if length else total, fee, amount=100 * fee))
    if count:
        steps.append(Step("step", count, length, price, amount=100 * count * price))
    if cents * CENT != exact:
        steps.append(Step("rounding", amount=cents * CENT - exact))
    billed = first + count * length if length else total
    return billed, Money(cents), tuple(steps)


def _banded(
    terms: Terms, total: int, start: datetime | None, zone: ZoneInfo | None
) -> tuple[int, Money, tuple[Step, ...]]:
    """Return what `_plain` returns, with bands and a cap."""
    billed, _, plain = _plain(terms, total)
    steps: list[Step] = []
    for step in plain:
        if step.code == "step":
            offsets = range(terms.initial_minutes, billed, terms.step_minutes)
        else:
            offsets = range(1)
        if step.code != "rounding":
            steps += [
                step._replace(times=count, **_weighed(step.price, count, weight))
                for count, weight in _weights(terms, start, offsets, zone)
            ]
    exact = sum(step.amount for step in steps)
    cents = (exact + CENT // 2) // CENT
    if cents * CENT != exact:
        steps.append(Step("rounding", amount=cents * CENT - exact))
    top = terms.maximum_price
    if top is not None and cents > top.minor:
        steps.append(Step("cap", price=top.minor * 10_000, amount=(top.minor - cents) * CENT))
        cents = top.minor
    return billed, Money(cents), tuple(steps)


def _weighed(price: int, count: int, weight: Weight) -> dict[str, Any]:
    amount = price * count * weight.percent
    return {"percent": weight.percent, "band": weight.band, "amount": amount}


def _weights(
    terms: Terms, start: datetime | None, offsets: range, zone: ZoneInfo | None
) -> list[tuple[int, Weight]]:
    if not terms.bands or start is None:
        return [(len(offsets), bands.USUAL)]
    if zone is None:
        raise ValueError("bands need the zone whose clock they are read on")
    return bands.weights(terms.bands, terms.holidays, start, offsets, zone)


def _prepaid(
    terms: Terms, total: int, start: datetime | None, zone: ZoneInfo | None
) -> tuple[int, Money | None, tuple[Step, ...]]:
    if total == 0:
        return 0, None, ZERO
    steps: list[Step] = []
    weighted = 0
    for count, weight in _weights(terms, start, range(total), zone):
        weighted += count * weight.percent
        if weight != bands.USUAL:
            steps.append(Step("weighted", count, count, percent=weight.percent, band=weight.band))
    length = terms.step_minutes
    count = -(-weighted // (100 * length))
    steps.append(Step("pool", count, length))
    return count * length, None, tuple(steps)


def overage(terms: Terms, billed_minutes: int, balance: int) -> tuple[int, int, Money]:
    """Return minutes from the pool, minutes over it, and what those over it cost.

    `balance` is what the pool holds before; a negative one gives nothing. Rounded half up once.
    """
    taken = min(billed_minutes, max(balance, 0))
    over = billed_minutes - taken
    return taken, over, terms.overage_price.times(Fraction(over, 60))


def explain(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Return the steps as plain data: codes, whole numbers, exact decimals as text."""
    return [_data(step) for step in steps]


def text(steps: Iterable[Step]) -> str:
    """Return `explain` as canonical JSON text, as charges and the journal keep it."""
    return json.dumps(explain(steps), separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def _data(step: Step) -> dict[str, Any]:
    data: dict[str, Any] = {"code": step.code}
    if step.code not in {"zero", "cap", "rounding", "below_minimum"}:
        data["count"] = step.times
    if step.minutes:
        data["minutes"] = step.minutes
    if step.code not in {"zero", "rounding", "below_minimum", "pool", "weighted"}:
        data["price"] = str(UnitPrice(step.price))
    if step.band:
        data |= {"percent": step.percent, "band": step.band}
    if step.code not in {"below_minimum", "pool", "weighted"}:
        data["amount"] = _decimal(step.amount)
    return data


def _decimal(amount: int) -> str:
    number = Decimal(amount).scaleb(-8)
    two = number.quantize(Decimal("0.01"))
    return f"{two if two == number else number.normalize():f}"


class Rater:
    """Prices many pieces of work under the same terms; remembers what it has worked out."""

    def __init__(self, terms: Terms, zone: ZoneInfo | None = None) -> None:
        self.terms = terms
        self.zone = zone
        self._least = 60 * terms.minimum_minutes
        self._by_minute = terms.rounding is Rounding.UP and not terms.tolerance_seconds
        self._known: dict[tuple[int | Fraction, int, bool], tuple[Rated, str]] = {}

    def rate(self, work: Work) -> Rated:
        """Return what `rating.rate` returns."""
        return self.priced(work)[0]

    def priced(self, work: Work) -> tuple[Rated, str]:
        """Return the result and its explanation as JSON text."""
        seconds, extra, start, manual, included = work
        if start is not None and self.terms.bands:
            rated = rate(self.terms, work, self.zone)
            return rated, text(rated.steps)
        exempt = manual or included
        if self._by_minute and seconds >= 0:
            # all lengths of one begun minute come to the same, on either side of the minimum
            seconds, exempt = -(-seconds // 60), exempt or seconds >= self._least
        key = (seconds, extra, exempt)
        found = self._known.get(key)
        if found is None:
            rated = rate(self.terms, work, self.zone)
            found = rated, text(rated.steps)
            if len(self._known) >= MEMO:
                self._known.clear()
            self._known[key] = found
        return found
