"""Pieces of work of several sessions: taken apart, put together, everywhere the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.make import assistance as make
from tests.make.assistance import AFTER, DAY, NOON
from tests.people import People, people

from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import listing
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.queries.totals import totals
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.services import accounting, splitting, undoing
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge
from canone.registers.parties.models import Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def group() -> Group:
    return make.priced_group(merge_gap_minutes=5)


def chain(group: Group) -> list[RemoteSession]:
    """Return three connections of 10, 7 and 8 minutes with pauses of three."""
    return [
        make.session(group, start=NOON + timedelta(minutes=start), seconds=60 * length)
        for start, length in ((0, 10), (13, 7), (23, 8))
    ]


def prices(who: People) -> list[str]:
    """Return the prices of the list, after making sure that the foot says the same."""
    found = list(RemoteSession.objects.order_by("started_at"))
    rows = listing.shown(found, day=DAY, now=AFTER)
    line = totals(Scope(), user=who.owner, day=DAY, now=AFTER).whole
    assert line.cents == sum(row.price.minor for row in rows if row.price)
    return [str(row.price) for row in rows]


def apart(session: RemoteSession, who: People) -> None:
    splitting.take_apart(session_id=session.pk, user=who.owner, day=DAY, at=AFTER)


def test_who_is_taken_apart_is_priced_alone_and_comes_back(group: Group, who: People) -> None:
    sessions = chain(group)
    assert prices(who) == ["28.00", "0.00", "0.00"]  # 25 min: 20.00 + 2 × 4.00
    apart(sessions[2], who)
    assert prices(who) == ["24.00", "0.00", "20.00"]  # 17 min, and 8 min
    splitting.put_together(session_id=sessions[2].pk, user=who.owner, at=AFTER)
    assert prices(who) == ["28.00", "0.00", "0.00"]
    kept = RemoteSession.history.filter(id=sessions[2].pk).order_by("history_id")
    assert [(row.history_type, row.is_apart) for row in kept] == [
        ("+", False),
        ("~", True),
        ("~", False),
    ]


def test_the_link_in_the_middle_taken_out_leaves_both_ends_apart(group: Group, who: People) -> None:
    sessions = chain(group)
    apart(sessions[1], who)
    assert prices(who) == ["20.00", "20.00", "20.00"]


def test_a_whole_piece_is_taken_apart_and_grows_again_one_by_one(group: Group, who: People) -> None:
    sessions = chain(group)
    taken = splitting.take_all_apart(session_id=sessions[1].pk, user=who.owner, day=DAY, at=AFTER)
    assert taken == [session.pk for session in sessions]
    assert prices(who) == ["20.00", "20.00", "20.00"]
    splitting.put_together(session_id=sessions[1].pk, user=who.owner, at=AFTER)
    assert prices(who) == ["24.00", "0.00", "20.00"]


def test_accounting_one_and_all_follow_the_split(group: Group, who: People) -> None:
    sessions = chain(group)
    apart(sessions[0], who)
    accounting.account_one(session_id=sessions[0].pk, day=DAY, at=AFTER, by=who.owner.pk)
    assert [str(charge.amount) for charge in Charge.objects.order_by("id")] == ["20.00"]
    outcome = accounting.account_next(Scope(), user=who.owner, day=DAY, at=AFTER)
    assert (outcome.accounted, outcome.cents) == ([sessions[1].pk, sessions[2].pk], 2000)
    assert Charge.objects.count() == 2
    assert prices(who) == ["20.00", "20.00", "0.00"]


def test_what_is_accounted_stays_as_it_was_until_undone(group: Group, who: People) -> None:
    sessions = chain(group)
    accounting.account_one(session_id=sessions[0].pk, day=DAY, at=AFTER, by=who.owner.pk)
    for call in (
        apart,
        lambda s, w: splitting.put_together(session_id=s.pk, user=w.owner, at=AFTER),
    ):
        with pytest.raises(splitting.LockedError):
            call(sessions[1], who)
    undoing.undo(session_id=sessions[0].pk, reason="Errore", at=AFTER, by=who.owner)
    apart(sessions[1], who)
    assert prices(who) == ["20.00", "20.00", "20.00"]


def test_the_profile_that_no_longer_merges_leaves_accounted_pieces(
    group: Group, who: People
) -> None:
    sessions = chain(group)
    accounting.account_one(session_id=sessions[0].pk, day=DAY, at=AFTER, by=who.owner.pk)
    assignment = group.assignments.get()
    assignment.delete()
    rows = listing.shown(list(RemoteSession.objects.order_by("id")), day=DAY, now=AFTER)
    assert [row.state for row in rows] == [State.ACCOUNTED] * 3
    assert [row.price for row in rows] == [Money.of("28.00"), Money(0), Money(0)]


def test_a_session_that_is_alone_cannot_be_taken_apart(group: Group, who: People) -> None:
    with pytest.raises(splitting.NotTogetherError):
        apart(make.session(group), who)


def test_a_technician_touches_only_what_is_theirs(group: Group, who: People) -> None:
    sessions = chain(group)
    with pytest.raises(RemoteSession.DoesNotExist):
        splitting.take_apart(session_id=sessions[0].pk, user=who.technician, day=DAY, at=AFTER)
