"""The sums of a filter: the same as its rows, each session once, whoever writes meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.make import assistance as make
from tests.make import parties
from tests.make.assistance import AFTER, DAY, NOON
from tests.people import People, people

from canone.base import snapshots
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import listing, previews
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.queries.totals import Totals, totals
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.services import accounting
from canone.registers.parties.models import Group

Sums = dict[State, tuple[int, int, int | None]]


def sums(found: Totals) -> Sums:
    return {state: (one.count, one.minutes, one.cents) for state, one in found.lines.items()}


def by_rows(chosen: list[RemoteSession]) -> Sums:
    """Return what the list shows, added up row by row."""
    found: Sums = {}
    for row in listing.shown(chosen, day=DAY, now=AFTER):
        count, minutes, cents = found.get(row.state, (0, 0, None))
        if row.price is not None:
            cents = (cents or 0) + row.price.minor
        found[row.state] = (count + 1, minutes + row.total_minutes, cents)
    return found


def everything(who: People) -> Group:
    """Make sessions in every state, and return a group that holds accounted and open ones."""
    plain = make.priced_group(minimum_minutes=3)
    capped = make.priced_group(merge_gap_minutes=10)
    prepaid = parties.group()
    make.assignment(prepaid, make.subscription())
    for group in (plain, capped, prepaid, parties.group(), None):
        for number, seconds in enumerate((30, 2520, 2521, 2580, 2520, None)):
            start = NOON + timedelta(hours=number)
            make.session(group, start=start, seconds=seconds, extra_minutes=number % 2)
    make.session(plain, seconds=60, is_included=True)
    make.session(plain, seconds=None, start=AFTER - timedelta(hours=1))
    for group in (plain, capped):
        one = RemoteSession.objects.filter(group=group, seconds=2521).get()
        accounting.account_one(session_id=one.pk, day=DAY, at=AFTER, by=who.owner.pk)
    return plain


@pytest.mark.django_db
def test_the_sums_are_those_of_the_rows() -> None:
    who = people()
    plain = everything(who)
    scopes = [Scope(), Scope(group_id=plain.pk), Scope(start=NOON + timedelta(hours=2))]
    scopes += [Scope(state=state) for state in State]
    for chosen in scopes:
        found = totals(chosen, user=who.owner, day=DAY, now=AFTER)
        rows = [one for one in RemoteSession.objects.order_by("started_at") if fits(one, chosen)]
        expected = by_rows(rows)
        if chosen.state is not None:
            expected = {state: line for state, line in expected.items() if state is chosen.state}
        assert sums(found) == expected, chosen
    assert set(sums(totals(Scope(), user=who.owner, day=DAY, now=AFTER))) == set(State)


def fits(one: RemoteSession, chosen: Scope) -> bool:
    return chosen.group_id in (None, one.group_id) and (
        chosen.start is None or one.started_at >= chosen.start
    )


@pytest.mark.django_db
def test_a_filter_that_leaves_nothing_has_no_lines() -> None:
    who = people()
    everything(who)
    assert not totals(Scope(text="nowhere"), user=who.owner, day=DAY, now=AFTER).lines
    assert not totals(Scope(), user=who.stranger, day=DAY, now=AFTER).lines


@pytest.mark.django_db
def test_accounted_and_open_sessions_are_counted_by_one_statement() -> None:
    who = people()
    group = make.priced_group()
    make.session(group)
    chosen = Scope(group_id=group.pk)
    with CaptureQueriesContext(connection) as asked:
        totals(chosen, user=who.owner, day=DAY, now=AFTER)
    assert sum("assistance_remotesession" in query["sql"] for query in asked) == 1


@pytest.mark.django_db(transaction=True)
def test_a_session_accounted_meanwhile_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    who = people()
    one = make.session(make.priced_group(merge_gap_minutes=10))
    stream = previews.stream

    def account() -> None:
        try:
            accounting.account_one(session_id=one.pk, day=DAY, at=AFTER, by=who.owner.pk)
        finally:
            connection.close()

    def late(*given: Any, **more: Any) -> Any:
        """Account the session between the statement that counts it and the one that prices it."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(account).result(timeout=30)
        return stream(*given, **more)

    monkeypatch.setattr(previews, "stream", late)
    found = totals(Scope(), user=who.owner, day=DAY, now=AFTER)
    assert sums(found) == {State.PENDING: (1, 42, 4400)}
    monkeypatch.undo()
    after = totals(Scope(), user=who.owner, day=DAY, now=AFTER)
    assert sums(after) == {State.ACCOUNTED: (1, 42, 4400)}


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_leaves_writers_as_they_were() -> None:
    group = parties.group()
    with snapshots.snapshot():
        assert Group.objects.filter(pk=group.pk).exists()
        assert connection.in_atomic_block
    Group.objects.filter(pk=group.pk).update(name="after")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW transaction_isolation")
            assert cursor.fetchone() == ("read committed",)
        else:
            assert getattr(connection, "transaction_mode") == "IMMEDIATE"  # noqa: B009
