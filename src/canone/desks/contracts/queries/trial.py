"""What a line would charge, before it is saved: its schedule, or the price of what is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import words
from canone.desks.contracts.rules import metering, schedule
from canone.desks.contracts.rules.metering import Metered
from canone.desks.contracts.rules.terms import check
from canone.kernel.money import Money
from canone.kernel.periods import ONE_DAY, add_months

NOTHING = Money(0)
KEPT = ("counted_from", "billed_through")
"""What bears on the schedule of a line and stands in no form."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The first charges, or what is wrong with the line."""

    charges: tuple[schedule.Charge, ...] = ()
    problems: tuple[str, ...] = ()


def schedule_of(contract: Contract, values: Mapping[str, Any], *, months: int, most: int) -> Trial:
    """Return what a line of these values charges in its first `months`, `most` charges at most."""
    line = Line(contract=contract, **values)
    ends = contract.end
    if ends is not None and line.start >= ends:
        return Trial()
    terms = line.terms()
    problems = tuple(words.problem(problem) for problem in check(terms))
    if problems:
        return Trial(problems=problems)
    through = add_months(terms.first_day, months) - ONE_DAY
    return Trial(tuple(islice(schedule.charges(terms, through), most)))


@dataclass(frozen=True, slots=True)
class Cost:
    """What so many units come to, step by step with an amount or none, or what is wrong."""

    rows: tuple[tuple[str, Money | None], ...] = ()
    total: Money = NOTHING
    problems: tuple[str, ...] = ()


def cost_of(values: Mapping[str, Any], units: int) -> Cost:
    """Return what a line of usage of these values charges for so many units in a whole period."""
    tiers, size, problems = metering.tiers(values["tiers"], pricing=values["pricing"])
    if problems:
        return Cost(problems=tuple(words.problem(problem) for problem in problems))
    metered = Metered(
        included=values["included"],
        unit=values["unit_price"],
        pricing=values["pricing"],
        tiers=tiers,
        package_size=size,
        minimum=values["minimum"],
    )
    bill = metering.bill(metered, units)
    rows: list[tuple[str, Money | None]] = [(words.used(units, bill.included), None)]
    if bill.over:
        rows.append((words.over(bill.over), bill.amount))
    if bill.true_up:
        rows.append((words.minimum(), bill.true_up))
    return Cost(tuple(rows), bill.amount + bill.true_up)
