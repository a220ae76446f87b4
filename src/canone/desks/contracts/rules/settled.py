"""Whether what was billed of a line is what it comes to, without working out every period again."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from canone.desks.contracts.rules import schedule
from canone.desks.contracts.rules.instalments import Plan
from canone.desks.contracts.rules.terms import LineTerms
from canone.kernel.periods import Rhythm

NOTHING_LEFT = date.max


class Billed(NamedTuple):
    """All charges of a line together; the end is the day after the last.

    `is_plain` says that none was ever reversed or corrected; `vat_id` is the one that all of them
    bear, None where that is not one.
    """

    start: date
    end: date
    charges: int
    cents: int
    vat_id: int | None
    is_plain: bool


def open_from(
    terms: LineTerms, beat: Rhythm | None, plan: Plan, billed: Billed | None
) -> date | None:
    """Return the day before which all is billed as it should be; None where that is not plain.

    NOTHING_LEFT where the line is over and billed to its end.
    """
    if billed is None:
        return terms.first_day
    if not billed.is_plain or terms.months or billed.start != terms.first_day:
        return None
    is_settled = _is_settled_once(terms, billed) if beat is None else _is(terms, beat, plan, billed)
    if not is_settled:
        return None
    return NOTHING_LEFT if beat is None or billed.end == terms.end else billed.end


def _is(terms: LineTerms, beat: Rhythm, plan: Plan, billed: Billed) -> bool:
    """Return whether each period from the first day on was charged, and what it comes to."""
    if terms.end is not None and billed.end > terms.end:
        return False
    after = beat.number(billed.end)
    if beat.at(after) != billed.end:
        if terms.end != billed.end:
            return False
        after += 1
    first = beat.number(terms.first_day)
    if billed.charges != after - first:
        return False
    return billed.cents == schedule.cents(terms, beat, plan, first, after)


def _is_settled_once(terms: LineTerms, billed: Billed) -> bool:
    found = [(one.period.end, one.amount.minor) for one in schedule.charges(terms, date.max)]
    return billed.charges == 1 and found == [(billed.end, billed.cents)]
