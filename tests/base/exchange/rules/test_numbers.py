from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.exchange.rules import numbers
from canone.base.exchange.rules.faults import BadCellError, Fault


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1.234,56", ",", "1234.56"),
        ("1\u202f234,56", ",", "1234.56"),
        ("1\u00a0234,56 €", ",", "1234.56"),
        ("1,234.56", ".", "1234.56"),
        ("1'234.56", ".", "1234.56"),
        ("\u221212,5", ",", "-12.5"),
        ("(12,50)", ",", "-12.50"),
        ("12-", ",", "-12"),
        ("+3", ",", "3"),
        ("EUR 7", ".", "7"),
        (",5", ",", "0.5"),
        ("1234567", ",", "1234567"),
    ],
)
def test_written_numbers(text: str, decimal: str, value: str) -> None:
    assert numbers.number(text, decimal) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("1.5", ","),
        ("1,5", "."),
        ("20.0.0", "."),
        ("12a", ","),
        ("-", ","),
        ("1,2,3", ","),
        ("--5", ","),
        ("NaN", "."),
        ("1e5", "."),
        ("٣", ","),
    ],
)
def test_what_is_no_number(text: str, decimal: str) -> None:
    with pytest.raises(BadCellError) as caught:
        numbers.number(text, decimal)
    assert caught.value.fault is Fault.NUMBER


def test_absurd_amounts_and_fractions_are_named() -> None:
    with pytest.raises(BadCellError) as caught:
        numbers.number("9" * 20, ",")
    assert caught.value.fault is Fault.TOO_BIG
    with pytest.raises(BadCellError) as caught:
        numbers.whole("1,5", ",")
    assert caught.value.fault is Fault.WHOLE
    with pytest.raises(BadCellError) as caught:
        numbers.scaled("1,005", ",", 2)
    assert caught.value.fault is Fault.CENTS


def test_spreadsheet_numbers_are_exact_to_the_place() -> None:
    assert numbers.scaled(0.1 + 0.2, ",", 2) == 30
    assert numbers.whole(12.0, ",") == 12


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from(",."))
def test_grouped_numbers_come_back(value: Decimal, sign: str) -> None:
    text = f"{value:,.2f}"
    if sign == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    assert numbers.number(text, sign) == value
    assert numbers.scaled(text, sign, 2) == int(value * 100)


@given(st.text(max_size=12), st.sampled_from(",."))
def test_any_text_is_a_number_or_a_clear_refusal(text: str, sign: str) -> None:
    with suppress(BadCellError):
        assert numbers.number(text, sign).is_finite()


def test_the_decimal_sign_is_found() -> None:
    assert numbers.decimal_sign(["12", "1.234,50", "x"], ".") == ","
    assert numbers.decimal_sign(["1,50 €", "2"], ".") == ","
    assert numbers.decimal_sign(["1.50"], ",") == "."
    assert numbers.decimal_sign(["1.234", "abc"], ",") == ","
