"""What a line would charge, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import words
from canone.desks.contracts.rules import schedule
from canone.desks.contracts.rules.terms import check
from canone.kernel.periods import ONE_DAY, add_months


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
