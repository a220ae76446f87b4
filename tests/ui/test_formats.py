from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.kernel.money import Money, UnitPrice
from canone.ui import formats, reading

ROME = ZoneInfo("Europe/Rome")
LANGUAGES = st.sampled_from(["it", "fr", "en"])


@pytest.mark.parametrize(
    ("language", "money", "price", "share"),
    [
        ("it", "−1.234,56\u00a0€", "0,0085\u00a0€", "3,1\u00a0%"),
        ("fr", "−1\u202f234,56\u00a0€", "0,0085\u00a0€", "3,1\u00a0%"),
        ("en", "−€1,234.56", "€0.0085", "3.1%"),
    ],
)
def test_amounts_are_written_as_in_the_language(
    language: str, money: str, price: str, share: str
) -> None:
    assert formats.money(Money(-123456), language) == money
    assert formats.unit_price(UnitPrice(8500), language) == price
    assert formats.percent(Fraction(31, 1000), language) == share


def test_what_is_missing_is_a_dash_and_zero_is_zero() -> None:
    assert formats.money(None, "it") == "–"
    assert formats.money(Money(0), "it") == "0,00\u00a0€"
    assert formats.duration(None) == "–"
    assert formats.instant(None, ROME) == "–"


def test_differences_carry_their_sign() -> None:
    assert formats.money(Money(7630), "it", signed=True) == "+76,30\u00a0€"
    assert formats.money(Money(0), "it", signed=True) == "0,00\u00a0€"
    assert formats.duration(15, signed=True) == "+0:15"
    assert formats.number(-14, "it") == "−14"


def test_rounding_is_half_up_and_a_rounded_zero_has_no_sign() -> None:
    assert formats.number(Fraction(5, 2), "it", decimals=0) == "3"
    assert formats.number(Decimal("-0.004"), "it", decimals=2) == "0,00"


def test_times_are_the_walls_times() -> None:
    start = datetime(2026, 11, 19, 15, 41, tzinfo=UTC)
    assert formats.time_of(start.replace(hour=8, minute=5), ROME) == "9:05"
    assert formats.span(start, start + timedelta(minutes=42), ROME) == "19/11/2026 16:41–17:23"
    assert formats.span(start, None, ROME) == "19/11/2026 16:41–…"
    night = formats.span(start, start + timedelta(hours=8), ROME)
    assert night == "19/11/2026 16:41–20/11/2026 00:41"


def test_periods_show_their_last_day() -> None:
    assert formats.period(date(2026, 12, 1), date(2027, 1, 1)) == "01/12/2026–31/12/2026"
    assert formats.period(date(2026, 12, 1), date(2026, 12, 2)) == "01/12/2026"


def test_long_dates_are_not_capitalised() -> None:
    assert formats.long_date(date(2026, 12, 1), "it") == "martedì 1 dicembre 2026"
    assert formats.long_date(date(2026, 12, 1), "fr") == "mardi 1 décembre 2026"


@given(st.integers(-(10**14), 10**14), LANGUAGES)
def test_an_amount_written_is_read_again(minor: int, language: str) -> None:
    text = formats.money(Money(minor), language)
    assert Money.of(reading.number(text, language)) == Money(minor)


@given(st.integers(-(10**13), 10**13), LANGUAGES)
def test_a_price_written_is_read_again(micros: int, language: str) -> None:
    text = formats.unit_price(UnitPrice(micros), language)
    written = reading.number(text, language)
    # Three decimals in the place of a group are the one thing that nobody can tell apart.
    if language != "fr" and len(text.partition(formats.POINT[language])[2].rstrip("\u00a0€")) == 3:
        return
    assert UnitPrice.of(written) == UnitPrice(micros)


@given(st.integers(-1_000_000, 1_000_000))
def test_a_duration_written_is_read_again(minutes: int) -> None:
    assert reading.duration(formats.duration(minutes), "it") == minutes


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_written_is_read_again(day: date) -> None:
    assert reading.day(formats.date_of(day)) == day


@given(st.text(max_size=40), LANGUAGES)
def test_no_text_breaks_the_reading(text: str, language: str) -> None:
    for read in (reading.number, reading.duration):
        try:
            read(text, language)
        except reading.NotReadableError:
            continue
    for plain in (reading.day, reading.wall_time):
        try:
            plain(text)
        except reading.NotReadableError:
            continue
