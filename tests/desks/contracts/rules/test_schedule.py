"""What holds for every line, whatever it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from canone.desks.contracts.rules import codec, differences, proration, schedule
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import (
    AmountPer,
    Anchor,
    ArrearsOn,
    DayBasis,
    LineTerms,
    Timing,
    check,
)
from canone.kernel.money import Money
from canone.kernel.periods import ONE_DAY, Cycle, Period, Rhythm, Unit

DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))
CYCLES = st.builds(Cycle, st.sampled_from(Unit), st.integers(1, 30))
AMOUNTS = st.integers(-10_000_000, 10_000_000).map(lambda cents: Fraction(cents, 100))
OPTIONS = {
    "amount": AMOUNTS,
    "start": DAYS,
    "cycle": CYCLES,
    "timing": st.sampled_from(Timing),
    "anchor": st.sampled_from(Anchor),
    "anchor_day": st.none() | st.integers(1, 31),
    "month_offset": st.integers(0, 11),
    "day_basis": st.sampled_from(DayBasis),
    "amount_per": st.sampled_from(AmountPer),
    "sum_to_annual": st.booleans(),
    "arrears_on": st.sampled_from(ArrearsOn),
    "activation": st.none() | DAYS,
}
LINES = st.builds(LineTerms, **OPTIONS)
LENGTHS = st.integers(1, 1500).map(timedelta)


def charges(terms: LineTerms, through: date | None = None) -> list[Charge]:
    return list(schedule.charges(terms, through or date(2200, 12, 31)))


@given(LINES, st.none() | LENGTHS, DAYS, st.integers(0, 800).map(timedelta))
def test_what_is_invoiced_from_a_day_on_is_found_without_what_came_before(
    line: LineTerms, length: timedelta | None, first: date, window: timedelta
) -> None:
    ended = replace(line, end=line.start + length if length else None)
    last = first + window
    wanted = [one for one in charges(ended, last) if one.invoice_date >= first]
    assert list(schedule.invoiced(ended, first, last)) == wanted
    once = replace(ended, cycle=None, amount_per=AmountPer.CYCLE)
    wanted = [one for one in charges(once, last) if one.invoice_date >= first]
    assert list(schedule.invoiced(once, first, last)) == wanted


@given(LINES, LENGTHS)
def test_the_charges_of_a_line_cover_its_days_once(line: LineTerms, length: timedelta) -> None:
    ended = replace(line, end=line.start + length)
    assert not check(ended)
    found = charges(ended)
    assert found[0].period.start == ended.start
    assert found[-1].period.end == ended.end
    for one, other in pairwise(found):
        assert one.period.end == other.period.start
        assert one.invoice_date < other.invoice_date
        assert one.whole.end == other.whole.start
    for charge in found:
        assert charge.whole.within(charge.period.start, charge.period.end) == charge.period
        assert 0 < charge.ratio <= 1
        assert charge.ratio == 1 or charge.period != charge.whole
    assert len(found) <= schedule.periods_through(ended, date(2200, 12, 31))


@given(LINES, DAYS, DAYS)
def test_asking_for_a_later_day_only_adds(line: LineTerms, day: date, later: date) -> None:
    day, later = sorted((day, later))
    less, more = charges(line, day), charges(line, later)
    assert less == more[: len(less)]
    assert all(c.invoice_date > day for c in more[len(less) :])
    assert len(more) <= schedule.periods_through(line, later)


@given(LINES, LENGTHS, st.integers(0, 1500))
def test_a_line_cut_in_two_keeps_its_bounds(line: LineTerms, length: timedelta, at: int) -> None:
    """A price change makes a line end and another begin on the same periods."""
    end = line.start + length
    cut = line.start + timedelta(days=at % max(length.days, 1))
    assume(cut > line.start)
    whole = replace(line, end=end)
    halves = charges(replace(whole, end=cut)) + charges(
        replace(whole, start=cut, activation=line.counted_from)
    )
    bounds = {c.period.start for c in charges(whole)}
    assert {c.period.start for c in halves} == bounds | {cut}


@given(LINES, DAYS)
def test_nothing_before_the_go_live_date(line: LineTerms, day: date) -> None:
    found = charges(replace(line, go_live=day), line.start + timedelta(days=2000))
    assert all(c.period.start >= day for c in found)
    usual = [c for c in charges(line, line.start + timedelta(days=2000)) if c.period.start >= day]
    assert found[len(found) - len(usual) :] == usual
    assert len(found) - len(usual) <= 1


@given(
    st.builds(
        LineTerms,
        **OPTIONS
        | {"cycle": st.builds(Cycle, st.just(Unit.MONTH), st.sampled_from((1, 2, 3, 4, 6, 12)))},
    )
)
def test_the_instalments_of_a_whole_year_sum_to_its_amount(line: LineTerms) -> None:
    line = replace(line, amount_per=AmountPer.YEAR, sum_to_annual=True, activation=None)
    a_year = 12 // line.cycle.months  # type: ignore[union-attr]
    beat = schedule.rhythm(line)
    assert beat is not None
    first = a_year if beat.at(0) < line.start else 0
    found = {c.number: c for c in charges(line, beat.at(first + a_year))}
    year = [found[number] for number in range(first, first + a_year)]
    assert all(c.ratio == 1 for c in year)
    assert sum((c.amount for c in year), Money.zero()) == Money.of(line.amount)
    rounded = Money.of(line.amount / a_year)
    assert all(c.amount == rounded for c in year[:-1])


@given(CYCLES, DAYS, st.none() | st.integers(1, 31), st.sampled_from(DayBasis), st.data())
def test_parts_measure_up_to_the_whole(
    cycle: Cycle, anchor: date, on: int | None, basis: DayBasis, data: st.DataObject
) -> None:
    beat = Rhythm.of(cycle, anchor, on)
    whole = beat.period(0)
    assert proration.share(whole, 0, beat, basis).ratio == 1
    assume(whole.days > 1)
    cut = whole.start + timedelta(days=data.draw(st.integers(1, whole.days - 1)))
    parts = [Period(whole.start, cut), Period(cut, whole.end)]
    ratios = [proration.share(part, 0, beat, basis).ratio for part in parts]
    assert all(0 < ratio <= 1 for ratio in ratios)
    if basis is DayBasis.THIRTY and cycle.months:
        assert 1 <= sum(ratios) <= 1 + Fraction(1, 30)
    else:
        assert sum(ratios) == 1


@given(LINES, LENGTHS, st.integers(1, 1500))
def test_ending_a_billed_line_leaves_what_the_shorter_one_costs(
    line: LineTerms, length: timedelta, days: int
) -> None:
    billed_line = replace(line, end=line.start + length)
    ended = replace(line, end=line.start + timedelta(days=min(days, length.days)))
    was, owed = charges(billed_line), charges(ended)
    billed = {c.period.start: differences.Billed(c.period, c.amount) for c in was}
    found = list(differences.differences(owed, billed))
    total = sum((d.amount for d in found), sum((c.amount for c in was), Money.zero()))
    assert total == sum((c.amount for c in owed), Money.zero())
    # posted, there is nothing left to post
    now = {c.period.start: differences.Billed(c.period, c.amount) for c in owed}
    assert not list(differences.differences(owed, now))


def test_a_difference_names_the_days_it_is_about() -> None:
    line = codec.read({"amount": "100.00", "cycle": {"unit": "month"}, "start": "2026-01-01"})
    was = charges(line, date(2026, 2, 1))
    billed = {c.period.start: differences.Billed(c.period, c.amount) for c in was}
    ended = charges(replace(line, end=date(2026, 1, 11)))
    shorter, gone = differences.differences(ended, billed)
    assert (shorter.period, str(shorter.amount)) == (
        Period(date(2026, 1, 11), date(2026, 2, 1)),
        "-67.74",
    )
    assert (gone.period, str(gone.amount), gone.charge) == (was[1].period, "-100.00", None)
    dearer = charges(replace(line, amount=Fraction(110)), date(2026, 2, 1))
    assert [(d.period, str(d.amount)) for d in differences.differences(dearer, billed)] == [
        (c.period, "10.00") for c in was
    ]


def test_what_is_charged_once() -> None:
    line = LineTerms(Fraction(250), date(2026, 2, 10))
    [only] = charges(line)
    assert (only.period.last, only.ratio, str(only.amount)) == (date(2026, 2, 10), 1, "250.00")
    assert not charges(line, line.start - ONE_DAY)
    assert not charges(replace(line, go_live=date(2026, 2, 11)))
    assert charges(replace(line, go_live=date(2026, 2, 10))) == [only]
    # its contract was ended before it began
    assert not charges(replace(line, end=date(2026, 2, 1)))


def test_months_that_never_come_bill_nothing() -> None:
    line = codec.read(
        {"amount": 1200, "cycle": {"unit": "month", "every": 3}, "start": "2026-01-01"}
        | {"months": [2], "amount_per": "year"}
    )
    assert not charges(line, date(2030, 1, 1))
