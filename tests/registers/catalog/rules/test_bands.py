from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.registers.catalog.rules import bands, holidays
from canone.registers.catalog.rules.bands import Band

ROME = ZoneInfo("Europe/Rome")
NIGHT = Band("night", (0, 1, 2, 3, 4, 5, 6), 22 * 60, 6 * 60, 150)
FEAST = Band("feast", (6,), 0, 1440, 200, on_holidays=True)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))],
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert holidays.easter(year) == date(year, *day)


def test_holidays_of_two_countries() -> None:
    italy = holidays.public_holidays("it", 2026)
    assert date(2026, 4, 6) in italy
    assert date(2026, 10, 4) in italy
    assert date(2025, 10, 4) not in holidays.public_holidays("it", 2025)
    assert len(holidays.public_holidays("fr", 2025)) == 11
    assert date(2026, 5, 14) in holidays.public_holidays("fr", 2026)
    assert holidays.public_holidays("", 2026) == frozenset()


@pytest.mark.parametrize(
    ("local", "percent"),
    [
        ("2026-11-23T21:59", 100),
        ("2026-11-23T22:00", 150),
        ("2026-11-24T05:59", 150),
        ("2026-11-24T06:00", 100),
        ("2026-11-22T12:00", 200),
        ("2026-12-08T12:00", 200),
        ("2026-12-08T23:00", 200),
    ],
)
def test_the_first_band_that_holds_counts(local: str, percent: int) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=ROME)
    assert bands.weight_at((FEAST, NIGHT), "it", moment.astimezone(UTC), ROME).percent == percent


def test_the_repeated_hour_counts_twice_and_the_skipped_one_not_at_all() -> None:
    early = Band("early", (6,), 2 * 60, 3 * 60, 300)
    autumn = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)  # 01:30 in Rome
    spring = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert [n for n, _ in bands.weights((early,), "", autumn, range(240), ROME)] == [30, 120, 90]
    assert [n for n, _ in bands.weights((early,), "", spring, range(240), ROME)] == [240]


@given(st.integers(0, 500_000), st.integers(0, 300), st.integers(1, 60))
def test_no_minute_is_lost(shift: int, total: int, pace: int) -> None:
    start = datetime.fromtimestamp(1_790_000_000 + shift * 60, tz=UTC)
    offsets = range(0, total, pace)
    runs = bands.weights((FEAST, NIGHT), "it", start, offsets, ROME)
    assert sum(count for count, _ in runs) == len(offsets)
    assert all(one[1] != two[1] for one, two in pairwise(runs))
