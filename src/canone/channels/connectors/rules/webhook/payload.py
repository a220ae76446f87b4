"""What a delivery says: one session or a list of them, every fault by row and field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from canone.channels.connectors.rules import told, values
from canone.channels.connectors.rules.port import RawSession

MOST_ROWS = 1_000
MOST_FAULTS = 100
LARGEST = 2_000_000  # bytes of a body
AHEAD = timedelta(hours=1)  # how far a sender's clock may be ahead
LENGTHS = {
    "id": 150, "technician": 150, "technician_mail": 254, "device_id": 150, "device_name": 150,
    "group": 150, "note": 2_000, "kind": 40,
}  # fmt: skip
REQUIRED = ("id", "technician", "started_at")
KNOWN = frozenset({*LENGTHS, "started_at", "ended_at", "seconds"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: row (from 1, None for the whole), field, code, limit or value."""

    code: str
    row: int | None = None
    field: str = ""
    value: str | int = ""


class FaultyError(Exception):
    """The delivery cannot be taken; nothing of it was."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(slots=True)
class _Row:
    number: int
    value: Mapping[str, Any]
    at: datetime
    faults: list[Fault] = field(default_factory=list)

    def fault(self, name: str, code: str, value: str | int = "") -> None:
        self.faults.append(Fault(code, self.number, name, value))


def read(body: bytes, at: datetime) -> list[RawSession]:
    """Return the sessions of a delivery; FaultyError with all that is wrong with it."""
    rows = _rows(body)
    if not rows:
        raise FaultyError([Fault("empty")])
    if len(rows) > MOST_ROWS:
        raise FaultyError([Fault("too_many", value=MOST_ROWS)])
    sessions: list[RawSession] = []
    faults: list[Fault] = []
    first: dict[str, int] = {}
    for number, value in enumerate(rows, 1):
        if not isinstance(value, Mapping):
            faults.append(Fault("not_an_object", number))
            continue
        row = _Row(number, value, at)
        session = _session(row)
        if session is not None and first.setdefault(session.external_id, number) != number:
            row.fault("id", "twice", first[session.external_id])
        faults += row.faults
        if session is not None:
            sessions.append(session)
    if faults:
        raise FaultyError(faults)
    return sessions


def _rows(body: bytes) -> list[Any]:
    try:
        value = json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FaultyError([Fault("not_json")]) from error
    if isinstance(value, Mapping) and set(value) == {"sessions"}:
        value = value["sessions"]
    if isinstance(value, Mapping):
        return [value]
    if not isinstance(value, list):
        raise FaultyError([Fault("not_a_list")])
    return value


def _no_number(_name: str) -> float:
    raise ValueError


def _session(row: _Row) -> RawSession | None:
    for name in sorted(set(row.value) - KNOWN):
        row.fault(told.words(name, 60) or "?", "unknown_field")
    texts = {name: _text(row, name) for name in LENGTHS}
    start, end = _instant(row, "started_at"), _instant(row, "ended_at")
    seconds = _seconds(row, start, end)
    if row.faults or start is None:
        return None
    return RawSession(
        external_id=texts["id"],
        user_id=texts["technician_mail"] or texts["technician"],
        technician_name=texts["technician"],
        technician_mail=texts["technician_mail"],
        device_id=texts["device_id"],
        device_name=texts["device_name"] or texts["device_id"],
        group_id="",
        group_name=texts["group"],
        started_at=start,
        ended_at=end,
        seconds=seconds,
        protocol=texts["kind"],
        note=texts["note"],
    )


def _text(row: _Row, name: str) -> str:
    value = row.value.get(name)
    if value is None or value == "":
        if name in REQUIRED:
            row.fault(name, "missing")
        return ""
    kinds = str if name == "note" else str | int
    if isinstance(value, bool) or not isinstance(value, kinds):
        row.fault(name, "not_a_text")
        return ""
    longest = LENGTHS[name]
    words = told.prose(value, longest + 1) if name == "note" else told.words(value, longest + 1)
    if len(words) > longest:
        row.fault(name, "too_long", longest)
    elif not words and name in REQUIRED:
        row.fault(name, "missing")
    return words


def _instant(row: _Row, name: str) -> datetime | None:
    value = row.value.get(name)
    if value is None:
        if name in REQUIRED:
            row.fault(name, "missing")
        return None
    found = told.zoned(value)
    if found is None:
        row.fault(name, "not_an_instant")
    elif found > row.at + AHEAD:
        row.fault(name, "in_the_future")
    else:
        return found
    return None


def _seconds(row: _Row, start: datetime | None, end: datetime | None) -> int | None:
    value = row.value.get("seconds")
    between = values.length(start, end) if start and end else None
    if start and end and between is None:
        row.fault("ended_at", "before_start" if end < start else "too_long_a_session")
        return None
    if value is None:
        return between
    if end is None:
        if row.value.get("ended_at") is None:
            row.fault("seconds", "without_end")
        return None
    seconds = told.whole(value)
    if seconds is None or seconds < 0:
        row.fault("seconds", "not_seconds")
    elif between is not None and seconds > between:
        row.fault("seconds", "longer_than_span", between)
    return seconds
