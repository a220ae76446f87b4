from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from canone.base.backups.rules.rotation import Keep, spare

ROME = ZoneInfo("Europe/Rome")
FIRST = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)


def daily(count: int) -> list[datetime]:
    return [FIRST + timedelta(days=number) for number in range(count)]


def kept(made: list[datetime], keep: Keep) -> list[datetime]:
    gone = set(spare(made, keep, ROME))
    return [one for one in made if one not in gone]


def test_a_year_of_nights_leaves_seven_days_five_weeks_and_twelve_months() -> None:
    left = kept(daily(365), Keep(days=7, weeks=5, months=12))
    assert [one.strftime("%m-%d") for one in left] == [
        "01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31",
        "11-30", "12-06", "12-13", "12-20", "12-25", "12-26", "12-27", "12-28", "12-29", "12-30",
        "12-31",
    ]  # fmt: skip


def test_of_one_day_the_last_stays_by_the_firms_clock() -> None:
    late = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)  # 23:30 in Rome
    next_day = late + timedelta(hours=1)  # 00:30 in Rome
    assert kept([late, next_day], Keep(days=2, weeks=0, months=0)) == [late, next_day]
    assert kept([late - timedelta(hours=3), late], Keep(days=2, weeks=0, months=0)) == [late]


def test_days_without_a_backup_use_up_nothing() -> None:
    old = [FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=300)]
    assert kept(old, Keep(days=3, weeks=0, months=0)) == old


@given(
    st.lists(st.integers(0, 20_000), min_size=1, max_size=60),
    st.integers(0, 9), st.integers(0, 9), st.integers(0, 9),
)  # fmt: skip
def test_the_newest_always_stays_and_no_more_than_was_asked_for(
    hours: list[int], days: int, weeks: int, months: int
) -> None:
    made = [FIRST + timedelta(hours=hour) for hour in hours]
    left = kept(sorted(set(made)), Keep(days, weeks, months))
    assert max(made) in left
    assert len(left) <= max(1, days + weeks + months)
    assert spare(left, Keep(days, weeks, months), ROME) == [], "a second look takes nothing more"
