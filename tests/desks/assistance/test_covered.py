"""Sessions that a contract prices: the worked numbers of docs/algorithms/covering.md and around."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.make import assistance as make
from tests.make import catalog, contracts, parties
from tests.make.assistance import AFTER, DAY, NOON
from tests.people import people

from canone.desks.assistance.models import Accounting, RemoteSession
from canone.desks.assistance.queries import impact, listing, profiles, scope
from canone.desks.assistance.queries.listing import Shown
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.queries.totals import totals
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.services import accounting, undoing
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.services import contracts as agreed
from canone.desks.contracts.services import granting, lines
from canone.kernel.money import Money, UnitPrice
from canone.ledgers.allowances import queries as allowances
from canone.ledgers.invoicing.models import Charge
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.rules.terms import Kind
from canone.registers.parties.models import Group

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
MIDDLE = datetime(2026, 10, 16, 10, 0, tzinfo=UTC)
HOUR = {"initial_minutes": 0, "initial_price": UnitPrice(0), "step_minutes": 60}
HOURLY = HOUR | {"step_price": UnitPrice.of("50.00")}


def line(of: Contract, tariff: Tariff, **fields: Any) -> Line:
    return lines.add(
        contract_id=of.pk,
        at=contracts.AT,
        by=None,
        kind=Line.Kind.TARIFF,
        tariff=tariff,
        unit_price=UnitPrice(0),
        unit_of_cycle="",
        **fields,
    )


def in_october() -> tuple[Group, Contract, Line]:
    """Return a group at 50.00 an hour, whose customer's contract says 20.00 and 4.00 in October."""
    group = parties.group()
    make.assignment(group, catalog.tariff(**HOURLY))
    contract = contracts.contract(group.party, start=OCTOBER)
    return group, contract, line(contract, catalog.tariff(), end=NOVEMBER)


def shown(*sessions: RemoteSession) -> list[Shown]:
    return listing.shown(list(sessions), day=DAY, now=AFTER)


def account(session: RemoteSession) -> Accounting:
    accounting.account_one(session_id=session.pk, day=DAY, at=AFTER, by=None)
    return Accounting.objects.select_related("line").get(session=session)


WORKED = {
    12: (MIDDLE, "44.00", True),
    13: (NOON, "50.00", False),
    14: (datetime(2026, 10, 31, 22, 50, tzinfo=UTC), "44.00", True),
    15: (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), "50.00", False),
}


@pytest.mark.parametrize("row", WORKED)
def test_the_worked_prices(row: int) -> None:
    start, price, by_contract = WORKED[row]
    group, contract, own = in_october()
    one = make.session(group, start=start)
    [seen] = shown(one)
    assert seen.price == Money.of(price)
    assert (seen.agreed is not None) is by_contract
    record = account(one)
    assert record.price == Money.of(price)
    assert record.line == (own if by_contract else None)
    [after] = shown(RemoteSession.objects.get())
    assert (after.price, after.agreed, after.explanation) == (
        seen.price,
        seen.agreed,
        seen.explanation,
    )
    charge = Charge.objects.get(origin=f"session:{one.pk}")
    first = charge.explanation[0]
    told = {"code": "contract_tariff", "number": contract.number}
    assert (first == told) is by_contract


def test_hours_of_the_contract_are_drawn_by_all_its_groups() -> None:
    """Rows 16 to 19."""
    first = parties.group()
    second = parties.group(first.party)
    make.assignment(first, catalog.tariff(**HOURLY))
    contract = contracts.contract(first.party, start=OCTOBER)
    contracts.line(contract, "500.00", grants="minute", granted=600)
    line(contract, catalog.tariff(kind=Kind.SUBSCRIPTION, step_minutes=15))
    granting.grant_next(after=0, day=DAY, at=AFTER, by=None)
    pool = f"contract:{contract.pk}:minute"
    rows = [
        (first, datetime(2026, 10, 5, 8, tzinfo=UTC), 17, 30),
        (second, datetime(2026, 10, 6, 8, tzinfo=UTC), 40, 45),
        (first, datetime(2026, 11, 3, 8, tzinfo=UTC), 10, 15),
    ]
    made = [make.session(group, start=start, seconds=60 * n) for group, start, n, _drawn in rows]
    sums = totals(Scope(), user=people().owner, day=DAY, now=AFTER)
    assert dict(sums.pools) == {pool: 90}
    for one, (_group, _start, _length, drawn) in zip(made, rows, strict=True):
        record = account(one)
        assert (record.pool_minutes, record.price) == (drawn, None)
    left = allowances.balances([pool])[pool]
    assert (left.consumed, left.expiring, left.balance - left.expiring) == (90, 525, 585)
    earlier = make.session(first, start=datetime(2026, 9, 30, 8, tzinfo=UTC), seconds=600)
    assert account(earlier).price == Money.of("50.00")
    assert not Charge.objects.filter(origin__startswith="tariff:").exists()


