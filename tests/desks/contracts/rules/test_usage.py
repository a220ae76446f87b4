"""Every row of the table in docs/algorithms/usage.md, and what holds for all."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.desks.contracts.rules.usage import (
    Reading,
    Tier,
    Use,
    estimated,
    graduated,
    included,
    package,
    true_up,
    used,
    volume,
)
from canone.kernel.money import Money, UnitPrice
from canone.kernel.periods import Period


def tier(top: int | None, unit: str, flat: str = "0") -> Tier:
    return Tier(top, UnitPrice.of(unit), Money.of(flat))


STEPS = [tier(10, "10", "2"), tier(20, "5", "3"), tier(None, "5", "3")]
VOLUMES = [tier(100, "2", "10"), tier(200, "1"), tier(None, "0.5", "50")]
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
MAY = Period(date(2026, 5, 1), date(2026, 6, 1))
READINGS = [Reading(date(2026, 1, 1), 1000), Reading(date(2026, 3, 31), 1900)]


def test_copies_over_what_is_included() -> None:
    assert str(UnitPrice.of("0.012").times(4250 - included(3000, Fraction(1)))) == "15.00"
    assert included(3000, Fraction(50, 90)) == 1666
    assert included(20, Fraction(14, 28)) == 10
    assert str(UnitPrice.of("2.50").times(12 - 10)) == "5.00"


def test_tiers() -> None:
    assert [str(graduated(n, STEPS)) for n in (0, 1, 10, 11, 21)] == [
        "2.00",
        "12.00",
        "102.00",
        "110.00",
        "163.00",
    ]
    assert [str(volume(n, VOLUMES)) for n in (0, 1, 101, 300)] == [
        "10.00",
        "12.00",
        "101.00",
        "200.00",
    ]
    hundred = UnitPrice.of(100)
    assert [str(package(n, 10, hundred, 10)) for n in (121, 10, 11)] == [
        "1200.00",
        "0.00",
        "100.00",
    ]
    assert str(graduated(1250, [tier(1000, "0.0085"), tier(None, "0.0079")])) == "10.48"


def test_a_minimum() -> None:
    assert str(true_up(Money.of(10), Money.of(2), Fraction(15, 31))) == "2.84"
    assert true_up(Money.of(10), Money.of(12)) == Money.zero()


def test_a_missing_reading_is_estimated_and_made_up_for() -> None:
    assert used(1900, READINGS, APRIL, guessed=False) is None
    assert estimated(1900, READINGS, APRIL) == Use(303, 2203, is_estimated=True)
    later = [*READINGS, Reading(date(2026, 5, 31), 2500)]
    assert used(2203, later, MAY, guessed=True) == Use(297, 2500)
    low = [*READINGS, Reading(date(2026, 5, 31), 2150)]
    assert used(2203, low, MAY, guessed=True) == Use(0, 2203, is_estimated=True)
    with pytest.raises(ValueError, match="2150 after 2203"):
        used(2203, low, MAY, guessed=False)


def test_no_estimate_without_a_history() -> None:
    assert estimated(1900, READINGS[1:], APRIL) is None
    assert estimated(1900, [READINGS[1], READINGS[1]], APRIL) is None
    old = [Reading(date(2024, 1, 1), 0), READINGS[1]]
    assert estimated(1900, old, APRIL) is None
    replaced = [Reading(date(2026, 1, 1), 5000), Reading(date(2026, 3, 31), 10)]
    assert estimated(10, replaced, APRIL) == Use(0, 10, is_estimated=True)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_using_more_never_costs_less_by_tiers_of_their_own(one: int, more: int) -> None:
    assert graduated(one, STEPS) <= graduated(one + more, STEPS)
    assert package(one, 10, UnitPrice.of(3)) <= package(one + more, 10, UnitPrice.of(3))


@given(st.integers(0, 10**6), st.fractions(0, 1), st.fractions(0, 1))
def test_parts_include_no_more_than_the_whole(units: int, one: Fraction, other: Fraction) -> None:
    assert included(units, Fraction(1)) == units
    if one + other <= 1:
        assert included(units, one) + included(units, other) <= included(units, one + other)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
def test_what_is_used_adds_up_to_what_the_meter_ran(values: list[int]) -> None:
    opening, total, guessed = 0, 0, False
    readings = [Reading(date(2026, n + 1, 15), v) for n, v in enumerate(sorted(values))]
    for month in range(12):
        ends = date(2027, 1, 1) if month == 11 else date(2026, month + 2, 1)
        period = Period(date(2026, month + 1, 1), ends)
        use = used(opening, readings, period, guessed=guessed) or Use(0, opening)
        total, opening, guessed = total + use.units, use.closing, use.is_estimated
    assert total == max(values)
