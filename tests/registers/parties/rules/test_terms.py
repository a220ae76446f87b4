from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.registers.parties.rules.terms import Terms, due_dates

FROM_END = Terms(first_days=30, instalments=3, from_month_end=True)
AT_END = Terms(first_days=30, instalments=3, month_end=True)
SKIPPING = Terms(first_days=60, month_end=True, skipped=frozenset({8, 12}))


@pytest.mark.parametrize(
    ("terms", "day", "due"),
    [
        (Terms(), date(2026, 4, 15), [date(2026, 4, 15)]),
        (Terms(first_days=30), date(2026, 1, 31), [date(2026, 3, 2)]),
        (Terms(first_days=30, month_end=True), date(2026, 1, 31), [date(2026, 2, 28)]),
        (Terms(first_days=30, month_end=True), date(2026, 12, 5), [date(2027, 1, 31)]),
        (
            Terms(first_days=30, instalments=3, month_end=True, extra_days=10),
            date(2026, 1, 15),
            [date(2026, 3, 10), date(2026, 4, 10), date(2026, 5, 10)],
        ),
        (Terms(first_days=45, month_end=True), date(2026, 1, 31), [date(2026, 3, 31)]),
        (
            Terms(first_days=0, instalments=2, interval_days=15),
            date(2026, 2, 20),
            [date(2026, 2, 20), date(2026, 3, 7)],
        ),
        (Terms(first_days=30, fixed_day=15), date(2026, 1, 10), [date(2026, 2, 15)]),
        (Terms(first_days=30, fixed_day=15), date(2026, 1, 20), [date(2026, 3, 15)]),
        (Terms(first_days=30, fixed_day=31), date(2026, 1, 10), [date(2026, 2, 28)]),
        (SKIPPING, date(2026, 6, 15), [date(2026, 9, 10)]),
        (SKIPPING, date(2026, 10, 15), [date(2027, 1, 10)]),
        (SKIPPING, date(2026, 5, 15), [date(2026, 7, 31)]),
        (
            Terms(first_days=60, month_end=True, skipped=frozenset({12, 1}), skip_day=31),
            date(2026, 10, 15),
            [date(2027, 2, 28)],
        ),
        (
            Terms(
                first_days=30, instalments=3, month_end=True, skipped=frozenset({8}), skip_day=10
            ),
            date(2026, 5, 20),
            [date(2026, 6, 30), date(2026, 7, 31), date(2026, 9, 10)],
        ),
        (AT_END, date(2027, 1, 15), [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]),
        (AT_END, date(2028, 1, 15), [date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]),
        (FROM_END, date(2027, 1, 15), [date(2027, 3, 2), date(2027, 4, 1), date(2027, 5, 1)]),
        (FROM_END, date(2028, 1, 15), [date(2028, 3, 1), date(2028, 3, 31), date(2028, 4, 30)]),
        (FROM_END, date(2027, 1, 31), [date(2027, 3, 2), date(2027, 4, 1), date(2027, 5, 1)]),
        (FROM_END, date(2027, 2, 10), [date(2027, 3, 30), date(2027, 4, 29), date(2027, 5, 29)]),
        (FROM_END, date(2028, 2, 10), [date(2028, 3, 30), date(2028, 4, 29), date(2028, 5, 29)]),
        (Terms(from_month_end=True), date(2028, 2, 10), [date(2028, 2, 29)]),
        (
            replace(FROM_END, fixed_day=10),
            date(2027, 1, 15),
            [date(2027, 3, 10), date(2027, 4, 10), date(2027, 5, 10)],
        ),
        (
            replace(FROM_END, skipped=frozenset({8, 12})),
            date(2027, 6, 10),
            [date(2027, 7, 30), date(2027, 9, 10), date(2027, 9, 28)],
        ),
        (
            replace(FROM_END, skipped=frozenset({8, 12})),
            date(2026, 11, 10),
            [date(2027, 1, 10), date(2027, 1, 29), date(2027, 2, 28)],
        ),
    ],
)
def test_due_dates(terms: Terms, day: date, due: list[date]) -> None:
    assert list(due_dates(terms, day)) == due


@given(
    st.builds(
        Terms,
        first_days=st.integers(0, 365),
        instalments=st.integers(1, 24),
        interval_days=st.integers(0, 180),
        month_end=st.booleans(),
        from_month_end=st.booleans(),
        extra_days=st.integers(0, 28),
        fixed_day=st.integers(0, 31),
        skipped=st.frozensets(st.integers(1, 12), max_size=12),
        skip_day=st.integers(1, 31),
    ),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_nothing_falls_due_before_the_invoice_and_instalments_are_in_order(
    terms: Terms, day: date
) -> None:
    due = due_dates(terms, day)
    assert len(due) == terms.instalments
    assert list(due) == sorted(due)
    assert due[0] >= day
    if len(terms.skipped) < 12:
        assert not {one.month for one in due} & terms.skipped