def test_hours_that_the_contract_has_not_granted_yet_are_owed() -> None:
    group = parties.group()
    contract = contracts.contract(group.party, start=OCTOBER)
    line(contract, catalog.tariff(kind=Kind.SUBSCRIPTION, step_minutes=15))
    assert account(make.session(group, start=MIDDLE, seconds=600)).pool_minutes == 15
    pool = f"contract:{contract.pk}:minute"
    assert allowances.balances([pool])[pool].balance == -15


def everything() -> list[RemoteSession]:
    """Return sessions of groups that contracts price in all ways, and of some that they do not."""
    group, contract, _line = in_october()
    other = parties.group(group.party)
    stranger = make.priced_group(minimum_minutes=45)
    alone = parties.group()
    late = contracts.contract(alone.party, start=OCTOBER)
    line(late, catalog.tariff(minimum_minutes=43), group=alone)
    grouped = parties.group()
    merging = contracts.contract(grouped.party, start=date(2026, 10, 17))
    line(merging, catalog.tariff(merge_gap_minutes=10))
    prepaid = parties.group()
    hours = contracts.contract(prepaid.party)
    line(hours, catalog.tariff(kind=Kind.SUBSCRIPTION, step_minutes=15))
    agreed.suspend(contract_id=hours.pk, day=NOVEMBER, reason="Non paga", at=contracts.AT, by=None)
    starts = [MIDDLE, MIDDLE + timedelta(minutes=45), NOON, datetime(2026, 10, 31, 23, tzinfo=UTC)]
    found = [
        make.session(one, start=start, seconds=seconds)
        for one in (group, other, stranger, alone, grouped, prepaid)
        for start in starts
        for seconds in (2_520, 60 * 44)
    ]
    assert contract.pk
    account(found[0])
    return [*found, make.session(None), make.session(alone, seconds=30, is_included=True)]


def test_sums_and_filters_are_those_of_the_rows() -> None:
    everything()
    user = people().owner
    rows = shown(*RemoteSession.objects.order_by("started_at", "id"))
    expected: dict[State, list[int]] = {}
    for row in rows:
        one = expected.setdefault(row.state, [0, 0, 0])
        one[0] += 1
        one[1] += row.total_minutes
        one[2] += row.price.minor if row.price is not None else 0
    assert set(expected) == {
        State.PENDING, State.ACCOUNTED, State.IGNORED, State.NO_PROFILE, State.UNASSIGNED,
    }  # fmt: skip
    found = totals(Scope(), user=user, day=DAY, now=AFTER)
    assert {s: [o.count, o.minutes, o.cents or 0] for s, o in found.lines.items()} == expected
    for state, (count, minutes, cents) in expected.items():
        chosen = Scope(state=state)
        inside = scope.sessions(chosen, user=user, day=DAY, now=AFTER)
        assert {one.pk for one in inside} == {r.session.pk for r in rows if r.state is state}
        of_state = totals(chosen, user=user, day=DAY, now=AFTER).lines
        assert set(of_state) == {state}
        one_ = of_state[state]
        assert [one_.count, one_.minutes, one_.cents or 0] == [count, minutes, cents]
    for group in Group.objects.all():
        own = totals(Scope(group_id=group.pk), user=user, day=DAY, now=AFTER)
        wanted = sum(r.price.minor for r in rows if r.price and r.session.group_id == group.pk)
        assert (own.whole.cents or 0) == wanted


def test_a_run_accounts_what_the_list_shows() -> None:
    everything()
    user = people().owner
    rows = shown(*RemoteSession.objects.order_by("started_at", "id"))
    wanted = {r.session.pk: r.price for r in rows if r.state is State.PENDING}
    outcome = accounting.account_next(Scope(), user=user, day=DAY, at=AFTER)
    assert set(outcome.accounted) == wanted.keys()
    assert outcome.cents == sum(price.minor for price in wanted.values() if price is not None)
    records = Accounting.objects.filter(session__in=wanted)
    assert {one.session_id: one.price for one in records} == wanted
    assert records.filter(line__isnull=False).exists()
    assert records.filter(line__isnull=True).exists()


