"""What becomes of the days of a line where a pause is cut out."""

from __future__ import annotations

from datetime import date

import pytest

from canone.desks.contracts.rules import pausing
from canone.desks.contracts.rules.pausing import Cut, Days

PAUSE, DAY = date(2026, 5, 1), date(2026, 7, 1)


def days(first: str, end: str = "") -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(end) if end else None)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (days("2026-01-01"), Cut(days("2026-01-01", "2026-05-01"), days("2026-07-01"))),
        (
            days("2026-01-01", "2026-12-31"),
            Cut(days("2026-01-01", "2026-05-01"), days("2026-07-01", "2026-12-31")),
        ),
        (days("2026-01-01", "2026-06-15"), Cut(days("2026-01-01", "2026-05-01"))),
        (days("2026-01-01", "2026-07-01"), Cut(days("2026-01-01", "2026-05-01"))),
        (days("2026-01-01", "2026-05-01"), Cut(days("2026-01-01", "2026-05-01"))),
        (days("2026-05-01"), Cut(days("2026-07-01"))),
        (days("2026-06-01", "2026-09-01"), Cut(days("2026-07-01", "2026-09-01"))),
        (days("2026-05-10", "2026-06-10"), Cut(days("2026-05-10", "2026-06-10"))),
        (days("2026-07-01"), Cut(days("2026-07-01"))),
    ],
)
def test_a_pause_is_cut_out(line: Days, found: Cut) -> None:
    assert pausing.cut(line, PAUSE, DAY, is_followed=False) == found


def test_a_line_that_is_followed_gets_no_second_follower() -> None:
    line = days("2026-01-01", "2026-08-01")
    kept = days("2026-01-01", "2026-05-01")
    assert pausing.cut(line, PAUSE, DAY, is_followed=True) == Cut(kept)
