"""Lengths of sessions: seconds between instants, minutes begun, and how far extra may go."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST = timedelta(days=366)
MOST_EXTRA = 60 * 24 * 31


class LengthError(ValueError):
    """A length that cannot be."""


class EndBeforeStartError(LengthError):
    """The end lies before the start."""


class TooLongError(LengthError):
    """Nobody works for more than a year in one connection."""


class BelowZeroError(LengthError):
    """The extra minutes would take the total below zero; `lowest` is the least allowed."""

    def __init__(self, lowest: int) -> None:
        super().__init__(f"at most {lowest} minutes")
        self.lowest = lowest


class TooMuchExtraError(LengthError):
    """More extra minutes than a month holds."""


def between(start: datetime, end: datetime) -> int:
    """Return the whole seconds from `start` to `end`, both aware, so that a change of the clock
    in between counts for nothing.
    """
    distance = end - start
    if distance < timedelta(0):
        raise EndBeforeStartError
    if distance > LONGEST:
        raise TooLongError
    return int(distance.total_seconds())


def begun_minutes(seconds: int) -> int:
    """Return the minutes that were begun."""
    return (seconds + 59) // 60


def check_extra(seconds: int, extra_minutes: int) -> None:
    """Raise when `extra_minutes` take the total below zero or beyond a month."""
    lowest = -begun_minutes(seconds)
    if extra_minutes < lowest:
        raise BelowZeroError(lowest)
    if extra_minutes > MOST_EXTRA:
        raise TooMuchExtraError
