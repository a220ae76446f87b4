"""The tables of docs/algorithms/allowances.md, and what holds for all numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.ledgers.allowances.rules import draws
from canone.ledgers.allowances.rules.draws import Debt, Lot, Payment, Plan, Policy, Share

DAY = date(2026, 12, 10)
END = date(2026, 12, 31)
NOVEMBER = date(2026, 11, 30)

days = st.dates(date(2026, 1, 1), date(2026, 3, 1))
lots = st.lists(
    st.builds(
        Lot,
        id=st.integers(1, 10**6),
        remaining=st.integers(0, 500),
        lost=st.integers(0, 100),
        expires_on=st.none() | days,
    ),
    max_size=8,
    unique_by=lambda lot: lot.id,
)


@pytest.mark.parametrize(
    ("pool", "needed", "day", "expected"),
    [
        ([Lot(1, 60), Lot(2, 30, 0, END)], 45, DAY, Plan((Share(2, 30), Share(1, 15)))),
        ([Lot(1, 60, 0, NOVEMBER), Lot(2, 30, 0, END)], 45, DAY, Plan((Share(2, 30),), debt=15)),
        ([Lot(1, 60, 0, NOVEMBER), Lot(2, 30, 0, END)], 45, NOVEMBER, Plan((Share(1, 45),))),
        ([Lot(2, 60), Lot(1, 60)], 70, DAY, Plan((Share(1, 60), Share(2, 10)))),
        (
            [Lot(1, 0, 30, END), Lot(2, 30, 0, date(2027, 1, 31))],
            45,
            date(2026, 12, 30),
            Plan((Share(2, 15),), (Share(1, 30),)),
        ),
    ],
)
def test_lots_are_consumed_in_the_order_in_which_they_expire(
    pool: list[Lot], needed: int, day: date, expected: Plan
) -> None:
    assert draws.plan(pool, needed, day=day, policy=Policy.NEGATIVE) == expected


@pytest.mark.parametrize(
    ("policy", "left", "drawn", "overage", "refused"),
    [
        (Policy.NEGATIVE, 20, 45, 0, False),
        (Policy.REFUSE, 20, 0, 0, True),
        (Policy.REFUSE, 45, 45, 0, False),
        (Policy.OVERAGE, 20, 20, 25, False),
        (Policy.OVERAGE, 0, 0, 45, False),
    ],
)
def test_when_a_pool_does_not_suffice(
    policy: Policy, left: int, drawn: int, overage: int, refused: bool
) -> None:
    plan = draws.plan([Lot(1, left)], 45, day=DAY, policy=policy)
    assert (plan.drawn, plan.overage, plan.is_refused) == (drawn, overage, refused)


def test_a_draw_is_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        draws.plan([], -1, day=DAY, policy=Policy.NEGATIVE)


@given(lots, st.integers(0, 2000), days, st.sampled_from(Policy))
def test_a_draw_is_covered_exactly(pool: list[Lot], needed: int, day: date, policy: Policy) -> None:
    plan = draws.plan(pool, needed, day=day, policy=policy)
    by_id = {lot.id: lot for lot in pool}
    if plan.is_refused:
        served = sum(lot.remaining + lot.lost for lot in pool if lot.serves(day))
        assert policy is Policy.REFUSE
        assert served < needed
        return
    assert plan.drawn + plan.overage == needed
    for share in plan.taken:
        assert 0 < share.quantity <= by_id[share.lot].remaining
    for share in plan.restored:
        assert 0 < share.quantity <= by_id[share.lot].lost
    for share in (*plan.taken, *plan.restored):
        assert by_id[share.lot].serves(day)
    assert not (plan.debt and plan.overage)


@given(lots, st.integers(1, 2000), days)
def test_nothing_that_expires_earlier_is_left_over(pool: list[Lot], needed: int, day: date) -> None:
    plan = draws.plan(pool, needed, day=day, policy=Policy.NEGATIVE)
    taken = {share.lot: share.quantity for share in plan.taken}
    touched = [lot for lot in pool if lot.id in taken]
    for last in touched:
        for lot in pool:
            if lot.serves(day) and (lot.expires_on or date.max) < (last.expires_on or date.max):
                assert taken.get(lot.id, 0) == lot.remaining


@given(lots, st.integers(0, 300), st.integers(0, 300), days)
def test_two_draws_leave_what_one_of_both_leaves(
    pool: list[Lot], first: int, second: int, day: date
) -> None:
    one = draws.plan(pool, first + second, day=day, policy=Policy.NEGATIVE)
    before = draws.plan(pool, first, day=day, policy=Policy.NEGATIVE)
    taken = {share.lot: share.quantity for share in before.taken}
    restored = {share.lot: share.quantity for share in before.restored}
    rest = [
        Lot(
            lot.id,
            lot.remaining - taken.get(lot.id, 0),
            lot.lost - restored.get(lot.id, 0),
            lot.expires_on,
        )
        for lot in pool
    ]
    after = draws.plan(rest, second, day=day, policy=Policy.NEGATIVE)
    assert before.debt + after.debt == one.debt
    for lot in pool:
        both = sum(s.quantity for p in (before, after) for s in p.taken if s.lot == lot.id)
        assert both == sum(s.quantity for s in one.taken if s.lot == lot.id)


def test_a_new_lot_pays_the_oldest_debt_it_may_serve() -> None:
    late = Lot(1, 100, 0, NOVEMBER)
    debts = [Debt(8, 50, NOVEMBER), Debt(7, 30, NOVEMBER), Debt(6, 10, DAY)]
    assert draws.settle([late], debts) == (Payment(7, 1, 30), Payment(8, 1, 50))


@given(lots, st.lists(st.tuples(st.integers(1, 300), days), max_size=5))
def test_payments_never_exceed_lot_or_debt(pool: list[Lot], owed: list[tuple[int, date]]) -> None:
    debts = [Debt(number, quantity, day) for number, (quantity, day) in enumerate(owed)]
    payments = draws.settle(pool, debts)
    for lot in pool:
        assert sum(p.quantity for p in payments if p.lot == lot.id) <= lot.remaining
    for debt in debts:
        paid = sum(p.quantity for p in payments if p.debt == debt.id)
        assert paid <= debt.owed
        if paid < debt.owed:
            serving = [lot for lot in pool if lot.serves(debt.day)]
            used = {lot.id: sum(p.quantity for p in payments if p.lot == lot.id) for lot in serving}
            assert all(used[lot.id] == lot.remaining for lot in serving)


@given(days)
def test_the_last_day_of_a_lot_is_included(last: date) -> None:
    lot = Lot(1, 10, 0, last)
    assert lot.serves(last)
    assert not lot.serves(last + timedelta(days=1))
