"""Terms of a line as plain data (JSON), with every fault named; docs/algorithms/simulate.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from canone.desks.contracts.rules.terms import (
    LAST_YEAR,
    AmountPer,
    Anchor,
    ArrearsOn,
    DayBasis,
    LineTerms,
    Problem,
    Timing,
    check,
)
from canone.kernel.periods import ONE_DAY, Cycle, Unit
from canone.registers.catalog.rules import codec as numbers

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ONCE = "once"
UNITS = (*(unit.value for unit in Unit), ONCE)
NEEDED = ("amount", "cycle", "start")


class UnreadableError(ValueError):
    """The data cannot be read as terms; `problems` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}" for p in problems))
        self.problems = problems


class _FaultError(ValueError):
    """One value that cannot be read: the problem's code, what it holds, the part it is about."""

    def __init__(self, code: str, value: str = "", part: str = "") -> None:
        super().__init__(code)
        self.value = value
        self.part = part


def read(data: Mapping[str, Any]) -> LineTerms:
    """Return the terms that `data` describes, checked.

    What is missing or null is as usual; unknown keys are passed over. `end` is the last day
    covered. Raises UnreadableError with all faults.
    """
    given = {name: data[name] for name in READERS if data.get(name) is not None}
    problems = [Problem("missing", name) for name in NEEDED if name not in given]
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values[name] = READERS[name](value)
        except _FaultError as fault:
            place = f"{name}.{fault.part}" if fault.part else name
            problems.append(Problem(str(fault), place, fault.value))
    if not problems:
        terms = LineTerms(**values)
        problems = check(terms)
        if not problems:
            return terms
    raise UnreadableError(problems)


def day(value: Any) -> date:
    """Return `value` ("2026-02-10") as a date; raises ValueError for anything else."""
    try:
        if isinstance(value, str) and DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _FaultError("not_a_date")


def _end(value: Any) -> date | None:
    last = day(value)
    # 31/12/9999 and its like mean that there is none
    return None if last.year > LAST_YEAR else last + ONE_DAY


def _amount(value: Any) -> Fraction:
    try:
        return numbers.unit_price(value).exact
    except ValueError as error:
        raise _FaultError(str(error)) from error


def _whole(value: Any) -> int:
    try:
        return numbers.whole(value)
    except ValueError as error:
        raise _FaultError(str(error)) from error


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _FaultError("not_yes_or_no")


def _choice(kind: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def choose(value: Any) -> StrEnum:
        return kind(_one_of(value, [item.value for item in kind]))

    return choose


def _one_of(value: Any, words: list[str], part: str = "") -> str:
    if isinstance(value, str) and value in words:
        return value
    raise _FaultError("not_a_choice", ", ".join(words), part)


def _cycle(value: Any) -> Cycle | None:
    if not isinstance(value, Mapping):
        raise _FaultError("not_an_object")
    unit = _one_of(value.get("unit"), list(UNITS), "unit")
    try:
        every = _whole(1 if value.get("every") is None else value["every"])
    except _FaultError as fault:
        raise _FaultError(str(fault), part="every") from fault
    return None if unit == ONCE else Cycle(Unit(unit), every)


def _months(value: Any) -> frozenset[int]:
    if not isinstance(value, list):
        raise _FaultError("not_a_month")
    return frozenset(_whole(month) for month in value)


READERS: dict[str, Callable[[Any], Any]] = {
    "amount": _amount,
    "amount_per": _choice(AmountPer),
    "sum_to_annual": _flag,
    "cycle": _cycle,
    "timing": _choice(Timing),
    "arrears_on": _choice(ArrearsOn),
    "anchor": _choice(Anchor),
    "anchor_day": _whole,
    "month_offset": _whole,
    "start": day,
    "end": _end,
    "day_basis": _choice(DayBasis),
    "months": _months,
    "go_live": day,
    "activation": day,
}
