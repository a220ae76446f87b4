"""The server's report: it knows each session's device group, and what the event list cut off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from canone.channels.connectors.rules.meshcentral.events import (
    KIND_OF_PROTOCOL,
    LONGEST,
    instant,
    protocol,
)
from canone.channels.connectors.rules.meshcentral.sessions import Stretch, bounded
from canone.channels.connectors.rules.port import clean

NEAR = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Line:
    """One ended session as the report tells it."""

    user: str
    node: str
    kind: str
    ended_at: datetime
    length: int
    group: str

    @property
    def key(self) -> str:
        """What the line has in common with the end event of the same session."""
        return f"{self.node}|{self.kind}|{self.user}|{round(self.ended_at.timestamp() * 1000)}"


def lines(data: object) -> tuple[list[Line], int]:
    """Return the lines of a report grouped by user, and how many rows made no sense."""
    groups = data.get("groups") if isinstance(data, Mapping) else None
    found, unreadable = [], 0
    for user, group in groups.items() if isinstance(groups, Mapping) else ():
        entries = group.get("entries") if isinstance(group, Mapping) else None
        for entry in entries if isinstance(entries, list) else ():
            line = _line(str(user), entry)
            if line is None:
                unreadable += 1
            else:
                found.append(line)
    return found, unreadable


def _line(user: str, entry: Any) -> Line | None:
    if not isinstance(entry, Mapping):
        return None
    ended_at, length, node = instant(entry.get("time")), entry.get("length"), entry.get("nodeid")
    if ended_at is None or not isinstance(node, str) or not isinstance(length, int | float):
        return None
    if not 0 <= length <= LONGEST:
        return None
    kind = KIND_OF_PROTOCOL.get(protocol(entry.get("protocol")) or 0, "desktop")
    user = "" if user in {"undefined", "null"} else clean(user)
    group = clean(str(entry.get("meshid") or ""))
    return Line(user, clean(node), kind, ended_at, int(length), group)


@dataclass(frozen=True, slots=True)
class Merged:
    """Stretches completed by the report; `reported` remembers those known from it alone."""

    stretches: list[Stretch]
    reported: dict[str, str]
    added: int


def merge(
    stretches: Iterable[Stretch], report: Iterable[Line], reported: Mapping[str, str]
) -> Merged:
    """Return the stretches with groups from the report and those that only the report knows.

    `reported` maps a line's key to the external id it was given when only the report knew it, so
    that the same session keeps that id when its events turn up later.
    """
    kept = _renamed(stretches, reported)
    closed: dict[str, list[str]] = {}
    running: dict[tuple[str, str, str], list[Stretch]] = {}
    for stretch in kept.values():
        if stretch.ended_at is None:
            place = (stretch.node, stretch.kind, stretch.user)
            running.setdefault(place, []).append(stretch)
        else:
            closed.setdefault(_key(stretch), []).append(stretch.external_id)
    memory = dict(reported)
    added = 0
    for line in report:
        if line.key in closed:
            for external_id in closed[line.key]:
                kept[external_id] = replace(kept[external_id], group=line.group)
            continue
        begun = _begun(running.get((line.node, line.kind, line.user), ()), line)
        stretch = _alone(line, memory.get(line.key)) if begun is None else _ended(begun, line)
        if begun is None:
            memory[line.key] = stretch.external_id
            added += 1
        kept[stretch.external_id] = stretch
        closed[line.key] = [stretch.external_id]
    ordered = sorted(kept.values(), key=lambda stretch: (stretch.started_at, stretch.external_id))
    return Merged(ordered, memory, added)


def _renamed(stretches: Iterable[Stretch], reported: Mapping[str, str]) -> dict[str, Stretch]:
    """Return the stretches by external id, with the ids that earlier pulls gave them."""
    given = dict(reported)
    kept = {}
    for stretch in stretches:
        earlier = given.pop(_key(stretch), None) if stretch.ended_at else None
        known = replace(stretch, external_id=earlier) if earlier else stretch
        kept[known.external_id] = known
    return kept


def _key(stretch: Stretch) -> str:
    ended_at = stretch.ended_at or stretch.started_at
    return f"{stretch.node}|{stretch.kind}|{stretch.user}|{round(ended_at.timestamp() * 1000)}"


def _begun(stretches: Iterable[Stretch], line: Line) -> Stretch | None:
    """Return the stretch without an end that this line is the end of."""
    start = line.ended_at - timedelta(seconds=line.length)
    return next((s for s in stretches if abs(s.started_at - start) <= NEAR), None)


def _ended(stretch: Stretch, line: Line) -> Stretch:
    return replace(
        stretch,
        ended_at=line.ended_at,
        seconds=line.length,
        told=line.length,
        group=line.group,
        first=None,
    )


def _alone(line: Line, external_id: str | None) -> Stretch:
    return Stretch(
        external_id=external_id or bounded(f"{line.key}+{line.length}|report"),
        node=line.node,
        user=line.user,
        user_name="",
        kind=line.kind,
        started_at=line.ended_at - timedelta(seconds=line.length),
        ended_at=line.ended_at,
        seconds=line.length,
        told=line.length,
        group=line.group,
    )
