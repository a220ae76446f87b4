"""What a line grants besides its fee, period by period: hours, tickets, visits, copies.

The numbers stand in docs/algorithms/grants.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from canone.desks.contracts.rules import schedule, usage
from canone.desks.contracts.rules.terms import LineTerms, Timing


class Grant(NamedTuple):
    """A quantity granted for a period: its first day, and the last on which it can be used."""

    start: date
    quantity: int
    expires_on: date | None


class Standing(NamedTuple):
    """A grant on record that was not reversed: its id, its revision, what it granted."""

    entry_id: int
    revision: int
    quantity: int
    expires_on: date | None


class Difference(NamedTuple):
    """What makes the record right: entries to take back, and grants with their revision."""

    back: tuple[int, ...]
    new: tuple[tuple[Grant, int], ...]


def owed(
    terms: LineTerms,
    quantity: int,
    through: date,
    *,
    stays: bool,
    pause: date | None = None,
) -> list[Grant]:
    """Return what a line grants for the periods that begin not after `through`, in order.

    A part of a period grants its share, whole units. What does not `stay` expires with its
    period. Periods that begin on the day of the `pause` or later grant nothing.
    """
    # granted when a period begins, whenever it is invoiced, and in every month
    by_period = replace(terms, timing=Timing.IN_ADVANCE, months=frozenset())
    found = []
    for charge in schedule.charges(by_period, through):
        if pause is not None and charge.period.start >= pause:
            break
        share = usage.included(quantity, charge.ratio)
        is_open = terms.cycle is None and terms.end is None
        expires = None if stays or is_open else charge.period.last
        if share:
            found.append(Grant(charge.period.start, share, expires))
    return found


def compare(
    wanted: Iterable[Grant],
    standing: Mapping[date, Standing],
    revisions: Mapping[date, int],
) -> Difference:
    """Return the difference between what is owed and what is on record, by the first day.

    `revisions` are the last ones given, those of what was reversed included.
    """
    back: list[int] = []
    new: list[tuple[Grant, int]] = []
    owed_days = set()
    for grant in wanted:
        owed_days.add(grant.start)
        known = standing.get(grant.start)
        if known and (known.quantity, known.expires_on) == (grant.quantity, grant.expires_on):
            continue
        if known:
            back.append(known.entry_id)
        new.append((grant, revisions.get(grant.start, 0) + 1))
    back += [one.entry_id for day, one in standing.items() if day not in owed_days]
    return Difference(tuple(back), tuple(new))
