"""Events of the server, read with suspicion: what cannot be an event is counted, not believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from canone.channels.connectors.rules.port import Json, RawNote, clean


class Mark(Enum):
    """What an event says about its session."""

    START = "start"
    END = "end"
    OPENED = (
        "opened"  # a desktop shared by viewers came up; the viewers are counted when they leave
    )
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Meaning:
    """How to read an event number: its kind, and where its session id and seconds stand."""

    mark: Mark
    kind: str
    session: int | None = 0
    seconds: int | None = None
    unique: bool = True  # whether the session id names this one stretch and no other


MEANINGS: Mapping[int, Meaning] = {
    13: Meaning(Mark.START, "relay"),
    14: Meaning(Mark.START, "terminal"),
    15: Meaning(Mark.START, "desktop"),
    16: Meaning(Mark.START, "files"),
    120: Meaning(Mark.START, "local"),
    148: Meaning(Mark.START, "ssh"),
    149: Meaning(Mark.START, "sftp"),
    150: Meaning(Mark.START, "rdp"),
    9: Meaning(Mark.END, "relay", seconds=3),
    10: Meaning(Mark.END, "terminal", seconds=3),
    11: Meaning(Mark.END, "desktop", seconds=3),
    12: Meaning(Mark.END, "files", seconds=3),
    121: Meaning(Mark.END, "local", seconds=3),
    123: Meaning(Mark.END, "ssh", session=1, seconds=0),
    124: Meaning(Mark.END, "sftp", session=1, seconds=0),
    125: Meaning(Mark.END, "rdp", session=1, seconds=0),
    126: Meaning(Mark.END, "vnc", session=1, seconds=0),
    # The id of a chat belongs to the pair of user and device, that of a shared desktop to all its
    # viewers: each stretch is told apart by its end.
    112: Meaning(Mark.END, "messenger", seconds=3, unique=False),
    122: Meaning(Mark.END, "desktop", session=None, seconds=0, unique=False),
    144: Meaning(Mark.END, "desktop", seconds=1, unique=False),
    145: Meaning(Mark.OPENED, "desktop"),
    147: Meaning(Mark.CLOSED, "desktop", seconds=1),
}
SILENT = frozenset({5, 143, 162})  # told again, with a duration, when the viewer or chat leaves
KINDS = (
    "desktop", "terminal", "files", "rdp", "vnc", "ssh", "sftp", "local", "relay", "messenger",
)  # fmt: skip
DEFAULT_KINDS = frozenset(KINDS) - {"relay", "messenger"}
KIND_OF_PROTOCOL: Mapping[int, str] = {
    1: "terminal", 2: "desktop", 5: "files", 6: "terminal", 8: "terminal", 9: "terminal",
    200: "messenger", 201: "rdp", 202: "ssh", 203: "sftp", 204: "vnc",
}  # fmt: skip
KEPT = ("action", "msgid", "userid", "username", "guestname", "nodeid", "protocol", "time")
LONGEST = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Event:
    """One start or end of a session, as the server logged it."""

    at: datetime
    msgid: int
    meaning: Meaning
    session_id: str
    node: str
    user: str
    user_name: str
    guest: str
    seconds: int | None
    protocol: int | None
    raw: Json

    @property
    def kind(self) -> str:
        """The kind of session."""
        return self.meaning.kind

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a start and its end have in common."""
        return (self.node, self.kind, self.session_id, self.user)


@dataclass(frozen=True, slots=True)
class Reading:
    """Events oldest first, notes, and how many rows made no sense."""

    events: tuple[Event, ...]
    notes: tuple[RawNote, ...]
    unreadable: int
    oldest: datetime | None


def read(rows: Iterable[object]) -> Reading:
    """Return what the rows of an `events` answer mean; the same row twice counts once."""
    events: dict[tuple[object, ...], Event] = {}
    notes: dict[RawNote, None] = {}
    unreadable = 0
    oldest: datetime | None = None
    for row in rows:
        found = _row(row)
        if found is None:
            unreadable += 1
        elif isinstance(found, datetime):
            oldest = min(oldest or found, found)
        else:
            oldest = min(oldest or found.at, found.at)
            if isinstance(found, RawNote):
                notes[found] = None
            else:
                events.setdefault((found.msgid, *found.key, found.at, found.seconds), found)
    ordered = sorted(events.values(), key=lambda event: (event.at, event.meaning.mark.value))
    return Reading(tuple(ordered), tuple(sorted(notes, key=lambda n: n.at)), unreadable, oldest)


def instant(value: object) -> datetime | None:
    """Return the instant in ISO text or in milliseconds since 1970; None if it is neither."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found.astimezone(UTC) if found.tzinfo else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _row(row: object) -> Event | RawNote | datetime | None:
    """Return the event or note, the bare instant of a row that says nothing to us, or None."""
    if not isinstance(row, Mapping):
        return None
    at = instant(row.get("time"))
    if at is None:
        return None
    if row.get("action") == "manual":
        return _note(row, at)
    msgid = row.get("msgid")
    if row.get("action") != "relaylog" or not isinstance(msgid, int) or msgid in SILENT:
        return at if row.get("action") is not None else None
    meaning = MEANINGS.get(msgid)
    return at if meaning is None else _event(row, at, msgid, meaning)


def _note(row: Mapping[str, Any], at: datetime) -> RawNote | None:
    said = row.get("msg")
    text = clean(said).strip() if isinstance(said, str) else ""
    if not text or not _text(row.get("nodeid")):
        return None
    return RawNote(_text(row.get("userid")), _text(row.get("nodeid")), at, text[:4096])


def _event(row: Mapping[str, Any], at: datetime, msgid: int, meaning: Meaning) -> Event | None:
    args = row.get("msgArgs")
    args = args if isinstance(args, list) else []
    session_id = _text(_at(args, meaning.session))
    node = _text(row.get("nodeid")) or _node_of_chat(session_id)
    seconds = _at(args, meaning.seconds)
    if meaning.seconds is None:
        seconds = None
    elif not _is_length(seconds):
        return None
    if not node or (meaning.session is not None and not session_id):
        return None
    return Event(
        at=at,
        msgid=msgid,
        meaning=meaning,
        session_id=session_id,
        node=node,
        user=_text(row.get("userid")),
        user_name=_text(row.get("username")),
        guest=_text(row.get("guestname")),
        seconds=int(seconds) if seconds is not None else None,
        protocol=protocol(row.get("protocol")),
        raw={name: _bounded(row[name]) for name in KEPT if name in row}
        | {"msgArgs": [_bounded(value) for value in args[:4]]},
    )


def protocol(value: object) -> int | None:
    """Return the protocol number; older servers send it as text."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def _is_length(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value <= LONGEST


def _node_of_chat(session_id: str) -> str:
    """Return the device of a chat, which its id names: `meshmessenger/node//X/user//Y`."""
    parts = session_id.removeprefix("meshmessenger/").split("/")
    return "/".join(parts[:3]) if len(parts) >= 3 and parts[0] == "node" else ""


def _at(values: list[Any], index: int | None) -> Any:
    return values[index] if index is not None and index < len(values) else None


def _bounded(value: object) -> object:
    """Return a value small and plain enough to be kept until the next pull."""
    if isinstance(value, str):
        return clean(value)[:512]
    return value if isinstance(value, int | float) else None


def _text(value: object) -> str:
    return clean(value)[:512] if isinstance(value, str) else ""
