"""What becomes of the days of a line where a pause is cut out of its contract."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Days(NamedTuple):
    """From when a line holds; `end` is the first day after it, None where its contract says."""

    start: date
    end: date | None


class Cut(NamedTuple):
    """The days that a line keeps, and those of the line that follows it; None without one."""

    kept: Days
    follower: Days | None = None


def cut(line: Days, pause: date, day: date, *, is_followed: bool) -> Cut:
    """Return what is left where nothing holds from `pause` to before `day`.

    One that begins in the pause begins with `day`; one that another follows already has none.
    """
    if line.start >= day or (line.end is not None and line.end <= pause):
        return Cut(line)
    goes_on = line.end is None or line.end > day
    if line.start >= pause:
        return Cut(Days(day, line.end)) if goes_on else Cut(line)
    after = Days(day, line.end) if goes_on and not is_followed else None
    return Cut(Days(line.start, pause), after)
