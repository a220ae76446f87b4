"""When lots end, and what is carried over."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Rollover:
    """What is left at a lot's end lives on for `months`, up to `cap` units if there is one."""

    months: int
    cap: int | None = None

    def __post_init__(self) -> None:
        if self.months < 1 or (self.cap is not None and self.cap < 1):
            raise ValueError("a carry-over lasts a month or more and carries one unit or more")

    def carried(self, left: int) -> int:
        """Return how much of what is left is carried over."""
        return left if self.cap is None else min(left, self.cap)

    def until(self, expires_on: date) -> date:
        """Return the last day of what is carried over."""
        return months_after(expires_on, self.months)


def is_over(expires_on: date | None, *, day: date) -> bool:
    """Return whether a lot with this last day has ended on `day`, a day of the firm's zone."""
    return expires_on is not None and day > expires_on


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later; the end of a month leads to the end of a month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    was_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if was_last else min(day.day, last))
