"""When a source that used to bring sessions has fallen silent, by its own habits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise

HABIT = 5  # days with sessions that make a habit
RECENT = 30  # days with sessions that the habit is read from
AT_LEAST = timedelta(days=4)  # a long weekend


def usual_gap(days: Collection[date]) -> timedelta | None:
    """Return the longest time between two days with sessions lately, None without a habit."""
    recent = sorted(set(days))[-RECENT:]
    if len(recent) < HABIT:
        return None
    return max(later - earlier for earlier, later in pairwise(recent))


def is_silent(days: Collection[date], today: date) -> bool:
    """Whether sessions have been missing for twice as long as they ever were."""
    usual = usual_gap(days)
    return usual is not None and today - max(days) > max(AT_LEAST, 2 * usual)
