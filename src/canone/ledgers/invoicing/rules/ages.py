"""How late a due item is."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class Lateness(StrEnum):
    """Days since the due date."""

    NOT_DUE = "not_due"
    UP_TO_30 = "30"
    UP_TO_60 = "60"
    UP_TO_90 = "90"
    OLDER = "older"


LIMITS = (
    (0, Lateness.NOT_DUE),
    (30, Lateness.UP_TO_30),
    (60, Lateness.UP_TO_60),
    (90, Lateness.UP_TO_90),
)


def lateness(due_on: date, *, day: date) -> Lateness:
    """Return how late on `day` what is due on `due_on`; on the day itself it is not late."""
    days = (day - due_on).days
    return next((name for limit, name in LIMITS if days <= limit), Lateness.OLDER)


def due_between(late: Lateness, *, day: date) -> tuple[date | None, date | None]:
    """Return the first and the last due date of what is so late on `day`; None has no end."""
    limits = [limit for limit, _name in LIMITS]
    if late is Lateness.OLDER:
        return None, day - timedelta(days=limits[-1] + 1)
    place = [name for _limit, name in LIMITS].index(late)
    first = day - timedelta(days=limits[place])
    return first, day - timedelta(days=limits[place - 1] + 1) if place else None
