"""Due items: the parts of a document's amount and when each is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


def split(total: int, dates: Sequence[date]) -> tuple[tuple[date, int], ...]:
    """Return a part of `total` per date; equal cents, and what is left over on the last.

    Parts sum to the total exactly; a negative total is split like its opposite. Parts of nothing
    are left out, except that something is due even where the total is zero.
    """
    if not dates:
        raise ValueError("an amount is due on some day")
    size = abs(total) // len(dates)
    sign = 1 if total >= 0 else -1
    last = abs(total) - size * (len(dates) - 1)
    parts = [(day, sign * size) for day in dates[:-1]] + [(dates[-1], sign * last)]
    return tuple(part for part in parts if part[1]) or ((dates[-1], 0),)
