"""The tables of docs/algorithms/documents.md, and what holds for any charges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.ledgers.invoicing.rules import ages, allocation, documents, dues, grouping
from canone.ledgers.invoicing.rules.allocation import Open
from canone.ledgers.invoicing.rules.differences import Posted, compare
from canone.ledgers.invoicing.rules.grouping import Part
from canone.ledgers.invoicing.rules.ports import Proposal

DAY = date(2026, 11, 1)
ORDINARY, REVERSE = 1, 2


def _proposal(amount: int, vat: int | None = ORDINARY, customer: int = 7) -> Proposal:
    return Proposal(
        "line:1:2026-11-01", "contract:1", customer, "contract", "Canone", 1_000_000, "",
        amount * 10_000, amount, vat, DAY, DAY + timedelta(days=30), DAY,
    )  # fmt: skip


def _posted(sums: dict[int | None, int], revision: int = 1) -> dict[str, Posted]:
    return {"line:1:2026-11-01": Posted(7, revision, DAY, DAY, sums)}


@pytest.mark.parametrize(
    ("proposed", "before", "expected"),
    [
        (_proposal(10_000), {}, [(10_000, ORDINARY, 1, None)]),
        (_proposal(0), {}, [(0, ORDINARY, 1, None)]),
        (_proposal(10_000), _posted({ORDINARY: 10_000}), []),
        (_proposal(11_000), _posted({ORDINARY: 10_000}), [(1_000, ORDINARY, 2, 10_000)]),
        (_proposal(9_000), _posted({ORDINARY: 10_000}, 4), [(-1_000, ORDINARY, 5, 10_000)]),
        (
            _proposal(10_000, REVERSE),
            _posted({ORDINARY: 10_000}),
            [(-10_000, ORDINARY, 2, 10_000), (10_000, REVERSE, 3, None)],
        ),
        (_proposal(10_000), _posted({ORDINARY: 0}), [(10_000, ORDINARY, 2, None)]),
        (_proposal(0), _posted({ORDINARY: 0}), []),
        (_proposal(10_000, customer=8), _posted({ORDINARY: 10_000}), []),
        (_proposal(0), _posted({ORDINARY: 10_000}), [(-10_000, ORDINARY, 2, 10_000)]),
    ],
)
def test_only_the_difference_is_posted(
    proposed: Proposal, before: dict[str, Posted], expected: list[tuple[object, ...]]
) -> None:
    found = compare([proposed], before)
    assert found.moved == []
    assert [
        (due.content.amount_minor, due.content.vat_id, due.revision, due.before)
        for due in found.due
    ] == expected


@pytest.mark.parametrize(
    ("charged", "settled", "worth", "step"),
    [
        (10_000, 0, 11_000, (1_000, 10_000)),
        (10_000, 0, 9_000, (-1_000, 10_000)),
        (10_000, -4_000, 11_000, (1_000, 10_000)),
        (10_000, -4_000, 8_000, (0, 8_000)),
        (10_000, -4_000, 6_000, (0, 6_000)),
        (10_000, -4_000, 5_000, (-1_000, 6_000)),
        (10_000, -10_000, -500, (-500, 0)),
        (-500, 500, 1_000, (1_000, 0)),
        (-500, 500, -200, (0, -200)),
        (-500, 0, 0, (500, -500)),
    ],
)
def test_between_what_was_charged_and_what_the_customer_bears_nothing_is_due(
    charged: int, settled: int, worth: int, step: tuple[int, int]
) -> None:
    known = Posted(7, 1, DAY, DAY, {ORDINARY: charged}, {ORDINARY: settled})
    assert known.due(ORDINARY, worth) == step


def test_what_is_gone_is_taken_back_and_another_customer_is_not_guessed_at() -> None:
    stood = _posted({ORDINARY: 10_000, REVERSE: 500})
    found = compare([], stood, [_proposal(10_000)])
    assert [(d.content.amount_minor, d.content.vat_id, d.revision) for d in found.due] == [
        (-10_000, ORDINARY, 2),
        (-500, REVERSE, 3),
    ]
    moved = compare([_proposal(11_000, customer=8)], stood)
    assert (moved.due, [one.charged_to for one in moved.moved]) == ([], [7])


@pytest.mark.parametrize(
    ("before", "ended", "now", "ends", "days"),
    [
        (18_000, 31, 8_710, 16, (16, 31)),
        (8_710, 16, 18_000, 31, (16, 31)),
        (-3_000, 31, -1_500, 16, (16, 31)),
        (18_000, 31, 19_500, 31, (1, 31)),
        (18_000, 31, 20_000, 16, (1, 16)),
    ],
)
def test_a_difference_is_about_the_days_that_made_it(
    before: int, ended: int, now: int, ends: int, days: tuple[int, int]
) -> None:
    stood = Posted(7, 1, DAY, DAY, {ORDINARY: before}, service_end=_after(ended))
    proposed = _proposal(now)._replace(service_end=_after(ends))
    [due] = compare([proposed], {"line:1:2026-11-01": stood}).due
    assert due.content.amount_minor == now - before
    assert (due.content.service_start, due.content.service_end) == tuple(map(_after, days))


def _after(number: int) -> date:
    return DAY + timedelta(days=number - 1)


amounts = st.integers(-(10**7), 10**7)


@given(st.dictionaries(st.sampled_from([ORDINARY, REVERSE, None]), amounts), amounts)
def test_after_posting_the_difference_nothing_is_left(
    sums: dict[int | None, int], amount: int
) -> None:
    proposed = _proposal(amount)
    stood = _posted(dict(sums), 3)
    posted = compare([proposed], stood).due
    revisions = [due.revision for due in posted]
    assert revisions == list(range(4, 4 + len(posted)))
    for due in posted:
        vat = due.content.vat_id
        sums[vat] = sums.get(vat, 0) + due.content.amount_minor
        product = due.content.quantity_micros * due.content.unit_price_micros
        assert product == due.content.amount_minor * 10**10
    assert {vat: cents for vat, cents in sums.items() if cents} == (
        {ORDINARY: amount} if amount else {}
    )
    assert compare([proposed], _posted(sums, 9)).due == []


class Small(NamedTuple):
    amount_minor: int
    original: int = 0
    category: tuple[int, str] = (2_200, "")


N67 = (0, "N6.7")


@pytest.mark.parametrize(
    ("charges", "made", "waiting"),
    [
        ([Small(10_000), Small(-1_000, 1)], [Part((0, 1), 0)], []),
        ([Small(-1_000, 1), Small(-500, 2)], [Part((0,), 1), Part((1,), 2)], []),
        (
            [Small(-10_000, 1), Small(10_000, 0, N67)],
            [Part((1,), 0), Part((0,), 1)],
            [],
        ),
        ([Small(1_500), Small(-1_000, 1)], [Part((0, 1), 0)], []),
        ([Small(1_000), Small(-1_500)], [Part((0,), 0)], [1]),
        ([Small(-1_500)], [], [0]),
        ([Small(0), Small(0)], [], [0, 1]),
        ([Small(0), Small(1)], [Part((0, 1), 0)], []),
        ([Small(500), Small(-500, 1)], [Part((0, 1), 0)], []),
        ([Small(-10_000, 1), Small(500, 1)], [Part((0, 1), 1)], []),
        ([Small(-10_000, 1), Small(500, 2)], [Part((1,), 0), Part((0,), 1)], []),
    ],
)
def test_charges_become_documents(
    charges: list[Small], made: list[Part], waiting: list[int]
) -> None:
    assert grouping.parts(charges) == (made, waiting)


smalls = st.lists(
    st.builds(Small, amounts, st.integers(0, 3), st.sampled_from([(2_200, ""), N67])), max_size=12
)


@given(smalls)
def test_no_charge_is_lost_or_doubled_and_no_document_is_below_zero(charges: list[Small]) -> None:
    made, waiting = grouping.parts(charges)
    places = sorted([*waiting, *(n for part in made for n in part.places)])
    assert places == list(range(len(charges)))
    for part in made:
        by_vat: dict[tuple[int, str], int] = {}
        for n in part.places:
            category = charges[n].category
            by_vat[category] = by_vat.get(category, 0) + charges[n].amount_minor
        sign = -1 if part.original else 1
        assert all(sign * cents >= 0 for cents in by_vat.values())
        assert {charges[n].original for n in part.places} == {part.original} or not part.original
    originals = [part.original for part in made]
    assert len(set(originals)) == len(originals)


def _days(count: int) -> list[date]:
    return [DAY + timedelta(days=30 * n) for n in range(count)]


@pytest.mark.parametrize(
    ("total", "count", "expected"),
    [
        (100_000, 3, [33_333, 33_333, 33_334]),
        (2, 3, [2]),
        (-10_000, 1, [-10_000]),
        (-100, 3, [-33, -33, -34]),
        (0, 3, [0]),
    ],
)
def test_due_items(total: int, count: int, expected: list[int]) -> None:
    assert [cents for _day, cents in dues.split(total, _days(count))] == expected


@given(st.integers(-(10**12), 10**12), st.integers(1, 48))
def test_due_items_sum_to_the_cent(total: int, count: int) -> None:
    parts = dues.split(total, _days(count))
    assert sum(cents for _day, cents in parts) == total
    assert len({cents for _day, cents in parts[:-1]}) <= 1
    assert all(cents * total >= 0 for _day, cents in parts)


def test_something_is_due_on_some_day() -> None:
    with pytest.raises(ValueError, match="some day"):
        dues.split(1, [])


def test_the_signs_of_a_reduction_are_turned_on_paper() -> None:
    assert documents.turned(-2_000_000, 50) == (2_000_000, 50)
    assert documents.turned(1_000_000, -50) == (1_000_000, 50)
    assert documents.label("FT", 2026, 12) == "FT/2026/12"


items = st.lists(st.integers(1, 10_000), max_size=8).map(
    lambda found: [Open(key, cents) for key, cents in enumerate(found)]
)


@given(items, st.integers(0, 100_000))
def test_the_oldest_is_paid_first(debts: Sequence[Open], amount: int) -> None:
    shares = allocation.oldest_first(debts, amount)
    assert sum(shares.values()) == min(amount, sum(debt.amount for debt in debts))
    open_before = False
    for debt in debts:
        share = shares.get(debt.key, 0)
        assert 0 <= share <= debt.amount
        assert not (open_before and share)
        open_before = open_before or share < debt.amount


@given(items, items)
def test_credits_and_debts_cancel_out(debts: Sequence[Open], others: Sequence[Open]) -> None:
    credits_ = [Open(100 + one.key, -one.amount) for one in others]
    shares = allocation.offset(credits_, debts)
    assert sum(shares.values()) == 0
    moved = sum(share for share in shares.values() if share > 0)
    assert moved == min(sum(d.amount for d in debts), -sum(c.amount for c in credits_))
    assert all(
        allocation.fits(one, shares[one.key]) for one in [*debts, *credits_] if one.key in shares
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, "not_due"), (0, "not_due"), (1, "30"), (30, "30"), (31, "60"), (61, "90"), (91, "older")],
)
def test_how_late_it_is(days: int, expected: str) -> None:
    assert ages.lateness(DAY, day=DAY + timedelta(days=days)) == expected


@pytest.mark.parametrize(
    ("late", "first", "last"),
    [
        ("not_due", date(2027, 2, 10), None),
        ("30", date(2027, 1, 11), date(2027, 2, 9)),
        ("60", date(2026, 12, 12), date(2027, 1, 10)),
        ("90", date(2026, 11, 12), date(2026, 12, 11)),
        ("older", None, date(2026, 11, 11)),
    ],
)
def test_the_due_dates_of_what_is_so_late(late: str, first: date | None, last: date | None) -> None:
    found = ages.due_between(ages.Lateness(late), day=date(2027, 2, 10))
    assert found == (first, last)


@given(st.integers(-400, 400))
def test_every_due_date_lies_in_one_age_alone(days: int) -> None:
    due = DAY - timedelta(days=days)
    bounds = {late: ages.due_between(late, day=DAY) for late in ages.Lateness}
    held = [
        late
        for late, (first, last) in bounds.items()
        if (first is None or first <= due) and (last is None or due <= last)
    ]
    assert held == [ages.lateness(due, day=DAY)]
