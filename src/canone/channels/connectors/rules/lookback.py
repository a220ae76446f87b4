"""How far a pull looks back, for tools that leave out what crosses the border of a window.

Such a tool returns what *starts* in the window. A session that began before it and ended in it is
in neither of two adjacent windows, so each reaches back by more than a session lasts, and what ran
when it was last seen is asked for by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from canone.channels.connectors.rules import values
from canone.channels.connectors.rules.port import Json, RawSession, Window

LONG = timedelta(days=2)
LONGER = timedelta(days=14)
LONGER_EVERY = timedelta(hours=20)
OPEN_KEPT = timedelta(days=60)
OPEN_ASKED = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """The window of one pull, frozen while its pages are read.

    `opened` are the sessions that ran when they were last seen, by their start; `reached` is when a
    pull last looked back for the longer ones.
    """

    start: datetime
    end: datetime
    opened: Mapping[str, datetime]
    reached: datetime | None


def plan(cursor: Json, window: Window) -> Plan:
    """Return what this pull asks for.

    Once a day it looks back far enough for a session that somebody left open for days, and for
    notes that were written later.
    """
    reached = values.written(cursor.get("reached"))
    due = reached is None or not timedelta() <= window.at - reached < LONGER_EVERY
    return Plan(
        start=window.since - (LONGER if due else LONG),
        end=window.at,
        opened=_opened(cursor, window.at),
        reached=window.at if due else reached,
    )


def unseen(plan: Plan, seen: Iterable[str]) -> tuple[list[str], dict[str, datetime]]:
    """Return the sessions that ran and that no page showed: whom to ask for, and who waits.

    The youngest are asked for first; the others stay open until their turn comes.
    """
    known = set(seen)
    left = [key for key in plan.opened if key not in known]
    left.sort(key=lambda key: plan.opened[key], reverse=True)
    return left[:OPEN_ASKED], {key: plan.opened[key] for key in left[OPEN_ASKED:]}


def cursor(plan: Plan, opened: Mapping[str, datetime]) -> Json:
    """Return what the next pull has to know: what runs, and when it was last looked back far."""
    return {
        "open": {key: at.isoformat() for key, at in sorted(opened.items())},
        "reached": plan.reached.isoformat() if plan.reached else "",
    }


def running(sessions: Iterable[RawSession]) -> dict[str, datetime]:
    """Return the sessions without an end, by their start."""
    return {each.external_id: each.started_at for each in sessions if each.ended_at is None}


def _opened(cursor: Json, at: datetime) -> dict[str, datetime]:
    rows = cursor.get("open")
    if not isinstance(rows, Mapping):
        return {}
    read = {str(key): values.written(value) for key, value in rows.items()}
    return {key: start for key, start in read.items() if start and at - start <= OPEN_KEPT}
