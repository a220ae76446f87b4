"""A source is silent by its own habits, not by a fixed number of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from canone.channels.connectors.rules import silence

MONDAY = date(2026, 11, 2)


def days(*offsets: int) -> list[date]:
    return [MONDAY + timedelta(days=offset) for offset in offsets]


WORKDAYS = days(0, 1, 2, 3, 4, 7, 8, 9, 10, 11)  # last a Friday
WEEKLY = days(0, 7, 14, 21, 28)


@pytest.mark.parametrize(
    ("brought", "today", "silent"),
    [
        (WORKDAYS, days(14)[0], False),
        (WORKDAYS, days(17)[0], False),
        (WORKDAYS, days(18)[0], True),
        (WEEKLY, days(42)[0], False),
        (WEEKLY, days(43)[0], True),
        (days(0, 1, 2, 3, 4), days(8)[0], False),
        (days(0, 1, 2, 3, 4), days(9)[0], True),
        (days(0, 1, 2, 3), days(300)[0], False),
        ([], days(0)[0], False),
    ],
)
def test_silence(brought: list[date], today: date, silent: bool) -> None:
    assert silence.is_silent(brought, today) is silent


def test_only_the_recent_habit_counts() -> None:
    holiday = [MONDAY - timedelta(days=60), *(MONDAY + timedelta(days=n) for n in range(30))]
    assert silence.usual_gap(holiday) == timedelta(days=1)
