"""The public holidays that after-hours bands mean."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

FIXED: dict[str, tuple[tuple[int, int, int], ...]] = {
    # month, day, first year; Saint Francis is a holiday again by law 151/2025
    "it": (
        (1, 1, 0),
        (1, 6, 0),
        (4, 25, 0),
        (5, 1, 0),
        (6, 2, 0),
        (8, 15, 0),
        (10, 4, 2026),
        (11, 1, 0),
        (12, 8, 0),
        (12, 25, 0),
        (12, 26, 0),
    ),
    # Code du travail, art. L3133-1
    "fr": (
        (1, 1, 0),
        (5, 1, 0),
        (5, 8, 0),
        (7, 14, 0),
        (8, 15, 0),
        (11, 1, 0),
        (11, 11, 0),
        (12, 25, 0),
    ),
}
AFTER_EASTER: dict[str, tuple[int, ...]] = {"it": (0, 1), "fr": (1, 39, 50)}
COUNTRIES = tuple(FIXED)


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return the public holidays of `country` ("it", "fr") in `year`; none for other countries."""
    fixed = {date(year, m, d) for m, d, since in FIXED.get(country, ()) if year >= since}
    sunday = easter(year)
    return frozenset(fixed | {sunday + timedelta(n) for n in AFTER_EASTER.get(country, ())})


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian `year` (the anonymous algorithm of 1876)."""
    golden, century, rest = year % 19, year // 100, year % 100
    moon = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)
