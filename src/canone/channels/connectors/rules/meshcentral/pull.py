"""Everything one pull was told, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from canone.channels.connectors.rules.meshcentral import events, report, sessions
from canone.channels.connectors.rules.meshcentral.names import Names
from canone.channels.connectors.rules.port import Json, Notice, Pulled, RawSession, Window

MEMORY = timedelta(days=40)
RUNNING_LONG = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answers:
    """The server's answers, as they came."""

    events: Iterable[object]
    report: object = None
    names: Names = field(default_factory=Names)
    cut: bool = False  # whether the server may hold older events of the window than it sent
    server_at: datetime | None = None
    warnings: tuple[Notice, ...] = ()


def assemble(answers: Answers, cursor: Json, window: Window) -> Pulled:
    """Return the sessions of the window, and the cursor that carries what is still open."""
    reading = events.read([*_carried(cursor), *answers.events])
    told, bad_lines = report.lines(answers.report)
    paired = sessions.pair(reading.events)
    merged = report.merge(paired.stretches, told, _reported(cursor, window))
    noted, lost = sessions.with_notes(merged.stretches, reading.notes)
    inside = [s for s in noted if s.ended_at is None or s.ended_at >= window.since]
    counted = [s for s in inside if s.kind in window.kinds]
    return Pulled(
        sessions=tuple(_session(stretch, answers.names) for stretch in counted),
        still_open=tuple(s.external_id for s in counted if s.ended_at is None),
        notes=tuple(note for note in lost if note.at >= window.since),
        cursor={
            "open": [
                dict(s.first.raw)
                for s in merged.stretches
                if s.first is not None and s.started_at >= window.at - MEMORY
            ],
            "reported": merged.reported,
        },
        warnings=answers.warnings
        + _counts(
            unreadable=reading.unreadable + bad_lines,
            left_out_by_kind=len(inside) - len(counted),
            clock_disagrees=paired.disagreeing,
            only_in_report=merged.added,
            events_cut=int(answers.cut),
            shared_desktop_open=len(_stale(paired.shared_open, window.at)),
        ),
        seen=len(inside),
        server_at=answers.server_at,
    )


def _session(stretch: sessions.Stretch, names: Names) -> RawSession:
    group = stretch.group or names.group_of(stretch.node)
    return RawSession(
        external_id=stretch.external_id,
        user_id=stretch.user,
        technician_name=stretch.user_name or stretch.user.rpartition("/")[2],
        technician_mail=names.mails.get(stretch.user, ""),
        device_id=stretch.node,
        device_name=names.device(stretch.node),
        group_id=group,
        group_name=names.groups.get(group, ""),
        started_at=stretch.started_at,
        ended_at=stretch.ended_at,
        seconds=stretch.seconds,
        protocol=stretch.kind,
        note=stretch.note,
        raw={"length": stretch.told, "guest": stretch.guest},
    )


def _carried(cursor: Json) -> list[object]:
    rows = cursor.get("open")
    return list(rows) if isinstance(rows, list) else []


def _reported(cursor: Json, window: Window) -> dict[str, str]:
    """Return what earlier pulls knew from the report alone, without what is long past."""
    known: Any = cursor.get("reported")
    if not isinstance(known, Mapping):
        return {}
    oldest = round((window.at - MEMORY).timestamp() * 1000)
    return {
        key: str(value)
        for key, value in known.items()
        if (end := key.rpartition("|")[2]).isdigit() and int(end) >= oldest
    }


def _stale(opened: list[events.Event], at: datetime) -> list[events.Event]:
    return [event for event in opened if at - event.at > RUNNING_LONG]


def _counts(**counts: int) -> tuple[Notice, ...]:
    return tuple(Notice(code, {"count": count}) for code, count in counts.items() if count)
