"""Whatever is bought, drawn, ended and reversed in whatever order, the books agree."""

from datetime import date, timedelta

from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.make import allowances as make

from canone.ledgers.allowances import queries
from canone.ledgers.allowances.models import Allowance, Entry, Lot, Use
from canone.ledgers.allowances.rules.expiry import Rollover
from canone.ledgers.allowances.services import entries, expiry

START = date(2026, 11, 2)
offsets = st.integers(0, 60)
buy = st.tuples(st.just("buy"), st.integers(1, 100), st.none() | offsets)
draw = st.tuples(
    st.just("draw"),
    st.integers(0, 120),
    st.tuples(offsets, st.sampled_from(["negative", "refuse", "overage"])),
)
end = st.tuples(st.just("end"), offsets, st.none())
undo = st.tuples(st.just("undo"), st.integers(0, 30), st.none())
stories = st.lists(st.one_of(buy, draw, end, undo), max_size=10)


def _play(pool: Allowance, story: list[tuple[str, int, object]]) -> None:
    for verb, number, more in story:
        match verb, more:
            case "buy", last:
                ends = None if last is None else START + timedelta(days=int(str(last)))
                make.top_up(pool, number, day=START, expires_on=ends)
            case "draw", (offset, policy):
                make.draw(pool, number, day=START + timedelta(days=offset), policy=policy)
            case "end", _:
                expiry.expire(day=START + timedelta(days=number), at=make.AT, by=None)
            case "undo", _:
                _undo(pool, number)


def _undo(pool: Allowance, number: int) -> None:
    rows = list(Entry.objects.filter(allowance=pool).order_by("pk"))
    if not rows:
        return
    row = rows[number % len(rows)]
    try:
        entries.reverse(entry_ids=[row.pk], reason="x", day=START, at=make.AT, by=None)
    except entries.NotReversibleError:
        assert row.kind not in ("draw", "top_up") or row.lot.carried


def _check(pool: Allowance) -> None:
    pool.refresh_from_db()
    rows = list(Entry.objects.filter(allowance=pool).order_by("pk"))
    assert pool.balance == sum(row.quantity for row in rows)
    assert pool.balance == (rows[-1].balance_after if rows else 0)
    assert pool.balance == pool.granted + pool.topped_up - pool.consumed - pool.expired
    lots = list(Lot.objects.filter(allowance=pool).select_related("entry"))
    assert pool.balance == sum(lot.remaining for lot in lots)
    assert queries.discrepancies() == []
    used = dict(Use.objects.values_list("lot").annotate(sum=Sum("quantity")))
    for lot in lots:
        if lot.entry.kind in ("grant", "top_up", "rollover"):
            assert lot.remaining == lot.entry.quantity - used.get(lot.pk, 0)
            assert lot.remaining >= 0
    debts = [lot for lot in lots if lot.remaining < 0]
    for lot in lots:
        for debt in debts:
            serves = lot.expires_on is None or debt.day <= lot.expires_on
            assert not (lot.remaining > 0 and serves), "a debt stands beside what could pay it"


class Books(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(stories, st.sampled_from([None, Rollover(1), Rollover(1, 20)]))
    def test_sums_lots_and_entries_agree(
        self, story: list[tuple[str, int, object]], rollover: Rollover | None
    ) -> None:
        pool = make.pool(rollover=rollover)
        _play(pool, story)
        _check(pool)

    @settings(max_examples=30, deadline=None)
    @given(stories)
    def test_reversing_all_purchases_and_draws_leaves_nothing(
        self, story: list[tuple[str, int, object]]
    ) -> None:
        pool = make.pool()
        _play(pool, story)
        rows = Entry.objects.filter(allowance=pool, kind__in=["draw", "top_up"])
        ids = list(rows.values_list("pk", flat=True))
        if ids:
            entries.reverse(entry_ids=ids, reason="x", day=START, at=make.AT, by=None)
        _check(pool)
        assert (pool.balance, pool.consumed, pool.topped_up) == (0, 0, 0)
        assert pool.expired == 0
