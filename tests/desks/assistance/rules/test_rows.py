from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.exchange.rules.moments import DAY_LENGTH, SECOND, micros
from canone.desks.assistance.rules import rows
from canone.desks.assistance.rules.rows import Flaw, FlawError, Span

START = micros(datetime(2026, 11, 21, 9, tzinfo=UTC))
LATEST = START + 10 * DAY_LENGTH
MINUTE = 60 * SECOND


def flaw(span: Span, latest: int = LATEST) -> tuple[Flaw, int]:
    with pytest.raises(FlawError) as caught:
        rows.place(span, latest)
    return caught.value.flaw, caught.value.detail


def test_plain_rows() -> None:
    end = START + 42 * MINUTE
    assert rows.place(Span(START, end, None), LATEST) == (START, end)
    assert rows.place(Span(START, end, 2520), LATEST) == (START, end)
    assert rows.place(Span(START, None, 2520), LATEST) == (START, end)
    assert rows.place(Span(START, None, None), LATEST) == (START, None)


def test_a_duration_in_begun_minutes_fits() -> None:
    assert rows.place(Span(START, START + 61 * SECOND, 120), LATEST)[1] == START + 61 * SECOND


def test_what_cannot_be() -> None:
    assert flaw(Span(START, START - MINUTE, None))[0] is Flaw.END_BEFORE_START
    assert flaw(Span(START, START + 400 * DAY_LENGTH, None))[0] is Flaw.TOO_LONG
    assert flaw(Span(START, None, 400 * 86_400))[0] is Flaw.TOO_LONG
    assert flaw(Span(START, START + 42 * MINUTE, 42))[0] is Flaw.MISMATCH
    assert flaw(Span(START, START + 42 * MINUTE, 42))[1] == 2520
    assert flaw(Span(START, None, 60), START - 1)[0] is Flaw.FUTURE


def test_one_date_column_for_a_night_shift() -> None:
    late = START + 14 * 3600 * SECOND
    end = START - 8 * 3600 * SECOND
    assert rows.place(Span(late, end, None, shared_day=True), LATEST) == (late, end + DAY_LENGTH)
    assert flaw(Span(late, end, None))[0] is Flaw.END_BEFORE_START
    assert flaw(Span(late, end - 5 * DAY_LENGTH, None, shared_day=True))[0] is (
        Flaw.END_BEFORE_START
    )


def test_the_repeated_hour() -> None:
    first = micros(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    both = (first, first + 60 * MINUTE)
    end = first + 100 * MINUTE
    assert rows.place(Span(both, end, 40 * 60), LATEST) == (both[1], end)
    assert rows.place(Span(both, end, 100 * 60), LATEST) == (both[0], end)
    assert rows.place(Span(both, None, 60), LATEST) == (first, first + MINUTE)
    assert flaw(Span(both, end, None))[0] is Flaw.REPEATED_HOUR
    assert flaw(Span(both, end, 70 * 60))[0] is Flaw.REPEATED_HOUR


def test_extra_minutes() -> None:
    end = START + 42 * MINUTE - SECOND
    rows.check_extra(START, end, -42)
    with pytest.raises(FlawError) as caught:
        rows.check_extra(START, end, -43)
    assert (caught.value.flaw, caught.value.detail) == (Flaw.BELOW_ZERO, -42)
    with pytest.raises(FlawError) as caught:
        rows.check_extra(START, None, 10**6)
    assert caught.value.flaw is Flaw.TOO_MUCH_EXTRA


moment = st.integers(0, LATEST) | st.integers(0, LATEST).map(lambda m: (m, m + 3600 * SECOND))


@given(moment, st.none() | moment, st.none() | st.integers(0, 10**6), st.booleans())
def test_a_row_is_a_session_or_says_why(
    start: rows.Moment, end: rows.Moment | None, seconds: int | None, shared: bool
) -> None:
    try:
        begin, finish = rows.place(Span(start, end, seconds, shared), LATEST)
    except FlawError:
        return
    assert begin in (start if isinstance(start, tuple) else (start,))
    assert finish is None or 0 <= finish - begin <= rows.LONGEST
    if seconds is not None:
        assert finish is not None
        assert abs(finish - begin - seconds * SECOND) <= 90 * SECOND
