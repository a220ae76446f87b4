"""Every row of the table in docs/algorithms/rating.md."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from canone.kernel.money import Money, UnitPrice
from canone.registers.catalog.rules import grouping
from canone.registers.catalog.rules.bands import Band
from canone.registers.catalog.rules.rating import (
    Kind,
    OnExhaust,
    Overlap,
    Rated,
    Terms,
    Work,
    overage,
    rate,
)

ROME = ZoneInfo("Europe/Rome")


def per_minute(price: str, **options: object) -> Terms:
    return Terms(step_minutes=1, step_price=UnitPrice.of(price), **options)  # type: ignore[arg-type]


def steps(**options: object) -> Terms:
    """The tariff of row 3."""
    return Terms(
        initial_minutes=15,
        initial_price=UnitPrice.of("20.00"),
        step_minutes=5,
        step_price=UnitPrice.of("4.00"),
        **options,  # type: ignore[arg-type]
    )


HOURLY = Terms(step_minutes=60, step_price=UnitPrice.of("50.00"))
CALL_FEE = per_minute("0.50", initial_price=UnitPrice.of("10.00"))
FREE_START = Terms(initial_minutes=10, step_minutes=30, step_price=UnitPrice.of("25.00"))
EVENING = (Band("evening", (0, 1, 2, 3, 4), 18 * 60, 24 * 60, 150),)


def prepaid(step: int, **options: object) -> Terms:
    return Terms(kind=Kind.SUBSCRIPTION, step_minutes=step, **options)  # type: ignore[arg-type]


def cost(terms: Terms, minutes: int, seconds: int = 0, extra: int = 0) -> str:
    return str(rate(terms, Work(minutes * 60 + seconds, extra)).price)


@pytest.mark.parametrize(
    ("terms", "minutes", "seconds", "extra", "price"),
    [
        (HOURLY, 60, 0, 0, "50.00"),
        (HOURLY, 60, 1, 0, "100.00"),
        (HOURLY, 61, 0, 0, "100.00"),
        (per_minute("0.80"), 37, 12, 0, "30.40"),
        (steps(), 7, 0, 0, "20.00"),
        (steps(), 15, 0, 0, "20.00"),
        (steps(), 15, 1, 0, "24.00"),
        (steps(), 42, 0, 0, "44.00"),
        (steps(), 42, 0, 10, "52.00"),
        (steps(), 42, 0, -30, "20.00"),
        (steps(), 42, 0, -42, "0.00"),
        (CALL_FEE, 40, 0, 0, "30.00"),
        (FREE_START, 9, 0, 0, "0.00"),
        (FREE_START, 10, 0, 0, "0.00"),
        (FREE_START, 11, 0, 0, "25.00"),
        (FREE_START, 41, 0, 0, "50.00"),
        (steps(), 0, 20, 0, "20.00"),
        (steps(maximum_price=Money.of("60.00")), 120, 0, 0, "60.00"),
        (steps(), 120, 0, 0, "104.00"),
        (per_minute("0.0333"), 10, 0, 0, "0.33"),
        (Terms(initial_price=UnitPrice.of("75"), step_minutes=0), 500, 0, 0, "75.00"),
    ],
)
def test_prices(terms: Terms, minutes: int, seconds: int, extra: int, price: str) -> None:
    assert cost(terms, minutes, seconds, extra) == price


def test_five_a_total_below_zero_is_rejected() -> None:
    rated = rate(steps(), Work(42 * 60, -43))
    assert (rated.status, rated.price, rated.connection_minutes) == ("rejected", None, 42)
    assert rated.error
    assert (rated.error.code, rated.error.value) == ("total_below_zero", "42")


def test_eight_the_minimum_looks_at_the_connection_alone() -> None:
    terms = per_minute("1.00", minimum_minutes=5)
    ignored = rate(terms, Work(299, 60))
    assert (ignored.status, ignored.price, ignored.connection_minutes) == ("ignored", None, 5)
    assert rate(terms, Work(300)).price == Money.of("5.00")
    assert rate(terms, Work(299, included=True)).price == Money.of("5.00")
    assert rate(terms, Work(0, 7, manual=True)).price == Money.of("7.00")


def test_nine_and_ten_prepaid_minutes_are_taken_by_steps() -> None:
    taken = [rate(prepaid(15), Work(minutes * 60)) for minutes in (17, 45, 1)]
    assert [rated.billed_minutes for rated in taken] == [30, 45, 15]
    assert [rated.price for rated in taken] == [None, None, None]
    assert [rate(prepaid(30), Work(m * 60)).billed_minutes for m in (40, 20)] == [60, 30]
    assert rate(prepaid(1), Work(61)).billed_minutes == 2
    assert rate(prepaid(15), Work(60, -1)).billed_minutes == 0


def test_eleven_the_minutes_over_the_pool_are_priced_by_the_hour() -> None:
    terms = prepaid(15, on_exhaust=OnExhaust.OVERAGE, overage_price=UnitPrice.of("60.00"))
    billed = rate(terms, Work(38 * 60)).billed_minutes
    assert overage(terms, billed, 20) == (20, 25, Money.of("25.00"))
    assert overage(terms, billed, -30) == (0, 45, Money.of("45.00"))
    assert overage(terms, billed, 600) == (45, 0, Money.zero())


def test_twelve_the_price_is_that_of_the_terms_it_is_asked_under() -> None:
    prices = [cost(per_minute(price), 30) for price in ("1.00", "1.20", "2.00")]
    assert prices == ["30.00", "36.00", "60.00"]


def session(key: int, start: str, end: str, who: str = "a", pc: str = "x") -> grouping.Session:
    begin, until = (datetime.fromisoformat(f"2026-11-20T{t}:00+01:00") for t in (start, end))
    seconds = int((until - begin).total_seconds())
    return grouping.Session(key, "customer", who, pc, begin, until, seconds)


def priced(terms: Terms, *sessions: grouping.Session) -> list[str]:
    return [
        str(rate(terms, group.work).price) for group in grouping.group_sessions(terms, sessions)
    ]


def test_thirteen_simultaneous_sessions_count_once_where_the_profile_says_so() -> None:
    pair = session(1, "10:00", "10:30"), session(2, "10:15", "10:50", who="b")
    assert priced(per_minute("1.00"), *pair) == ["30.00", "35.00"]
    assert priced(per_minute("1.00", overlap=Overlap.CUSTOMER), *pair) == ["50.00"]
    assert priced(per_minute("1.00", overlap=Overlap.TECHNICIAN), *pair) == ["30.00", "35.00"]


def test_sixteen_a_reconnection_has_no_second_initial_step() -> None:
    pair = session(1, "10:00", "10:10"), session(2, "10:13", "10:20")
    assert priced(steps(), *pair) == ["20.00", "20.00"]
    assert priced(steps(merge_gap_minutes=5), *pair) == ["24.00"]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00", 40),
        ("2026-03-29T01:50:00+01:00", "2026-03-29T03:10:00+02:00", 20),
        ("2026-10-31T23:50:00+01:00", "2026-11-01T00:20:00+01:00", 30),
    ],
)
def test_fourteen_and_fifteen_time_is_counted_between_instants(
    start: str, end: str, minutes: int
) -> None:
    seconds = grouping.span(datetime.fromisoformat(end) - datetime.fromisoformat(start))
    assert rate(per_minute("1.00"), Work(seconds)).connection_minutes == minutes


def test_seventeen_manual_time_and_a_blink() -> None:
    assert rate(steps(), Work(0, 45, manual=True)).price == Money.of("44.00")
    assert rate(steps(), Work(20)).price == Money.of("20.00")


def after_hours(terms: Terms, local: str, minutes: int) -> Rated:
    start = datetime.fromisoformat(local).replace(tzinfo=ROME).astimezone(UTC)
    return rate(terms, Work(minutes * 60, start=start), ROME)


def test_twenty_and_twenty_one_a_step_weighs_what_its_start_weighs() -> None:
    terms = steps(bands=EVENING)
    assert after_hours(terms, "2026-11-23T17:50", 30).price == Money.of("38.00")
    assert after_hours(terms, "2026-11-23T18:00", 20).price == Money.of("36.00")
    assert after_hours(terms, "2026-11-22T18:00", 20).price == Money.of("24.00")


def test_twenty_two_prepaid_minutes_weigh_before_they_are_rounded() -> None:
    rated = after_hours(prepaid(15, bands=EVENING), "2026-11-23T17:50", 30)
    assert (rated.billed_minutes, rated.price) == (45, None)
