"""Which sessions are one piece of work: reconnections merged, simultaneous ones counted once."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from canone.registers.catalog.rules.rating import Work
from canone.registers.catalog.rules.terms import Overlap, Terms


class Session(NamedTuple):
    """A finished session as grouping sees it; keys are whatever the caller tells people apart by.

    A session without start or end, a manual one, and one that a person took apart stay by
    themselves.
    """

    key: int
    customer: object
    technician: object
    device: object
    start: datetime | None
    end: datetime | None
    seconds: int | Fraction
    extra_minutes: int = 0
    manual: bool = False
    included: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """One piece of work; the first of `keys` carries the price, the others a link to it.

    `simultaneous` and `reconnected` say why its sessions belong together; both may hold.
    """

    keys: tuple[int, ...]
    work: Work
    simultaneous: bool = False
    reconnected: bool = False

    @property
    def lead(self) -> int:
        """The session that carries the price."""
        return self.keys[0]


def group_sessions(terms: Terms, sessions: Iterable[Session]) -> list[Group]:
    """Return the pieces of work that `sessions` make under `terms`, ordered by start and key.

    Without options every session is its own. Time of a group: connected seconds added up, or,
    where simultaneous sessions count once, the union of their times.
    """
    ordered = sorted(sessions, key=_order)
    joined = list(range(len(ordered)))
    overlaps: list[int] = []
    reconnections: list[int] = []
    if terms.overlap is not Overlap.NONE:
        overlaps = _join_overlaps(terms.overlap, ordered, joined)
    if terms.merge_gap_minutes:
        gap = timedelta(minutes=terms.merge_gap_minutes)
        reconnections = _join_reconnections(gap, ordered, joined)
    members: dict[int, list[Session]] = {}
    for place, session in enumerate(ordered):
        members.setdefault(_root(joined, place), []).append(session)
    simultaneous = {_root(joined, place) for place in overlaps}
    reconnected = {_root(joined, place) for place in reconnections}
    union = terms.overlap is not Overlap.NONE
    return [
        Group(
            tuple(member.key for member in group),
            _work(group, union=union),
            root in simultaneous,
            root in reconnected,
        )
        for root, group in members.items()
    ]


def _order(session: Session) -> tuple[datetime, int]:
    return session.start or datetime.min.replace(tzinfo=UTC), session.key


def _alone(session: Session) -> bool:
    return session.manual or session.apart or session.start is None or session.end is None


def _root(joined: list[int], place: int) -> int:
    while joined[place] != place:
        joined[place] = joined[joined[place]]
        place = joined[place]
    return place


def _join(joined: list[int], first: int, second: int) -> None:
    one, two = _root(joined, first), _root(joined, second)
    joined[max(one, two)] = min(one, two)


def _join_overlaps(overlap: Overlap, ordered: Sequence[Session], joined: list[int]) -> list[int]:
    """Return the places of the sessions that were joined to one before them."""
    later: list[int] = []
    latest: dict[object, tuple[datetime, int]] = {}
    for place, session in enumerate(ordered):
        if _alone(session) or session.start is None or session.end is None:
            continue
        by_technician = overlap is Overlap.TECHNICIAN
        who = (session.customer, session.technician if by_technician else None)
        known = latest.get(who)
        if known and session.start < known[0]:
            _join(joined, known[1], place)
            later.append(place)
        if not known or session.end > known[0]:
            latest[who] = (session.end, place)
    return later


def _join_reconnections(gap: timedelta, ordered: Sequence[Session], joined: list[int]) -> list[int]:
    """Return the places of the sessions that were joined to one before them."""
    later: list[int] = []
    ended: dict[object, list[tuple[datetime, int]]] = {}
    for place, session in enumerate(ordered):
        if _alone(session) or session.start is None or session.end is None:
            continue
        before = ended.setdefault((session.customer, session.technician, session.device), [])
        nearest = bisect_right(before, (session.start, len(ordered))) - 1
        if nearest >= 0 and session.start - before[nearest][0] <= gap:
            _join(joined, before.pop(nearest)[1], place)
            later.append(place)
        insort(before, (session.end, place))
    return later


def _work(members: list[Session], *, union: bool) -> Work:
    first = members[0]
    if union and len(members) > 1:
        seconds: int | Fraction = _union(members)
    else:
        seconds = sum((member.seconds for member in members), start=0)
    return Work(
        seconds=seconds,
        extra_minutes=sum(member.extra_minutes for member in members),
        start=first.start,
        manual=first.manual,
        included=any(member.included for member in members),
    )


def _union(members: list[Session]) -> int | Fraction:
    """Return the seconds covered by at least one member; members come ordered by start."""
    covered = timedelta(0)
    until: datetime | None = None
    for member in members:
        if member.start is None or member.end is None:
            continue
        begin = member.start if until is None else max(member.start, until)
        covered += max(member.end - begin, timedelta(0))
        until = member.end if until is None else max(until, member.end)
    return span(covered)


def span(length: timedelta) -> int | Fraction:
    """Return `length` in exact seconds."""
    exact = Fraction(length // timedelta(microseconds=1), 1_000_000)
    return exact.numerator if exact.denominator == 1 else exact
