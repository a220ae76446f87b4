"""Rows of Guacamole's history of connections, as sessions.

Instants are milliseconds since 1970. The server's filter by day compares starts in the zone of the
server and lets pass whatever has the day in a name; an answer ends after a thousand rows. So days
are asked one by one, from both ends where one is full, and every row is looked at again here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from canone.channels.connectors.rules import told, values
from canone.channels.connectors.rules.port import Json, RawSession

FULL = 1_000
MEMORY = timedelta(days=7)  # how long a row without an end is asked for again
ZONES = timedelta(hours=14)  # how far the server's day may lie from the day in UTC
SAME_START = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Names:
    """What the tree of connections says: the group a connection stands in."""

    groups: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Day:
    """What one day brought."""

    sessions: list[RawSession] = field(default_factory=list)
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    cut: bool = False


def days(since: datetime, at: datetime) -> list[date]:
    """Return the days to ask for, newest first: a server's day starts elsewhere than ours."""
    first, last = (since - ZONES).date(), (at + ZONES).date()
    return [last - timedelta(days=number) for number in range((last - first).days + 1)]


def horizon(cursor: Json, since: datetime, at: datetime) -> datetime:
    """Return from which start on to ask: what ran at the last pull may have ended since."""
    known: Any = cursor.get("open")
    starts = [values.written(start) for start in known] if isinstance(known, list) else []
    return min([since, *(start for start in starts if start and start >= at - MEMORY)])


def carried(seen: Iterable[RawSession], at: datetime) -> dict[str, Any]:
    """Return the cursor with the starts of what has no end."""
    starts = {each.started_at for each in seen if each.ended_at is None}
    return {"open": sorted(start.isoformat() for start in starts if start >= at - MEMORY)}


def meet(newest: Iterable[object], oldest: Iterable[object]) -> bool:
    """Whether the two ends of a full day cross, so that nothing lies hidden between them.

    They have to pass each other: where they only touch, more rows may have started in that instant.
    """
    down, up = _starts(newest), _starts(oldest)
    return bool(down and up) and min(down) < max(up)


def read(rows: Iterable[object], names: Names, since: datetime) -> Day:
    """Return the sessions among the rows that started at `since` or later, each once."""
    found = Day()
    seen: dict[str, dict[str, RawSession]] = {}
    for row in rows:
        found.rows += 1
        session = _session(row, names) if isinstance(row, Mapping) else None
        if session is None or not isinstance(row, Mapping):
            found.counts["unreadable"] += 1
        elif session.started_at >= since:
            same = seen.setdefault(session.external_id, {})
            same.setdefault(_record(row), session)
    for same in seen.values():
        found.sessions.extend(_told_apart(same))
    return found


def names(tree: object) -> Names:
    """Return the groups of the connections; the root is no group."""
    groups: dict[str, tuple[str, str]] = {}
    waiting: list[tuple[object, str, str]] = [(tree, "", "")]
    while waiting:
        node, key, title = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        for child in _list(node.get("childConnections")):
            if isinstance(child, Mapping) and (number := told.words(child.get("identifier"))):
                groups[number] = (key, title)
        for child in _list(node.get("childConnectionGroups")):
            if isinstance(child, Mapping):
                inner = told.words(child.get("identifier")), told.words(child.get("name"))
                waiting.append((child, *inner))
    return Names(groups)


def unended(sessions: Iterable[RawSession], active: object) -> int:
    """Return how many rows have no end although nobody is connected: their server broke down."""
    running = [
        (told.words(row.get("connectionIdentifier")), told.words(row.get("username")), start)
        for row in (active.values() if isinstance(active, Mapping) else [])
        if isinstance(row, Mapping) and (start := values.counted(row.get("startDate")))
    ]
    open_ = [session for session in sessions if session.ended_at is None]
    return sum(1 for session in open_ if not any(_is(session, *who) for who in running))


def _starts(rows: Iterable[object]) -> list[int]:
    numbers = (values.number(row.get("startDate")) for row in rows if isinstance(row, Mapping))
    return [start for start in numbers if start is not None]


def _is(session: RawSession, connection: str, user: str, start: datetime) -> bool:
    same = (session.device_id, session.user_id) == (connection, user)
    return same and abs(session.started_at - start) <= SAME_START


def _session(row: Mapping[str, Any], names: Names) -> RawSession | None:
    start = values.counted(row.get("startDate"))
    end = values.counted(row.get("endDate"))
    ends = row.get("endDate") is not None
    seconds = values.length(start, end) if start and end else None
    user, name = told.words(row.get("username")), told.words(row.get("connectionName"))
    connection = told.words(row.get("connectionIdentifier"))
    if start is None or not user or not (name or connection) or (ends and seconds is None):
        return None
    group, title = names.groups.get(connection, ("", ""))
    return RawSession(
        external_id=_identity(row),
        user_id=user,
        technician_name=user,
        technician_mail=user if "@" in user else "",
        device_id=connection or name,
        device_name=name or connection,
        group_id=group,
        group_name=title,
        started_at=start,
        ended_at=end if ends else None,
        seconds=seconds,
        protocol="desktop",
        raw={
            "host": told.words(row.get("remoteHost"), 60),
            "profile": told.words(row.get("sharingProfileName")),
        },
    )


def _identity(row: Mapping[str, Any]) -> str:
    """Return what names a row whatever becomes of it.

    The ids of user and connection vanish from it when these are deleted, and older servers give the
    row itself none. What it was called at its start stays.
    """
    start = values.number(row.get("startDate"))
    return told.key(
        str(start if start is not None else ""),
        told.words(row.get("username")),
        told.words(row.get("connectionName")) or told.words(row.get("connectionIdentifier")),
        told.words(row.get("sharingProfileName")),
    )


def _record(row: Mapping[str, Any]) -> str:
    return told.words(row.get("identifier")) or told.words(row.get("uuid"))


def _told_apart(same: Mapping[str, RawSession]) -> list[RawSession]:
    """Return sessions that one user began on one connection in the same instant, numbered."""
    ordered = sorted(same.items(), key=lambda pair: (len(pair[0]), pair[0]))
    return [
        replace(session, external_id=f"{session.external_id}+{number}") if number else session
        for number, (_record_id, session) in enumerate(ordered)
    ]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
