from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.exchange.rules.durations import DurationUnit, seconds
from canone.base.exchange.rules.faults import BadCellError, Fault

MINUTES = DurationUnit.MINUTES


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2:43", 9780),
        ("0:42:10", 2530),
        ("00:42:10.7", 2530),
        ("2,5 h", 9000),
        ("2.5h", 9000),
        ("1h 20m", 4800),
        ("1h20m", 4800),
        ("1h20", 4800),
        ("1 h 05", 3900),
        ("90 min", 5400),
        ("90m 10s", 5410),
        ("45s", 45),
        ("2 ore e 5 minuti", 7500),
        ("1 heure et 3 minutes", 3780),
        ("1 Std. 5 Min.", 3900),
        ("1 day, 2:03:04", 93784),
        ("1.02:03:04", 93784),
        ("PT1H20M", 4800),
        ("P1DT5S", 86405),
        ("42", 2520),
        ("1,5", 90),
        ("1.5", 90),
        ("26:10", 94200),
        ("0", 0),
    ],
)
def test_durations(text: str, value: int) -> None:
    assert seconds(text, MINUTES) == value


def test_bare_numbers_follow_the_unit() -> None:
    assert seconds("42", DurationUnit.SECONDS) == 42
    assert seconds("2,5", DurationUnit.HOURS) == 9000
    assert seconds(42.5, MINUTES) == 2550
    assert seconds("12:30", DurationUnit.MINUTES_SECONDS) == 750
    assert seconds("1:12:30", DurationUnit.MINUTES_SECONDS) == 4350


@pytest.mark.parametrize("text", ["", "abc", "-5", "-5 min", "1:75", "5 parsecs", "P", "h", "1h x"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(BadCellError) as caught:
        seconds(text, MINUTES)
    assert caught.value.fault is Fault.DURATION


@given(st.integers(0, 10**6))
def test_hours_minutes_seconds_come_back(value: int) -> None:
    text = f"{value // 3600}:{value // 60 % 60:02d}:{value % 60:02d}"
    assert seconds(text, MINUTES) == value
    assert seconds(str(value), DurationUnit.SECONDS) == value


@given(st.text(max_size=15))
def test_any_text_is_a_duration_or_a_clear_refusal(text: str) -> None:
    with suppress(BadCellError):
        assert seconds(text, MINUTES) >= 0
