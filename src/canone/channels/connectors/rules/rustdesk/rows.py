"""Rows of the connection log of RustDesk Server Pro, as sessions.

`remote` is the computer that was helped, “id - name” or the id alone; `local` the one that helped,
`local_user` its account; `info` repeats name and address, as JSON in a text. Starts and ends are
seconds since 1970, an older server writes starts as texts in UTC. A row without a type is a login
that failed: nobody was helped.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from canone.channels.connectors.rules import told, values
from canone.channels.connectors.rules.port import Json, Notice, RawSession
from canone.channels.connectors.rules.rustdesk import kinds

# How long an open row is asked for again. An open one hides no other; it only makes lists longer.
MEMORY = timedelta(days=7)
NAMED = re.compile(r"(?P<id>[^\s]+) +- +(?P<name>.+)")


@dataclass(slots=True)
class Reading:
    """One page read: sessions, and counts of what is none."""

    sessions: list[RawSession] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    starts: list[datetime] = field(default_factory=list)
    descends: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    def notices(self) -> tuple[Notice, ...]:
        """Return what the log should say about this page; failed logins are nobody's work."""
        return tuple(Notice(code, {"count": count}) for code, count in self.counts.items())

    def is_past(self, since: datetime) -> bool:
        """Whether a list from new to old has left what was asked for behind."""
        return self.descends and self.starts[0] < since


def read(rows: Sequence[object]) -> Reading:
    """Return what the page holds; each row once."""
    found = Reading()
    for row in rows:
        key = _identity(row) if isinstance(row, Mapping) else repr(row)[:200]
        if key in found.keys:
            continue
        found.keys.add(key)
        session = _session(row, key, found) if isinstance(row, Mapping) else None
        if session is not None:
            found.sessions.append(session)
        elif not isinstance(row, Mapping) or row.get("conn_type") is not None:
            found.counts["unreadable"] += 1
    found.descends = len(found.starts) > 1 and found.starts[0] > found.starts[-1]
    return found


def horizon(cursor: Json, since: datetime, at: datetime) -> datetime:
    """Return from which start on to ask: the server filters by starts, a pull wants ends."""
    starts = (values.written(start) for start in opened(cursor).values())
    recent = [start for start in starts if start is not None and start >= at - MEMORY]
    return min([since, *recent])


def opened(cursor: Json) -> dict[str, str]:
    """Return the rows without an end that the last pull saw: id and start."""
    known: Any = cursor.get("open")
    if not isinstance(known, Mapping):
        return {}
    return {str(name): str(start) for name, start in known.items()}


def carried(seen: Iterable[RawSession], at: datetime) -> dict[str, Any]:
    """Return the cursor with what still runs."""
    return {
        "open": {
            session.external_id: session.started_at.isoformat()
            for session in seen
            if session.ended_at is None and session.started_at >= at - MEMORY
        }
    }


def filter_of(moment: datetime) -> str:
    """Return an instant (in UTC) as the server's filter wants it, which wants what is newer."""
    return (moment - timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S.000")


def _session(row: Mapping[str, Any], key: str, found: Reading) -> RawSession | None:
    """Return the session; None for a failed login and for what makes no sense."""
    start, end = _instant(row.get("created_at")), _instant(row.get("end_time"))
    if start is not None:
        found.starts.append(start)
    number = values.number(row.get("conn_type"))
    device, name = _named(row.get("remote"))
    ends = row.get("end_time") not in (None, 0, "")
    seconds = values.length(start, end) if start and end else None
    if start is None or number is None or not device or (ends and seconds is None):
        return None
    helper = _helper(row)
    return RawSession(
        external_id=key,
        user_id=helper.key,
        technician_name=helper.name or helper.key,
        technician_mail=helper.account if "@" in helper.account else "",
        device_id=device,
        device_name=told.words(row.get("device_name")) or name or device,
        group_id="",
        group_name=told.words(row.get("device_group_name")),
        started_at=start,
        ended_at=end if ends else None,
        seconds=seconds,
        protocol=kinds.kind(number),
        note=told.prose(row.get("note")),
        raw={"conn_type": number, "ip": helper.address},
    )


@dataclass(frozen=True, slots=True)
class _Helper:
    key: str
    name: str
    account: str
    address: str


def _helper(row: Mapping[str, Any]) -> _Helper:
    info = _info(row.get("info"))
    number, name = _named(row.get("local"))
    account = told.words(row.get("local_user"))
    return _Helper(
        key=account or number,
        name=account or name or told.words(info.get("name")),
        account=account,
        address=told.words(info.get("ip"), 60),
    )


def _info(value: object) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def _named(value: object) -> tuple[str, str]:
    """Return id and name of “412880135 - CAD-PC12”."""
    words = told.words(value)
    parts = NAMED.fullmatch(words)
    return (parts["id"], parts["name"]) if parts else (words, "")


def _identity(row: Mapping[str, Any]) -> str:
    """Return what names a row, whether it runs or ended."""
    if given := told.words(row.get("guid")) or told.words(row.get("id")):
        return told.key(given)
    names = ("remote", "local", "local_user", "created_at")
    return told.key(*(told.words(row.get(name)) for name in names))


def _instant(value: object) -> datetime | None:
    return values.counted(value) or values.written(value)
