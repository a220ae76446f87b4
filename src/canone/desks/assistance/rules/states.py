"""In which state a session stands, and why it may not be accounted."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

ORPHAN_AFTER = timedelta(hours=24)


class State(StrEnum):
    """What the first column of the list says."""

    PENDING = "pending"
    ACCOUNTED = "accounted"
    IGNORED = "ignored"
    RUNNING = "running"
    ORPHAN = "orphan"
    NO_PROFILE = "no_profile"
    UNASSIGNED = "unassigned"


class Skip(StrEnum):
    """Why a session is left out of an accounting run."""

    ACCOUNTED = "accounted"
    IGNORED = "ignored"
    RUNNING = "running"
    ORPHAN = "orphan"
    NO_PROFILE = "no_profile"
    UNASSIGNED = "unassigned"
    NOTE_MISSING = "note_missing"
    BELOW_ZERO = "below_zero"
    POOL_EXHAUSTED = "pool_exhausted"
    GROUP_OUTSIDE = "group_outside"
    MOVED = "moved"


SKIP_BY_STATE = {
    State.ACCOUNTED: Skip.ACCOUNTED,
    State.IGNORED: Skip.IGNORED,
    State.RUNNING: Skip.RUNNING,
    State.ORPHAN: Skip.ORPHAN,
    State.NO_PROFILE: Skip.NO_PROFILE,
    State.UNASSIGNED: Skip.UNASSIGNED,
}


class Standing(NamedTuple):
    """What the state of a session depends on; `minimum_minutes` is None without a profile."""

    accounted: bool
    started_at: datetime
    ended: bool
    seconds: int
    exempt: bool
    grouped: bool
    minimum_minutes: int | None


def state_of(standing: Standing, now: datetime) -> State:
    """Return the state; the minimum is tested on connection seconds, and reaching it is enough."""
    if standing.accounted:
        return State.ACCOUNTED
    if not standing.ended:
        return State.ORPHAN if now - standing.started_at >= ORPHAN_AFTER else State.RUNNING
    if not standing.grouped:
        return State.UNASSIGNED
    if standing.minimum_minutes is None:
        return State.NO_PROFILE
    if not standing.exempt and standing.seconds < 60 * standing.minimum_minutes:
        return State.IGNORED
    return State.PENDING
