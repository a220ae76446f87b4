"""What a line comes to in a year is what it bills in one, whatever its cycle and its months."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from canone.desks.contracts.rules import instalments, offers, schedule
from canone.desks.contracts.rules.terms import AmountPer, Anchor, LineTerms
from canone.kernel.periods import ONE_DAY, Cycle, Unit

FIRST = date(2026, 1, 1)


def a_year(terms: LineTerms) -> Fraction:
    return instalments.annual(terms, *offers.rhythm_and_plan(terms))


def line(amount: int, unit: Unit, every: int, *months: int, **more: object) -> LineTerms:
    given_terms = {"anchor": Anchor.CALENDAR} | more
    cycle = Cycle(unit, every)
    return LineTerms(Fraction(amount), FIRST, cycle=cycle, months=frozenset(months), **given_terms)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("terms", "wanted"),
    [
        (line(300, Unit.MONTH, 3), 1200),
        (line(300, Unit.MONTH, 3, 1, 4, 7, 10), 1200),
        (line(300, Unit.MONTH, 3, 1, 7), 600),
        (line(300, Unit.MONTH, 3, 2), 0),
        (line(300, Unit.YEAR, 1, 1), 300),
        (line(300, Unit.YEAR, 2, 1), 150),
        (line(300, Unit.MONTH, 1, 1, 2), 600),
        (line(300, Unit.MONTH, 5), 720),
        (line(300, Unit.MONTH, 5, 1, 6), 120),
        (line(70, Unit.WEEK, 1, 1), 310),
        (line(70, Unit.WEEK, 1), 3650),
        (line(1200, Unit.MONTH, 3, 1, 7, amount_per=AmountPer.YEAR), 1200),
        (line(1200, Unit.MONTH, 3, 2, amount_per=AmountPer.YEAR), 0),
        (LineTerms(Fraction(300), FIRST), 0),
    ],
)
def test_a_year_is_the_periods_that_are_billed(terms: LineTerms, wanted: int) -> None:
    assert a_year(terms) == wanted


@given(
    every=some.integers(1, 36),
    start=some.dates(date(2024, 1, 1), date(2027, 12, 31)),
    months=some.frozensets(some.integers(1, 12)),
    anchor=some.sampled_from(list(Anchor)),
)
def test_as_many_years_as_it_takes_bill_so_many_times_a_year(
    every: int, start: date, months: frozenset[int], anchor: Anchor
) -> None:
    terms = LineTerms(
        Fraction(100), start, cycle=Cycle(Unit.MONTH, every), months=months, anchor=anchor
    )
    beat, _plan = offers.rhythm_and_plan(terms)
    assert beat is not None
    # twelve whole periods are as many years as the cycle has months
    number = beat.number(start) + 1
    first, until = beat.at(number), beat.at(number + 12) - ONE_DAY
    billed = [one for one in schedule.charges(terms, until) if one.period.start >= first]
    assert a_year(terms) * every == sum(one.amount.minor for one in billed) // 100
