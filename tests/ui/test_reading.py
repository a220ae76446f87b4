from datetime import datetime
from decimal import Decimal

import pytest

from canone.ui import reading


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1.234,56", "it", "1234.56"),
        ("1 234,56", "fr", "1234.56"),
        ("1\u202f234,56 €", "fr", "1234.56"),
        ("1'234.56", "it", "1234.56"),
        ("20.0", "it", "20"),
        ("20,0", "en", "20"),
        ("1.234", "it", "1234"),
        ("1.234", "fr", "1.234"),
        ("1,234", "en", "1234"),
        ("0.008", "it", "0.008"),
        ("0,0085", "it", "0.0085"),
        ("1.234.567", "it", "1234567"),
        ("−3", "it", "-3"),
        ("+ 4", "it", "4"),
        (",5", "it", "0.5"),
        ("1,234,567.89", "it", "1234567.89"),
    ],
)
def test_numbers(text: str, language: str, value: str) -> None:
    assert reading.number(text, language) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", " ", "-", ".", "20.0.0", "1,2,3", "12 34", "1.23.456,7", "1e5", "abc", "½", "٣"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(reading.NotReadableError):
        reading.number(text, "it")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2:43", 163),
        ("2,5", 150),
        ("2.5", 150),
        ("2", 120),
        ("2h30", 150),
        ("2 h", 120),
        ("45 min", 45),
        ("-0:05", -5),
        ("0:00", 0),
    ],
)
def test_durations(text: str, minutes: int) -> None:
    assert reading.duration(text, "it") == minutes


@pytest.mark.parametrize("text", ["2:60", "2:5", ":30", "due", "2:43:10", "9999999"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(reading.NotReadableError):
        reading.duration(text, "it")


def test_wall_times() -> None:
    assert reading.wall_time("01/12/2026 9:05") == datetime(2026, 12, 1, 9, 5)
    assert reading.wall_time("2026-12-01T09.05") == datetime(2026, 12, 1, 9, 5)
    for text in ("01/12/2026", "01/12/2026 24:00", "31/02/2026 9:05", "9:05"):
        with pytest.raises(reading.NotReadableError):
            reading.wall_time(text)


@pytest.mark.parametrize("text", ["", "-1", "²", "٣", "1.5", "x", "9" * 30, " 7", "7\0"])
def test_what_cannot_be_a_key_is_passed_over(text: str) -> None:
    assert not reading.is_key(text)
    assert reading.keys(["5", text, "12"]) == [5, 12]
    assert reading.keys(f"5,{text},12") == [5, 12]


def test_every_key_fits_its_column() -> None:
    assert reading.keys("9" * 18) == [10**18 - 1]
    assert 10**18 < 2**63
