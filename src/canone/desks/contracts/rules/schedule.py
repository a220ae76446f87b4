"""Which days a line charges, when, and how much (docs/algorithms/schedule.md)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from canone.desks.contracts.rules import instalments, proration
from canone.desks.contracts.rules.terms import Anchor, ArrearsOn, LineTerms, Timing
from canone.kernel.money import Money
from canone.kernel.periods import (
    MONTHS,
    ONE_DAY,
    Period,
    Rhythm,
    Unit,
    in_month,
    month_index,
)

WHOLE = Fraction(1)


class Charge(NamedTuple):
    """One amount for one stretch of days.

    `number` counts the whole periods from the anchor; a stub before it has -1. For a line that
    is charged once it is 0 and `whole` is the period itself.
    """

    number: int
    period: Period
    whole: Period
    ratio: Fraction
    amount: Money
    invoice_date: date


def rhythm(terms: LineTerms) -> Rhythm | None:
    """Return what the line's periods are counted by; None when it is charged once.

    Period 0 is the first whole one by the calendar, or begins on the first anchor day.
    """
    cycle = terms.cycle
    if cycle is None:
        return None
    begin, on = terms.counted_from, terms.anchor_day
    is_calendar = terms.anchor is Anchor.CALENDAR
    if not cycle.months:
        return Rhythm.of(
            cycle, _monday(begin) if is_calendar and cycle.unit is Unit.WEEK else begin
        )
    if is_calendar:
        return Rhythm.of(cycle, _calendar_year(begin, terms.month_offset, on or 1), on or 1)
    return Rhythm.of(cycle, _first_anchor(begin, on, cycle.months) if on else begin, on)


def _first_anchor(begin: date, on: int, months: int) -> date:
    """Return day `on` of the month of `begin`; a whole cycle later where that is past."""
    here = in_month(month_index(begin), on)
    return here if here >= begin else in_month(month_index(begin) + months, on)


def _monday(day: date) -> date:
    """Return the first Monday from `day` on."""
    return day + (-day.weekday() % 7) * ONE_DAY


def _calendar_year(day: date, offset: int, on: int) -> date:
    """Return where the year that holds `day` begins: in January, or the month of the offset."""
    begin = in_month(day.year * MONTHS + offset, on)
    return begin if begin <= day else in_month(month_index(begin) - MONTHS, on)


def charges(terms: LineTerms, through: date, *, since: date | None = None) -> Iterator[Charge]:
    """Return what the line charges with an invoice date not after `through`, in order.

    `since` leaves out the charges that begin before it.
    """
    beat = rhythm(terms)
    if beat is None:
        once = _once(terms, through)
        yield from (one for one in once if since is None or one.period.start >= since)
    else:
        yield from counted(terms, beat, instalments.plan(terms, beat), through, since=since)


def counted(
    terms: LineTerms,
    beat: Rhythm,
    plan: instalments.Plan,
    through: date,
    *,
    since: date | None = None,
) -> Iterator[Charge]:
    """Return what `charges` does, of a line whose rhythm and plan are at hand."""
    first = terms.first_day if since is None else max(since, terms.first_day)
    number = beat.number(first)
    while True:
        whole = beat.period(number)
        period = whole.within(terms.first_day, terms.end)
        if period is None or invoice_date(terms, period) > through:
            return
        is_wanted = since is None or period.start >= since
        if is_wanted and (not terms.months or whole.start.month in terms.months):
            yield _charge(terms, plan, beat, number, whole, period)
        number += 1


def invoiced(terms: LineTerms, first: date, last: date) -> Iterator[Charge]:
    """Yield what the line has invoiced from a day through another, without making all before it."""
    beat = rhythm(terms)
    if beat is None:
        yield from (one for one in _once(terms, last) if one.invoice_date >= first)
        return
    since = first
    if terms.timing is Timing.IN_ARREARS:
        since = beat.at(beat.number(first) - 1)
    for one in counted(terms, beat, instalments.plan(terms, beat), last, since=since):
        if one.invoice_date >= first:
            yield one


def cents(terms: LineTerms, beat: Rhythm, plan: instalments.Plan, first: int, after: int) -> int:
    """Return what the periods from number `first` to before `after` come to, in cents."""
    found = plan.cents(first, after)
    for number in {first, after - 1}:
        whole = beat.period(number)
        period = whole.within(terms.first_day, terms.end)
        if period is not None and period != whole:
            part = _charge(terms, plan, beat, number, whole, period)
            found += part.amount.minor - plan.of_whole(number).minor
    return found


def periods_through(terms: LineTerms, through: date) -> int:
    """Return how many periods begin by `through` at most, without making them."""
    beat = rhythm(terms)
    last = through if terms.end is None else min(through, terms.end)
    if beat is None or last < terms.first_day:
        return int(last >= terms.first_day)
    return beat.number(last) - beat.number(terms.first_day) + 1


def invoice_date(terms: LineTerms, period: Period) -> date:
    """Return the day a period is invoiced on."""
    if terms.timing is Timing.IN_ADVANCE:
        return period.start
    return period.end if terms.arrears_on is ArrearsOn.DAY_AFTER else period.last


def _charge(
    terms: LineTerms,
    plan: instalments.Plan,
    beat: Rhythm,
    number: int,
    whole: Period,
    period: Period,
) -> Charge:
    day = invoice_date(terms, period)
    if period == whole:
        return Charge(number, period, whole, WHOLE, plan.of_whole(number), day)
    ratio = proration.share(period, number, beat, terms.day_basis).ratio
    amount = Money.of(plan.full(number) * ratio)
    return Charge(number, period, whole, ratio, amount, day)


def _once(terms: LineTerms, through: date) -> Iterator[Charge]:
    """Return the one charge: for the days of the line, or for its first where it has no end."""
    if terms.go_live is not None and terms.start < terms.go_live:
        return
    last = terms.end or terms.start + ONE_DAY
    if last <= terms.start:
        return  # its contract ended before
    period = Period(terms.start, last)
    day = invoice_date(terms, period)
    if day <= through:
        yield Charge(0, period, period, WHOLE, Money.of(terms.amount), day)
