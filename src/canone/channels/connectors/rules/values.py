"""Values in rows that other programs wrote, read with suspicion: what makes no sense is None."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from canone.channels.connectors.rules.port import clean

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # .NET writes year 1 for “none”, Unix 1970
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=365)
HUGE = 10**40
MILLISECONDS_FROM = 100_000_000_000  # as seconds that were the year 5138


def text(value: object, longest: int = 400) -> str:
    """Return a text or a whole number as text without spaces around it; empty for the rest."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < HUGE:
        value = str(value)
    return clean(value).strip()[:longest] if isinstance(value, str) else ""


def number(value: object) -> int | None:
    """Return a whole number, also from its digits; fractions are cut off."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        value = value.strip()
        digits = value.isascii() and value.removeprefix("-").isdigit() and len(value) < 20
        return int(value) if digits else None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, float) and math.isfinite(value) else None


def written(value: object) -> datetime | None:
    """Return an instant written after ISO 8601; one without a zone is UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if EARLIEST <= found < LATEST else None


def counted(value: object) -> datetime | None:
    """Return an instant counted in seconds, or milliseconds, since 1970."""
    seconds = number(value)
    if seconds is None:
        return None
    if abs(seconds) >= MILLISECONDS_FROM:
        seconds //= 1000
    inside = EARLIEST.timestamp() <= seconds < LATEST.timestamp()
    return datetime.fromtimestamp(seconds, UTC) if inside else None


def length(start: datetime, end: datetime) -> int | None:
    """Return the seconds between two instants; None before the start and beyond a year."""
    between = end - start
    if not timedelta() <= between <= LONGEST:
        return None
    return int(between.total_seconds())
