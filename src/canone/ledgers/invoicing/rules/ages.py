"""How late a due item is."""

from __future__ import annotations

from datetime import date
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
