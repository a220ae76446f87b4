"""Terms as plain data (JSON) and back, with every fault named."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from canone.kernel.money import Money, NotAnAmountError, UnitPrice
from canone.registers.catalog.rules.bands import Band
from canone.registers.catalog.rules.terms import (
    OPTIONS,
    Kind,
    OnExhaust,
    Overlap,
    Problem,
    Rounding,
    TariffBy,
    Terms,
    check,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIELDS = tuple(item.name for item in fields(Terms) if item.init)
AMOUNT = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
LARGEST = 10**12


class UnreadableError(ValueError):
    """The data cannot be read as terms; `problems` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}" for p in problems))
        self.problems = problems


class _FaultError(ValueError):
    """One value that cannot be read; the message is the problem's code."""


def read(data: Mapping[str, Any]) -> Terms:
    """Return the terms that `data` describes, checked.

    Numbers may be JSON numbers read without loss (int, Decimal); prices also text ("20.00").
    Unknown keys are passed over. Raises UnreadableError with all faults.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for name in FIELDS:
        if name not in data:
            continue
        try:
            values[name] = READERS[name](data[name])
        except _FaultError as fault:
            problems.append(Problem(str(fault), name))
    if not problems:
        terms = Terms(**values)
        problems = check(terms)
        if not problems:
            return terms
    raise UnreadableError(problems)


def write(terms: Terms) -> dict[str, Any]:
    """Return `terms` as plain data that `read` takes back; options that are off are left out."""
    data = {name: _plain(getattr(terms, name)) for name in FIELDS if name not in OPTIONS}
    return data | options(terms)


def options(terms: Terms) -> dict[str, Any]:
    """Return the options of `terms` that are not as usual, as plain data."""
    usual = Terms()
    return {
        name: _plain(getattr(terms, name))
        for name in OPTIONS
        if getattr(terms, name) != getattr(usual, name)
    }


def whole(value: Any) -> int:
    """Return `value` as a whole number; raises ValueError for text, booleans, fractions."""
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > LARGEST:
            raise _FaultError("too_large")
        return value
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() <= 12:
        if value == value.to_integral_value():
            return int(value)
        raise _FaultError("not_whole")
    raise _FaultError("not_whole")


def unit_price(value: Any) -> UnitPrice:
    """Return `value` ("20.00" or a number) as a unit price; raises ValueError."""
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    is_text = isinstance(value, str) and AMOUNT.fullmatch(value)
    if not is_number and not is_text:
        raise _FaultError("not_an_amount")
    try:
        number = Decimal(value)
        # the exponent first: arithmetic on a huge one overflows
        if number.adjusted() > 12 or abs(number) > LARGEST:
            raise _FaultError("too_large")
        return UnitPrice.of(value)
    except NotAnAmountError as error:
        raise _FaultError("not_an_amount") from error


def _money(value: Any) -> Money:
    price = unit_price(value)
    if price.micros % 10_000:
        raise _FaultError("beyond_cents")
    return Money(price.micros // 10_000)


def _optional_money(value: Any) -> Money | None:
    return None if value is None else _money(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _FaultError("not_yes_or_no")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 80:
        raise _FaultError("not_a_text")
    return value


def _choice(choices: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def reader(value: Any) -> StrEnum:
        if not isinstance(value, str) or value not in set(choices):
            raise _FaultError("not_a_choice")
        return choices(value)

    return reader


def _percents(value: Any) -> tuple[int, ...]:
    return tuple(whole(item) for item in _list(value, 10))


def _bands(value: Any) -> tuple[Band, ...]:
    return tuple(_band(item) for item in _list(value, 50))


def _band(value: Any) -> Band:
    if not isinstance(value, Mapping) or not {"from", "to", "percent"} <= value.keys():
        raise _FaultError("not_a_band")
    days = _list(value.get("days", []), 7)
    if any(not isinstance(day, str) or day not in DAYS for day in days):
        raise _FaultError("not_a_band")
    return Band(
        name=_text(value.get("name", "")) or "after_hours",
        days=tuple(sorted(DAYS.index(day) for day in days)),
        start=_clock(value["from"]),
        end=_clock(value["to"]),
        percent=whole(value["percent"]),
        on_holidays=_flag(value.get("holidays", False)),
    )


def _clock(value: Any) -> int:
    found = CLOCK.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise _FaultError("not_a_band")
    return int(found[1]) * 60 + int(found[2])


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) > most:
        raise _FaultError("not_a_list")
    return list(value)


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum | UnitPrice | Money):
        return str(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Band):
        return [_plain_band(band) for band in value]
    return list(value) if isinstance(value, tuple) else value


def _plain_band(band: Band) -> dict[str, Any]:
    return {
        "name": band.name,
        "days": [DAYS[day] for day in band.days],
        "from": f"{band.start // 60:02}:{band.start % 60:02}",
        "to": f"{band.end // 60:02}:{band.end % 60:02}",
        "percent": band.percent,
        "holidays": band.on_holidays,
    }


READERS: dict[str, Callable[[Any], Any]] = {
    "kind": _choice(Kind),
    "minimum_minutes": whole,
    "initial_minutes": whole,
    "initial_price": unit_price,
    "step_minutes": whole,
    "step_price": unit_price,
    "total_minutes": whole,
    "amount": _money,
    "rounding": _choice(Rounding),
    "tolerance_seconds": whole,
    "maximum_price": _optional_money,
    "merge_gap_minutes": whole,
    "overlap": _choice(Overlap),
    "bands": _bands,
    "holidays": _text,
    "on_exhaust": _choice(OnExhaust),
    "overage_price": unit_price,
    "warn_at_percent": _percents,
    "expiry_months": whole,
    "rollover_minutes": whole,
    "note_required": _flag,
    "tariff_by": _choice(TariffBy),
}
