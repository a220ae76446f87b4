from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.exchange.rules import moments
from canone.base.exchange.rules.faults import BadCellError, Fault
from canone.base.exchange.rules.moments import Clock, DateOrder

ROME = ZoneInfo("Europe/Rome")
MINUTE = 60 * moments.SECOND
DMY = DateOrder.DAY_FIRST


def clock(order: DateOrder = DMY, zone: ZoneInfo = ROME) -> Clock:
    return Clock(order, zone)


def utc(*parts: int) -> int:
    return moments.micros(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (DMY, "21/11/2026 09:02:11"),
        (DMY, "21/11/2026 9:02:11"),
        (DMY, "21.11.26 09:02:11"),
        (DMY, "21-11-2026, 09.02.11"),
        (DMY, "21 nov 2026 09:02:11"),
        (DMY, "21 novembre 2026 09:02:11"),
        (DMY, "  21/11/2026   09:02:11 "),
        (DateOrder.MONTH_FIRST, "11/21/2026 9:02:11 AM"),
        (DateOrder.MONTH_FIRST, "Nov 21, 2026 09:02:11"),
        (DMY, "2026-11-21 09:02:11"),
        (DMY, "2026-11-21T09:02:11"),
        (DMY, "2026-11-21T08:02:11Z"),
        (DMY, "2026-11-21T08:02:11.000+00:00"),
        (DMY, "2026-11-21 03:02:11 -0500"),
        (DMY, "20261121 09:02:11"),
        (DateOrder.UNIX, str(utc(2026, 11, 21, 8, 2, 11) // 10**6)),
        (DateOrder.UNIX_MS, str(utc(2026, 11, 21, 8, 2, 11) // 10**3)),
        (DateOrder.EXCEL, "46347.376516203704"),
        (DateOrder.EXCEL, "46347,376516203704"),
        (DateOrder.EXCEL, "21/11/2026 09:02:11"),
    ],
)
def test_one_instant_in_many_notations(order: DateOrder, text: str) -> None:
    reader = clock(order)
    expected = utc(2026, 11, 21, 8, 2, 11)
    assert reader.read(text) == expected
    assert reader.read(text) == expected, "the second time comes from memory"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("31/02/2026 10:00", Fault.DAY),
        ("13/13/2026 10:00", Fault.DAY),
        ("21/11/2026 25:00", Fault.DAY),
        ("21/11/2026 10:61", Fault.INSTANT),
        ("21/11/2026 24:00", Fault.INSTANT),
        ("21/11/1926 10:00", Fault.YEAR),
        ("21/11/9999 10:00", Fault.YEAR),
        ("never", Fault.DAY),
        ("11:00", Fault.DAY),
        ("29/03/2026 02:30", Fault.MISSING_HOUR),
    ],
)
def test_bad_moments(text: str, fault: Fault) -> None:
    reader = clock()
    reader.read("21/11/2026 10:00")
    for _ in range(2):
        with pytest.raises(BadCellError) as caught:
            reader.read(text)
        assert caught.value.fault in {fault, Fault.INSTANT if fault is Fault.DAY else fault}


def test_the_hour_that_comes_twice() -> None:
    both = (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30))
    reader = clock()
    for _ in range(2):
        assert reader.read("25/10/2026 02:30:00") == both
        assert reader.read("25/10/2026 01:59:59") == utc(2026, 10, 24, 23, 59, 59)
        assert reader.read("25/10/2026 03:00:00") == utc(2026, 10, 25, 2)
    assert reader.read("2026-10-25T02:30:00+01:00") == both[1]
    assert reader.read("29/03/2026 03:10") == utc(2026, 3, 29, 1, 10)


def test_the_length_settles_the_repeated_hour() -> None:
    early, late = utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30)
    after = utc(2026, 10, 25, 2, 10)
    assert moments.settle((early, late), after, 100 * MINUTE) == (early, after)
    assert moments.settle((early, late), after, 40 * MINUTE) == (late, after)
    assert moments.settle((early, late), after, 60 * MINUTE) is None
    assert moments.settle((early, late), after, None) is None
    # 02:30 to 02:10 can only have been the first and the second time round.
    assert moments.settle((early, late), (early - 20 * MINUTE, late - 20 * MINUTE), None) == (
        early,
        late - 20 * MINUTE,
    )
    # 20 minutes fit twice; they last the same.
    twice = moments.settle((early - MINUTE, late - MINUTE), (early, late), MINUTE)
    assert twice == (early - MINUTE, early)
    assert moments.settle(after, early, None) == (after, early), "order is judged elsewhere"


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_wall_time_and_back(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    instant = moment.replace(microsecond=0, tzinfo=UTC)
    wall = instant.astimezone(zone)
    reader = Clock(DMY, zone)
    for text in (wall.strftime("%d/%m/%Y %H:%M:%S"), wall.strftime("%Y-%m-%dT%H:%M:%S")):
        for _ in range(2):
            read = reader.read(text)
            assert moments.micros(instant) in (read if isinstance(read, tuple) else (read,))
    assert reader.read(wall.isoformat()[:25]) == moments.micros(
        instant
    ) or wall.utcoffset() % timedelta(  # type: ignore[operator]
        minutes=1
    )


@given(st.text(max_size=25), st.sampled_from(DateOrder))
def test_any_text_is_a_moment_or_a_clear_refusal(text: str, order: DateOrder) -> None:
    with suppress(BadCellError):
        assert clock(order).read(text) is not None


def test_days() -> None:
    assert moments.day("21/11/2026", DMY) == date(2026, 11, 21)
    assert moments.day("21/11/2026 10:00", DMY) == date(2026, 11, 21)
    assert moments.day("46347", DateOrder.EXCEL) == date(2026, 11, 21)
    assert moments.day(46347.0, DateOrder.EXCEL) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("samples", "found"),
    [
        (["21/11/2026 09:00", "01/02/2026 10:00"], (DMY, True)),
        (["11/21/2026 9:00 AM"], (DateOrder.MONTH_FIRST, True)),
        (["01/02/2026", "03/04/2026"], (DMY, False)),
        (["21/11/2026", "11/21/2026"], (DMY, False)),
        (["2026-11-21T10:00"], (DateOrder.YEAR_FIRST, True)),
        ([46347.5], (DateOrder.EXCEL, True)),
        (["1795248131"], (DateOrder.UNIX, True)),
        (["1795248131000"], (DateOrder.UNIX_MS, True)),
        (["20261121"], (DateOrder.YEAR_FIRST, True)),
        ([], (DMY, True)),
    ],
)
def test_the_notation_is_found(samples: list[str | float], found: tuple[DateOrder, bool]) -> None:
    assert moments.detect(samples, DMY) == found
