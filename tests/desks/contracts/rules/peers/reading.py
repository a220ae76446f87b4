"""What the published cases have in common, and the terms they mean to us."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from canone.desks.contracts.rules import schedule
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import AmountPer, Anchor, ArrearsOn, LineTerms, Timing
from canone.kernel.periods import ONE_DAY, Cycle, Unit

Case = dict[str, Any]
FAR = date(2200, 12, 31)
MONTHS = {"month": 1, "month_end": 1, "bimonth": 2, "quarter": 3, "four_months": 4}
MONTHS |= {"half_year": 6, "year": 12}
COUNTED = re.compile(r"([0-9]+)_?(day|week|month|year)s?")

RULES = {
    "pointer": "a period is counted from the anchor, not from a pointer of its own",
    "one_charge_a_period": "a stub is a charge of its own, never one with its neighbour",
    "stub_due_when_it_begins": "a part is invoiced when it begins, not when its period began",
    "anchor_kept": "the whole before an anchor on the 29th-31st keeps that day too",
    "before_start_is_nothing": "a day before the start bills nothing, and is no fault",
    "stop_is_credited": "a line may stop before what is billed: the difference is given back",
    "thirty_days_only": "a commercial month has 30 days, no other number",
    "thirty_days_are_a_month": "thirty days to the end of a month are a calendar month",
    "run_decides_lead": "in advance is the first day of the period; an earlier run is a choice",
}


class Waits(Exception):  # noqa: N818
    """The case is about a rule that another issue brings."""


class Seen(NamedTuple):
    """What our rules say, what was published, and the rule that explains a difference."""

    got: Any
    wanted: Any
    rule: str = ""


Adapter = Callable[[Case], Seen]


def day(text: str) -> date:
    return date.fromisoformat(text)


def after(text: str | None) -> date | None:
    """Return the first day not covered of an inclusive end."""
    return day(text) + ONE_DAY if text else None


def cycle(case: Case, word: str | None = None) -> Cycle:
    """Return the cycle that a case names; a month where it names none."""
    word = word or case.get("cycle") or "month"
    every = int(case.get("every") or 1)
    if word in ("day", "week"):
        return Cycle(Unit(word), every)
    if counted := COUNTED.fullmatch(word):
        return Cycle(Unit(counted[2]), int(counted[1]) * every)
    return Cycle(Unit.MONTH, MONTHS[word] * every)


def terms(case: Case, **more: Any) -> LineTerms:
    """Return the line a case describes; `more` says what only the adapter knows."""
    given: dict[str, Any] = {
        "amount": Fraction(str(case.get("price", case.get("annual_amount", "1")))),
        "amount_per": AmountPer.YEAR if "annual_amount" in case else AmountPer.CYCLE,
        "cycle": cycle(case),
        "timing": Timing(case.get("timing", "in_advance").removesuffix("_greedy")),
        "anchor": Anchor.CALENDAR if case.get("anchor") == "calendar" else Anchor.ACTIVATION,
        "anchor_day": case.get("anchor_day"),
        "month_offset": case.get("month_offset", 0),
    }
    if "end_exclusive" in case:
        given["end"] = day(case["end_exclusive"])
    elif case.get("end"):
        given["end"] = after(case["end"])
    if case.get("cycle") == "month_end":
        # months of the calendar, several counted from the one it starts in
        given |= {"anchor_day": 1, "arrears_on": ArrearsOn.LAST_DAY}
        begin = (more.get("activation") or more.get("start") or day(case["start"])).replace(day=1)
        given["activation"] = begin
    if "start" in case and "start" not in more:
        given["start"] = day(case["start"])
    return LineTerms(**(given | more))


def charges(line: LineTerms, through: str | date | None = None) -> list[Charge]:
    until = FAR if through is None else day(through) if isinstance(through, str) else through
    return list(schedule.charges(line, until))


def inclusive(found: list[Charge]) -> list[list[str]]:
    return [[c.period.start.isoformat(), c.period.last.isoformat()] for c in found]


def first(line: LineTerms) -> Charge:
    return next(schedule.charges(line, FAR))


def waits(_case: Case) -> Seen:
    raise Waits
