from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.kernel.money import Money, UnitPrice, half_up
from canone.registers.catalog.rules import rating
from canone.registers.catalog.rules.bands import Band
from canone.registers.catalog.rules.rating import Kind, Rater, Rounding, Terms, Work, rate

PRICES = st.integers(0, 500_000_000).map(UnitPrice)


@st.composite
def pay_per_use(draw: st.DrawFn) -> Terms:
    length = draw(st.integers(0, 90))
    return Terms(
        minimum_minutes=draw(st.integers(0, 10)),
        initial_minutes=draw(st.integers(0, 60)),
        initial_price=draw(PRICES),
        step_minutes=length,
        step_price=draw(PRICES) if length else UnitPrice(0),
        maximum_price=draw(st.none() | st.integers(50_000, 90_000).map(Money)),
    )


SECONDS = st.integers(0, 40_000)


@given(pay_per_use(), SECONDS, st.integers(0, 3_000))
def test_longer_never_costs_less(terms: Terms, seconds: int, more: int) -> None:
    short = rate(terms, Work(seconds, included=True))
    long = rate(terms, Work(seconds + more, included=True))
    assert short.price is not None
    assert long.price is not None
    assert short.price <= long.price


@given(pay_per_use(), st.integers(0, 30), st.integers(0, 89))
def test_inside_a_step_the_price_stands_still(terms: Terms, step: int, minute: int) -> None:
    length = terms.step_minutes
    if not length:
        return
    last = terms.initial_minutes + (step + 1) * length
    inside = last - minute % length
    assert rate(terms, Work(0, inside, manual=True)).price == (
        rate(terms, Work(0, last, manual=True)).price
    )


@given(pay_per_use(), st.integers(1, 40_000))
def test_started_minutes_and_exact_seconds_give_the_same_price(terms: Terms, seconds: int) -> None:
    count = 0
    if terms.step_minutes and seconds > 60 * terms.initial_minutes:
        count = ceil(Fraction(seconds - 60 * terms.initial_minutes, 60 * terms.step_minutes))
    exact = half_up((terms.initial_price.exact + count * terms.step_price.exact) * 100)
    if terms.maximum_price is not None:
        exact = min(exact, terms.maximum_price.minor)
    assert rate(terms, Work(seconds, included=True)).price == Money(exact)


@given(pay_per_use(), SECONDS, st.integers(-100, 100))
def test_the_steps_add_up_to_the_price(terms: Terms, seconds: int, extra: int) -> None:
    rated = rate(terms, Work(seconds, extra))
    if rated.price is not None:
        data = rating.explain(rated.steps)
        assert sum(Decimal(step["amount"]) for step in data) == rated.price.decimal


@given(pay_per_use(), SECONDS, st.integers(-100, 100), st.booleans())
def test_a_rater_says_what_rate_says(terms: Terms, seconds: int, extra: int, by: bool) -> None:
    rater = Rater(terms)
    work = Work(seconds, extra, included=by)
    for _ in range(2):
        rated, text = rater.priced(work)
        assert rated == rate(terms, work)
        assert json.loads(text) == rating.explain(rated.steps)


@given(st.integers(1, 90), st.integers(0, 5_000))
def test_prepaid_minutes_are_the_least_whole_steps(step: int, total: int) -> None:
    terms = Terms(kind=Kind.SUBSCRIPTION, step_minutes=step)
    billed = rate(terms, Work(0, total, manual=True)).billed_minutes
    assert billed % step == 0
    assert total <= billed < total + step


@given(st.integers(0, 59), st.integers(0, 20_000))
def test_tolerance_only_ever_takes_the_started_minute(tolerance: int, seconds: int) -> None:
    started = rating.minutes(Terms(), seconds)
    tolerant = rating.minutes(Terms(tolerance_seconds=tolerance), seconds)
    assert tolerant == started - (0 < seconds % 60 <= tolerance)


@pytest.mark.parametrize(
    ("terms", "seconds", "minutes"),
    [
        (Terms(), 60, 1),
        (Terms(), 61, 2),
        (Terms(), Fraction(120_001, 2_000), 2),
        (Terms(rounding=Rounding.NEAREST), 89, 1),
        (Terms(rounding=Rounding.NEAREST), 90, 2),
        (Terms(rounding=Rounding.DOWN), 119, 1),
        (Terms(tolerance_seconds=10), 130, 2),
        (Terms(tolerance_seconds=10), 131, 3),
        (Terms(tolerance_seconds=10), 8, 0),
    ],
)
def test_seconds_become_minutes(terms: Terms, seconds: int | Fraction, minutes: int) -> None:
    assert rate(terms, Work(seconds)).connection_minutes == minutes


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (Work(-1), "ends_before_start"),
        (Work(400 * 86_400), "too_long"),
        (Work(60, 10**9), "too_much_extra"),
        (Work(60, -(10**9)), "too_much_extra"),
        (Work(60, -2), "total_below_zero"),
    ],
)
def test_what_cannot_be_is_rejected(work: Work, code: str) -> None:
    rated = rate(Terms(), work)
    assert (rated.status, rated.price) == ("rejected", None)
    assert rated.error
    assert rated.error.code == code


def test_the_minimum_comes_before_the_total() -> None:
    terms = Terms(minimum_minutes=5)
    assert rate(terms, Work(60, -10)).status == "ignored"
    assert rate(terms, Work(60, -10, included=True)).status == "rejected"


def test_the_explanation_in_data() -> None:
    terms = Terms(
        initial_minutes=15,
        initial_price=UnitPrice.of("20"),
        step_minutes=5,
        step_price=UnitPrice.of("0.3333"),
        bands=(Band("evening", (0,), 1080, 1440, 150),),
    )
    start = datetime(2026, 11, 23, 16, 50, tzinfo=UTC)
    rated = rate(terms, Work(1800, start=start), ZoneInfo("Europe/Rome"))
    assert rating.explain(rated.steps) == [
        {"code": "initial", "count": 1, "minutes": 15, "price": "20.00", "amount": "20.00"},
        {
            "code": "step",
            "count": 3,
            "minutes": 5,
            "price": "0.3333",
            "percent": 150,
            "band": "evening",
            "amount": "1.49985",
        },
        {"code": "rounding", "amount": "0.00015"},
    ]
    assert rated.price == Money.of("21.50")
    with pytest.raises(ValueError, match="zone"):
        rate(terms, Work(1800, start=start))


def test_work_without_a_start_has_usual_hours() -> None:
    terms = Terms(step_price=UnitPrice.of("1"), bands=(Band("all", tuple(range(7)), 0, 1440, 200),))
    assert rate(terms, Work(0, 5, manual=True)).price == Money.of("5.00")
