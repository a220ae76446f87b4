"""Starts and ends put together into stretches of assistance."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from canone.channels.connectors.rules.meshcentral.events import Event, Mark
from canone.channels.connectors.rules.port import RawNote

AGREE = 5  # seconds by which the instants and the told length of one stretch may differ
NOTE_REACH = timedelta(hours=24)
ID_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Stretch:
    """A session with its start, and its end when it has one."""

    external_id: str
    node: str
    user: str
    user_name: str
    kind: str
    started_at: datetime
    ended_at: datetime | None = None
    seconds: int | None = None
    told: int | None = None
    group: str = ""
    guest: str = ""
    note: str = ""
    first: Event | None = None


@dataclass(frozen=True, slots=True)
class Paired:
    """Stretches by start, shared desktops that nobody closed, and stretches timed by length."""

    stretches: list[Stretch]
    shared_open: list[Event] = field(default_factory=list)
    disagreeing: int = 0


def pair(events: Iterable[Event]) -> Paired:
    """Return the stretches that the events (oldest first) describe; one per external id."""
    starts: dict[tuple[str, str, str, str], Event] = {}
    shared: dict[tuple[str, str], Event] = {}
    found: dict[str, Stretch] = {}
    disagreeing = 0
    for event in events:
        mark = event.meaning.mark
        if mark is Mark.START:
            starts.setdefault(event.key, event)
        elif mark is Mark.OPENED:
            shared[event.node, event.session_id] = event
        elif mark is Mark.CLOSED:
            shared.pop((event.node, event.session_id), None)
        else:
            start = starts.pop(event.key, None) if event.meaning.unique else None
            stretch, agrees = _closed(start, event)
            disagreeing += not agrees
            known = found.get(stretch.external_id)
            if known is None or (known.seconds or 0) < (stretch.seconds or 0):
                found[stretch.external_id] = stretch
    for start in starts.values():
        stretch = _opened(start)
        found.setdefault(stretch.external_id, stretch)
    ordered = sorted(found.values(), key=lambda stretch: (stretch.started_at, stretch.external_id))
    return Paired(ordered, list(shared.values()), disagreeing)


def _closed(start: Event | None, end: Event) -> tuple[Stretch, bool]:
    """Return the stretch, and whether instants and told length agree.

    The server measures the length itself, so where they disagree the start belongs to another
    stretch or the server's clock was moved: then the length is counted back from the end.
    """
    told = end.seconds or 0
    started_at = end.at - timedelta(seconds=told)
    seconds, agrees = told, True
    if start is not None:
        between = (end.at - start.at).total_seconds()
        agrees = abs(between - told) <= AGREE and between >= 0
        if agrees:
            started_at, seconds = start.at, int(between)
    stretch = Stretch(
        external_id=identity(end),
        node=end.node,
        user=end.user,
        user_name=end.user_name or (start.user_name if start else ""),
        kind=end.kind,
        started_at=started_at,
        ended_at=end.at,
        seconds=seconds,
        told=told,
        guest=end.guest,
    )
    return stretch, agrees


def _opened(start: Event) -> Stretch:
    return Stretch(
        external_id=identity(start),
        node=start.node,
        user=start.user,
        user_name=start.user_name,
        kind=start.kind,
        started_at=start.at,
        guest=start.guest,
        first=start,
    )


def identity(event: Event) -> str:
    """Return the external id, equal for the start and the end of one stretch.

    Where the server's session id is shared by several stretches, the end instant tells them apart.
    """
    parts = [event.node, event.kind, event.session_id, event.user]
    if not event.meaning.unique:
        parts.append(f"{_milliseconds(event.at)}+{event.seconds}")
    return bounded("|".join(parts))


def bounded(text: str) -> str:
    """Return `text`, or a digest of it where it is too long for a key."""
    if len(text) <= ID_LENGTH:
        return text
    return text[:90] + "#" + hashlib.sha256(text.encode()).hexdigest()


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def with_notes(
    stretches: list[Stretch], notes: Iterable[RawNote]
) -> tuple[list[Stretch], list[RawNote]]:
    """Return the stretches carrying their notes, and the notes that fit none.

    The server ties a note to user and device only. It belongs to the stretch whose last sign of
    life before the note is the latest: its end or, inside a closed stretch, the note's own instant.
    """
    texts: dict[str, list[str]] = {}
    lost = []
    for note in notes:
        best = max(
            (mark for stretch in stretches if (mark := _nearness(stretch, note)) is not None),
            default=None,
        )
        if best is None:
            lost.append(note)
        else:
            texts.setdefault(best[2], []).append(note.text)
    noted = [
        replace(stretch, note="\n".join(texts[stretch.external_id]))
        if stretch.external_id in texts
        else stretch
        for stretch in stretches
    ]
    return noted, lost


def _nearness(stretch: Stretch, note: RawNote) -> tuple[datetime, int, str] | None:
    if (stretch.user, stretch.node) != (note.user_id, note.device_id):
        return None
    if stretch.started_at > note.at:
        return None
    last = min(stretch.ended_at, note.at) if stretch.ended_at else stretch.started_at
    if note.at - last > NOTE_REACH:
        return None
    return last, stretch.seconds or 0, stretch.external_id
