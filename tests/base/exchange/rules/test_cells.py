import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.exchange.rules import cells


@pytest.mark.parametrize("text", ["=1+1", "+39 030 12", "-cmd", "@sum", "\tx", "\rx", "'=1"])
def test_formulas_are_disarmed(text: str) -> None:
    assert cells.safe(text) == "'" + text


@pytest.mark.parametrize("text", ["-12,50", "+3", "-1.234,56", "5%", "", "it's", "'quoted'", "a=b"])
def test_numbers_and_plain_text_stay(text: str) -> None:
    assert cells.safe(text) == text


@given(st.text(alphabet="'=+-@\t\ra1,", max_size=6))
def test_what_went_out_comes_back(text: str) -> None:
    assert cells.original(cells.safe(text)) == text


@given(st.text())
def test_nothing_that_leaves_starts_a_formula(text: str) -> None:
    out = cells.safe(text)
    assert out[:1] not in cells.FORMULA_STARTS or out == "" or out.strip("+-%.,0123456789") == ""