def test_what_is_accounted_never_changes() -> None:
    group, _contract, own = in_october()
    one = make.session(group, start=MIDDLE)
    before = account(one)
    other = make.session(group, start=MIDDLE + timedelta(hours=1))
    lines.update(
        line_id=own.pk, tariff=catalog.tariff(step_price=UnitPrice.of(8)), at=AFTER, by=None
    )
    assert Accounting.objects.get(session=one).price == before.price == Money.of("44.00")
    assert shown(RemoteSession.objects.get(pk=one.pk))[0].price == Money.of("44.00")
    assert shown(other)[0].price == Money.of("68.00")
    undoing.undo(session_id=one.pk, reason="Errore", at=AFTER, by=people().owner)
    assert shown(RemoteSession.objects.get(pk=one.pk))[0].price == Money.of("68.00")


def test_the_line_of_a_group_goes_before_that_of_all() -> None:
    group, contract, _own = in_october()
    line(contract, catalog.tariff(step_price=UnitPrice.of(8)), group=group)
    other = parties.group(group.party)
    [first] = shown(make.session(group, start=MIDDLE))
    [second] = shown(make.session(other, start=MIDDLE))
    assert (first.price, second.price) == (Money.of("68.00"), Money.of("44.00"))


def test_two_contracts_are_never_one_piece_of_work() -> None:
    group = parties.group()
    merging = catalog.tariff(merge_gap_minutes=10)
    make.assignment(group, merging)
    contract = contracts.contract(group.party, start=OCTOBER)
    line(contract, merging, end=NOVEMBER)
    midnight = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    within = [
        make.session(group, start=midnight - timedelta(minutes=20 + n), seconds=600)
        for n in (12, 0)
    ]
    after = make.session(group, start=midnight + timedelta(minutes=1), seconds=600)
    rows = shown(*within, after)
    assert [len(row.members) for row in rows] == [2, 2, 0]
    assert [row.agreed is not None for row in rows] == [True, True, False]


def test_a_new_version_says_what_contracts_price_by_it() -> None:
    group, _contract, own = in_october()
    make.session(group, start=MIDDLE)
    make.session(group, start=NOON)
    assert own.tariff is not None
    terms = catalog.tariff(step_price=UnitPrice.of(8)).versions.get().terms()
    found = impact.of_tariff(tariff_id=own.tariff.pk, terms=terms, at=AFTER)
    assert (found.customers, found.pending) == (1, 1)
    assert (found.before, found.after) == (Money.of("44.00"), Money.of("68.00"))
    by_tariff = impact.groups_of(tariffs=[own.tariff.pk], at=AFTER)
    assert by_tariff == {}, "the line ended with October"
    assert impact.groups_of(tariffs=[own.tariff.pk], at=MIDDLE) == {own.tariff.pk: 1}


def test_a_line_says_which_sessions_it_would_touch() -> None:
    group, contract, own = in_october()
    make.session(group, start=MIDDLE)
    make.session(group, start=NOON)
    account(make.session(group, start=MIDDLE + timedelta(hours=2)))
    line_ = lines.blank(contract)
    line_.tariff, line_.start, line_.kind = own.tariff, NOVEMBER, Line.Kind.TARIFF
    found = impact.of_lines([line_], at=AFTER)
    assert (found.pending, found.before, found.after) == (1, Money.of("50.00"), Money.of("44.00"))
    own.end = date(2026, 10, 10)
    found = impact.of_lines([own], at=AFTER)
    assert (found.pending, found.before, found.after) == (1, Money.of("44.00"), Money.of("50.00"))


def test_profiles_of_a_day_are_those_of_the_work() -> None:
    group, contract, _own = in_october()
    at_work = profiles.current(DAY)
    october = at_work.on(group.pk, date(2026, 10, 31))
    assert october is not None
    assert october.agreed is not None
    assert october.agreed.number == contract.number
    november = at_work.on(group.pk, NOVEMBER)
    assert november is not None
    assert november.agreed is None
    assert at_work.of(None, MIDDLE) is None
