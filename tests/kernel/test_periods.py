from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.kernel.periods import Cycle, Period, Rhythm, Unit, add_months, in_month, month_index

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
CYCLES = st.builds(Cycle, st.sampled_from(Unit), st.integers(1, 60))
RHYTHMS = st.builds(Rhythm.of, CYCLES, DAYS, st.none() | st.integers(1, 31))


def test_the_31st_does_not_drift() -> None:
    beat = Rhythm.of(Cycle(Unit.MONTH), date(2026, 1, 31))
    assert [beat.at(n).isoformat() for n in range(-1, 4)] == [
        "2025-12-31",
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]
    yearly = Rhythm.of(Cycle(Unit.YEAR), date(2024, 2, 29))
    assert [yearly.at(n).day for n in range(5)] == [29, 28, 28, 28, 29]
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 2, 28), 1, on=31) == date(2026, 3, 31)
    assert in_month(month_index(date(2026, 12, 5)) + 1, 31) == date(2027, 1, 31)


def test_a_period_is_half_open_and_never_empty() -> None:
    quarter = Period.through(date(2026, 4, 1), date(2026, 6, 30))
    assert (quarter.end, quarter.last, quarter.days) == (date(2026, 7, 1), date(2026, 6, 30), 91)
    assert date(2026, 6, 30) in quarter
    assert date(2026, 7, 1) not in quarter
    assert quarter.within(date(2026, 5, 1), None) == Period(date(2026, 5, 1), date(2026, 7, 1))
    assert quarter.within(None, date(2026, 4, 1)) is None
    with pytest.raises(ValueError, match="ends after its start"):
        Period(date(2026, 1, 1), date(2026, 1, 1))


@given(RHYTHMS, DAYS)
def test_every_day_lies_in_exactly_one_period(beat: Rhythm, day: date) -> None:
    here = beat.period(beat.number(day))
    assert day in here
    assert beat.number(here.start) == beat.number(here.last) == beat.number(day)
    assert beat.number(here.end) == beat.number(day) + 1


@given(RHYTHMS, st.integers(-25, 25))  # bounds within the years that dates know
def test_bounds_follow_each_other_on_the_day_they_want(beat: Rhythm, number: int) -> None:
    low, high = beat.at(number), beat.at(number + 1)
    assert low < high
    if beat.cycle.months:
        assert low.day == beat.on or (low.day < beat.on and (low + timedelta(days=1)).day == 1)
    else:
        assert (high - low).days == beat.cycle.days
