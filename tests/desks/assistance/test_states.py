from datetime import UTC, datetime, timedelta

import pytest

from canone.desks.assistance.rules import lengths
from canone.desks.assistance.rules.states import Standing, State, state_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def standing(**changes: object) -> Standing:
    given = {
        "accounted": False,
        "started_at": NOW - timedelta(hours=2),
        "ended": True,
        "seconds": 300,
        "exempt": False,
        "grouped": True,
        "minimum_minutes": 5,
    }
    return Standing(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, State.PENDING),
        ({"seconds": 299}, State.IGNORED),
        ({"seconds": 299, "exempt": True}, State.PENDING),
        ({"minimum_minutes": None}, State.NO_PROFILE),
        ({"grouped": False, "minimum_minutes": None}, State.UNASSIGNED),
        ({"ended": False}, State.RUNNING),
        ({"ended": False, "started_at": NOW - timedelta(hours=24)}, State.ORPHAN),
        ({"ended": False, "started_at": NOW - timedelta(hours=23, minutes=59)}, State.RUNNING),
        ({"accounted": True, "seconds": 0}, State.ACCOUNTED),
    ],
)
def test_state(changes: dict[str, object], expected: State) -> None:
    assert state_of(standing(**changes), NOW) is expected


def test_the_clock_going_back_makes_no_session_shorter() -> None:
    start = datetime.fromisoformat("2026-10-25T02:30:00+02:00")
    end = datetime.fromisoformat("2026-10-25T02:10:00+01:00")
    assert lengths.between(start, end) == 40 * 60


def test_the_clock_going_forward_makes_no_session_longer() -> None:
    start = datetime.fromisoformat("2026-03-29T01:50:00+01:00")
    end = datetime.fromisoformat("2026-03-29T03:10:00+02:00")
    assert lengths.between(start, end) == 20 * 60


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(lengths.EndBeforeStartError):
        lengths.between(NOW, NOW - timedelta(seconds=1))


def test_four_hundred_days_are_refused() -> None:
    with pytest.raises(lengths.TooLongError):
        lengths.between(NOW, NOW + timedelta(days=400))


@pytest.mark.parametrize(("extra", "lowest"), [(-43, -42), (-1000, -42)])
def test_extra_minutes_stop_at_zero_and_say_where(extra: int, lowest: int) -> None:
    with pytest.raises(lengths.BelowZeroError) as caught:
        lengths.check_extra(42 * 60, extra)
    assert caught.value.lowest == lowest


def test_extra_may_take_the_total_to_zero() -> None:
    lengths.check_extra(41 * 60 + 1, -42)
