"""Rows of a file as sessions: which instants are meant, and what cannot be.

Instants are microseconds since 1970 in UTC, as files hand them on; a pair is the hour that the
clock showed twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from canone.base.exchange.rules import moments
from canone.base.exchange.rules.moments import DAY_LENGTH, SECOND, Moment
from canone.desks.assistance.rules import lengths

LONGEST = int(lengths.LONGEST.total_seconds()) * SECOND


class Flaw(StrEnum):
    """Why a row is no session."""

    REPEATED_HOUR = "repeated_hour"
    END_BEFORE_START = "end_before_start"
    TOO_LONG = "too_long"
    MISMATCH = "mismatch"
    FUTURE = "future"
    BELOW_ZERO = "below_zero"
    TOO_MUCH_EXTRA = "too_much_extra"


class FlawError(ValueError):
    """A row is no session; `detail` is the limit that it breaks."""

    def __init__(self, flaw: Flaw, detail: int = 0) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Span:
    """What a row says of its time; `shared_day` where start and end have one date column."""

    start: Moment
    end: Moment | None
    seconds: int | None
    shared_day: bool = False


def place(span: Span, latest: int) -> tuple[int, int | None]:
    """Return start and end; None while the session runs. Nothing starts after `latest`."""
    start, end, seconds = span.start, span.end, span.seconds
    if end is None:
        # Its length is known, so the first of two possible starts costs the same as the second.
        begin = start[0] if isinstance(start, tuple) else start
        found = (begin, None if seconds is None else begin + seconds * SECOND)
    elif type(start) is int and type(end) is int:
        found = (start, end)
    else:
        settled = moments.settle(start, end, None if seconds is None else seconds * SECOND)
        if settled is None:
            raise FlawError(Flaw.REPEATED_HOUR)
        found = settled
    return _checked(found, span, latest)


def check_extra(start: int, end: int | None, extra: int) -> None:
    """Raise when the extra minutes cannot be."""
    if not extra:
        return
    seconds = 0 if end is None else (end - start) // SECOND
    try:
        lengths.check_extra(seconds, extra)
    except lengths.BelowZeroError as error:
        raise FlawError(Flaw.BELOW_ZERO, error.lowest) from error
    except lengths.TooMuchExtraError as error:
        raise FlawError(Flaw.TOO_MUCH_EXTRA, lengths.MOST_EXTRA) from error


def _checked(found: tuple[int, int | None], span: Span, latest: int) -> tuple[int, int | None]:
    start, end = found
    if start > latest:
        raise FlawError(Flaw.FUTURE)
    if end is None:
        return found
    if end < start and span.shared_day and end + DAY_LENGTH >= start:
        end += DAY_LENGTH
    if end < start:
        raise FlawError(Flaw.END_BEFORE_START)
    if end - start > LONGEST:
        raise FlawError(Flaw.TOO_LONG)
    if span.seconds is not None and abs(end - start - span.seconds * SECOND) > moments.TOLERANCE:
        raise FlawError(Flaw.MISMATCH, (end - start) // SECOND)
    return start, end
