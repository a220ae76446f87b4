"""When to try again, and when to give up."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
LOST_AFTER = timedelta(minutes=15)


def next_try(attempts: int, at: datetime) -> datetime | None:
    """Return when a mail that failed `attempts` times is tried again; None to give up."""
    return at + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def is_final(code: int | None) -> bool:
    """Whether the server's answer means that trying again is useless."""
    return code is not None and 500 <= code < 600
