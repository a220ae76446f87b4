"""What was billed of a line, against what its periods come to."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from canone.desks.contracts.rules import instalments, offers, schedule, settled
from canone.desks.contracts.rules.settled import NOTHING_LEFT, Billed
from canone.desks.contracts.rules.terms import AmountPer, Anchor, DayBasis, LineTerms
from canone.kernel.periods import Cycle, Unit

START = date(2024, 1, 31)


@st.composite
def lines(draw: st.DrawFn) -> LineTerms:
    start = START + timedelta(days=draw(st.integers(0, 500)))
    length = draw(st.none() | st.integers(1, 900))
    return LineTerms(
        amount=Fraction(draw(st.integers(1, 500_000)), 100),
        start=start,
        end=None if length is None else start + timedelta(days=length),
        cycle=Cycle(draw(st.sampled_from(Unit)), draw(st.integers(1, 5))),
        anchor=draw(st.sampled_from(Anchor)),
        anchor_day=draw(st.none() | st.integers(1, 31)),
        month_offset=draw(st.integers(0, 11)),
        day_basis=draw(st.sampled_from(DayBasis)),
        amount_per=draw(st.sampled_from(AmountPer)),
        sum_to_annual=draw(st.booleans()),
        go_live=draw(st.none() | st.just(start + timedelta(days=45))),
    )


def billed(charges: list[schedule.Charge]) -> Billed:
    cents = sum(one.amount.minor for one in charges)
    first, last = charges[0].period, charges[-1].period
    return Billed(first.start, last.end, len(charges), cents, 1, is_plain=True)


@given(lines(), st.integers(1, 40))
def test_what_was_billed_period_by_period_is_settled_to_the_cent(
    terms: LineTerms, count: int
) -> None:
    charges = list(schedule.charges(terms, date(2028, 1, 1)))[:count]
    if not charges:
        return
    beat, plan = offers.rhythm_and_plan(terms)
    known = billed(charges)
    wanted = NOTHING_LEFT if known.end == terms.end else known.end
    assert settled.open_from(terms, beat, plan, known) == wanted
    for wrong in (
        known._replace(cents=known.cents + 1),
        known._replace(charges=known.charges + 1),
        known._replace(start=known.start - timedelta(days=1)),
        known._replace(end=known.end + timedelta(days=800)),
        known._replace(is_plain=False),
    ):
        assert settled.open_from(terms, beat, plan, wrong) is None


def test_the_remainder_of_each_year_counts() -> None:
    terms = LineTerms(
        Fraction(1000), date(2026, 1, 1), cycle=Cycle(Unit.MONTH, 4), amount_per=AmountPer.YEAR,
        sum_to_annual=True,
    )  # fmt: skip
    beat, plan = offers.rhythm_and_plan(terms)
    assert beat is not None
    assert [schedule.cents(terms, beat, plan, 0, n) for n in (1, 2, 3, 4, 6)] == [
        33_333, 66_666, 100_000, 133_333, 200_000,
    ]  # fmt: skip
    assert instalments.Plan.cents(plan, -1, 3) == 133_333


def test_a_line_that_is_charged_once_has_nothing_left() -> None:
    terms = LineTerms(Fraction(80), date(2026, 3, 1))
    beat, plan = offers.rhythm_and_plan(terms)
    once = Billed(date(2026, 3, 1), date(2026, 3, 2), 1, 8_000, 1, is_plain=True)
    assert settled.open_from(terms, beat, plan, once) == NOTHING_LEFT
    assert settled.open_from(terms, beat, plan, once._replace(cents=7_000)) is None
    assert settled.open_from(terms, beat, plan, None) == date(2026, 3, 1)
