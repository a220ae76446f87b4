"""Rows of AnyDesk's session list, turned into sessions.

AnyDesk knows desks, not people: a session goes from one desk to another. Whose desk is the
technician's is known by the names that the users of Canone have in other tools: the number of the
desk or its alias.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from canone.channels.connectors.rules import values
from canone.channels.connectors.rules.port import RawSession, clean

KINDS = ("out", "in", "inside")
DEFAULT_KINDS = frozenset({"out", "in"})
AGREE = 5  # seconds by which the instants and the told length may differ
LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class Desk:
    """One side of a session: the number and, where it has one, the alias."""

    number: str
    alias: str

    @property
    def name(self) -> str:
        """What people call it."""
        return self.alias or self.number

    def known_as(self, people: Collection[str]) -> str:
        """Return by which of its names a user is known; an alias counts without its domain too."""
        names = (self.number, self.alias, self.alias.partition("@")[0])
        return next((name for name in names if name and name.casefold() in people), "")


@dataclass(frozen=True, slots=True)
class Reading:
    """Sessions of a list of rows, and how many rows were odd.

    `unreadable` made no sense, `disagreeing` tell another length than their instants, neither side
    of `strangers` is known as a technician's.
    """

    sessions: tuple[RawSession, ...]
    unreadable: int = 0
    disagreeing: int = 0
    strangers: int = 0


def read(rows: list[Any], people: Collection[str]) -> Reading:
    """Return one session for each id; `people` are the users' names in other tools, casefolded."""
    found: dict[str, RawSession] = {}
    unreadable = disagreeing = strangers = 0
    for row in rows:
        session = one(row, people)
        if session is None:
            unreadable += 1
            continue
        strangers += not session.raw["known"]
        told = session.raw.get("duration")
        if session.seconds is not None and told is not None:
            disagreeing += abs(told - session.seconds) > AGREE
        if session.external_id not in found or session.ended_at is not None:
            found[session.external_id] = session
    return Reading(tuple(found.values()), unreadable, disagreeing, strangers)


def one(row: object, people: Collection[str]) -> RawSession | None:
    """Return the session of a row; None without id, desks or start, or with an impossible end."""
    if not isinstance(row, Mapping):
        return None
    key = values.text(row.get("sid"), 160)
    started_at = values.counted(row.get("start-time"))
    source, target = _desk(row.get("from")), _desk(row.get("to"))
    if not key or started_at is None or source is None or target is None:
        return None
    ended_at = _end(row, started_at)
    seconds = None if ended_at is None else values.length(started_at, ended_at)
    if seconds is None and (ended_at is not None or not _endless(row)):
        return None
    ours, theirs, kind = sides(source, target, people)
    comment = row.get("comment")
    return RawSession(
        external_id=key,
        user_id=ours.number,
        technician_name=ours.known_as(people) or ours.name,
        technician_mail="",
        device_id=theirs.number,
        device_name=theirs.name,
        group_id="",
        group_name="",
        started_at=started_at,
        ended_at=ended_at,
        seconds=seconds,
        protocol=kind,
        note=clean(comment).strip()[:LONGEST_NOTE] if isinstance(comment, str) else "",
        raw={
            "duration": values.number(row.get("duration")),
            "known": bool(ours.known_as(people)),
        },
    )


def sides(source: Desk, target: Desk, people: Collection[str]) -> tuple[Desk, Desk, str]:
    """Return the technician's desk, the customer's, and the direction as the technician saw it.

    The technician is who connects, unless only the other side is known as one.
    """
    knows, known = source.known_as(people), target.known_as(people)
    if knows and known:
        return source, target, "inside"
    if known:
        return target, source, "in"
    return source, target, "out"


def _desk(side: object) -> Desk | None:
    if not isinstance(side, Mapping):
        return None
    number, alias = values.text(side.get("cid"), 160), values.text(side.get("alias"), 160)
    return Desk(number or alias, alias) if number or alias else None


def _endless(row: Mapping[str, Any]) -> bool:
    """Whether the row says that there is no end yet, in one of the ways in which it may."""
    return row.get("active") is True or row.get("end-time") in (None, "", 0, -1)


def _end(row: Mapping[str, Any], started_at: datetime) -> datetime | None:
    """Return when the session ended; None while it runs, whatever the row says of an end.

    An end that is missing is counted from the length.
    """
    if row.get("active") is True:
        return None
    ended_at = values.counted(row.get("end-time"))
    told = values.number(row.get("duration"))
    if ended_at is None and told and 0 < told <= values.LONGEST.total_seconds():
        return started_at + timedelta(seconds=told)
    return ended_at
