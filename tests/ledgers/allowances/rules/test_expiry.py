from datetime import date

import pytest

from canone.ledgers.allowances.rules import expiry
from canone.ledgers.allowances.rules.expiry import Rollover


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 30), 1, date(2026, 12, 31)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 30), 1, date(2028, 2, 29)),
        (date(2026, 2, 28), 12, date(2027, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 29)),
        (date(2026, 5, 15), 8, date(2027, 1, 15)),
    ],
)
def test_the_end_of_a_month_leads_to_the_end_of_a_month(
    day: date, months: int, expected: date
) -> None:
    assert expiry.months_after(day, months) == expected


def test_a_lot_ends_after_its_last_day() -> None:
    last = date(2026, 12, 31)
    assert not expiry.is_over(last, day=last)
    assert expiry.is_over(last, day=date(2027, 1, 1))
    assert not expiry.is_over(None, day=date(2099, 1, 1))


def test_no_more_than_the_cap_is_carried_over() -> None:
    assert Rollover(1).carried(60) == 60
    assert Rollover(1, 30).carried(60) == 30
    assert Rollover(1, 30).carried(20) == 20


@pytest.mark.parametrize(("months", "cap"), [(0, None), (1, 0), (-1, 5)])
def test_a_carry_over_of_nothing_is_refused(months: int, cap: int | None) -> None:
    with pytest.raises(ValueError, match="carry-over"):
        Rollover(months, cap)
