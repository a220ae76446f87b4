from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.kernel.money import Money, NotAnAmountError, UnitPrice, exact, half_up


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("-1.5", -2), ("0.49", 0), ("-0.49", 0)],
)
def test_halves_go_away_from_zero(value: str, expected: int) -> None:
    assert half_up(Fraction(value)) == expected


@pytest.mark.parametrize("text", ["", "abc", "1,5", "NaN", "Infinity", "1e999999999", True, 1.5])
def test_what_is_not_an_exact_amount_is_refused(text: object) -> None:
    with pytest.raises(NotAnAmountError):
        exact(text)  # type: ignore[arg-type]


def test_unit_prices_keep_six_decimals_and_no_more() -> None:
    assert UnitPrice.of("0.0085").micros == 8500
    assert str(UnitPrice.of("20")) == "20.00"
    assert str(UnitPrice.of("0.0085")) == "0.0085"
    with pytest.raises(NotAnAmountError):
        UnitPrice.of("0.0000001")


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_adding_money_is_adding_cents(first: int, second: int) -> None:
    assert (Money(first) + Money(second)) - Money(second) == Money(first)


@given(st.integers(0, 10**9), st.integers(0, 10**4))
def test_a_unit_price_times_whole_units_rounds_once(micros: int, units: int) -> None:
    exact_cents = Fraction(micros * units, 10_000)
    assert abs(UnitPrice(micros).times(units).minor - exact_cents) <= Fraction(1, 2)
