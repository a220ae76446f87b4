"""Which line of which contract covers a piece of work (docs/algorithms/covering.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Claim(NamedTuple):
    """A line that covers work for one group, or for all of its customer's; `end` is the day after.

    `name` is what the line is known by; of two that are alike otherwise the larger goes first.
    """

    name: int
    group: int | None
    start: date
    end: date | None


class Stretch(NamedTuple):
    """The days on which a line covers a group; `end` is the first day after them."""

    name: int
    start: date
    end: date | None


def days(
    line: tuple[date, date | None], contract: tuple[date, date | None], pause: date | None
) -> tuple[date, date | None] | None:
    """Return the days of a line inside its contract and before its pause; None where there are
    none.
    """
    start = max(line[0], contract[0])
    ends = [day for day in (line[1], contract[1], pause) if day is not None]
    end = min(ends) if ends else None
    return None if end is not None and end <= start else (start, end)


def stretches(claims: Iterable[Claim], group: int) -> list[Stretch]:
    """Return which of a customer's lines covers one of its groups when, in order, never two."""
    ranked = sorted((one for one in claims if one.group in (None, group)), key=_rank, reverse=True)
    bounds = sorted(_bounds(ranked))
    found: list[Stretch] = []
    for place, start in enumerate(bounds):
        first = next((one for one in ranked if _holds(one, start)), None)
        if first is None:
            continue
        end = bounds[place + 1] if place + 1 < len(bounds) else None
        last = found[-1] if found else None
        if last is not None and (last.name, last.end) == (first.name, start):
            found[-1] = last._replace(end=end)
        else:
            found.append(Stretch(first.name, start, end))
    return found


def _rank(one: Claim) -> tuple[bool, date, int]:
    return one.group is not None, one.start, one.name


def _bounds(claims: Iterable[Claim]) -> set[date]:
    return {day for one in claims for day in (one.start, one.end) if day is not None}


def _holds(one: Claim, day: date) -> bool:
    return one.start <= day and (one.end is None or day < one.end)
