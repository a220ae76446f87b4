"""What is billed on request: its days, its amount."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from canone.desks.contracts.rules import requested
from canone.desks.contracts.rules.requested import Outside
from canone.desks.contracts.rules.terms import LineTerms
from canone.kernel.money import Money
from canone.kernel.periods import Period

TERMS = LineTerms(Fraction(80), date(2026, 1, 10), date(2026, 7, 1))


def days(first: str, end: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("first", "end", "codes"),
    [
        ("2026-01-10", "2026-01-11", []),
        ("2026-06-30", "2026-07-01", []),
        ("2026-01-09", "2026-01-10", [Outside("too_early", date(2026, 1, 10))]),
        ("2026-07-01", "2026-07-02", [Outside("too_late", date(2026, 6, 30))]),
        (
            "2026-01-01",
            "2026-08-01",
            [Outside("too_early", date(2026, 1, 10)), Outside("too_late", date(2026, 6, 30))],
        ),
    ],
)
def test_all_days_lie_within_the_line(first: str, end: str, codes: list[Outside]) -> None:
    assert list(requested.outside(TERMS, days(first, end), None)) == codes


def test_what_another_program_billed_and_a_pause_count_too() -> None:
    taken_over = replace(TERMS, go_live=date(2026, 3, 1), end=None)
    (early,) = requested.outside(taken_over, days("2026-02-28", "2026-03-01"), None)
    assert early == ("too_early", date(2026, 3, 1))
    pause = date(2026, 5, 1)
    assert not list(requested.outside(taken_over, days("2026-04-30", "2026-05-01"), pause))
    (held,) = requested.outside(taken_over, days("2026-04-30", "2026-05-02"), pause)
    assert held == ("suspended", pause)


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "cents"),
    [(2_000_000, 80_000_000, 0, 16_000), (1_500_000, 33_330_000, 1_000, 4_500), (1, 1, 0, 0)],
)
def test_the_amount_is_rounded_once(quantity: int, price: int, discount: int, cents: int) -> None:
    assert requested.amount(quantity, price, discount) == Money(cents)
