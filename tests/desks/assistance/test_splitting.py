"""Pieces of work of several sessions: taken apart, put together, everywhere the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.kit import assert_fixed_queries
from tests.make import assistance as make
from tests.make import parties
from tests.make.assistance import AFTER, DAY, NOON
from tests.people import People, people

from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import listing, statements
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.queries.scope import sessions as sessions_of
from canone.desks.assistance.queries.totals import totals
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.services import accounting, splitting, undoing
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge
from canone.registers.catalog.rules.terms import Overlap
from canone.registers.parties.models import Group

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "results"}


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


@pytest.fixture
def office(who: People) -> Client:
    client = Client()
    client.force_login(who.colleague)
    return client


def today(group: Group) -> list[RemoteSession]:
    """Return the chain of this morning, so that the list shows it without a filter."""
    start = timezone.now() - timedelta(hours=5)
    return [
        make.session(group, start=start + timedelta(minutes=begin), seconds=60 * length)
        for begin, length in ((0, 10), (13, 7), (23, 8))
    ]


def test_the_list_shows_one_row_that_opens_its_sessions(office: Client, group: Group) -> None:
    first, *others = today(group)
    page = office.get(reverse("assistance:list"), {"group": group.pk}).content.decode()
    fold = page.split('<tbody class="cn-fold">')[1].split("<tfoot")[0]
    assert fold.count("data-row") == 4
    assert "28,00" in fold
    assert "3 assistenze come una" in fold
    assert "5 minuti" in fold
    for session in (first, *others):
        assert f"extra-{session.pk}" in fold
    assert page.count("data-row") == 4
    assert fold.count(reverse("assistance:account", args=[first.pk])) == 2


def test_a_session_whose_piece_stands_elsewhere_has_a_row_with_the_way_there(
    office: Client, group: Group
) -> None:
    first, second, _third = today(group)
    RemoteSession.objects.filter(pk=second.pk).update(device_name="ALTRO")
    page = office.get(
        reverse("assistance:list"), {"group": group.pk, "device": "ALTRO"}
    ).content.decode()
    assert "cn-fold" not in page
    assert reverse("assistance:session", args=[first.pk]) in page


def test_pieces_ask_no_more_questions_however_many(office: Client, group: Group) -> None:
    sessions = today(group)
    url = reverse("assistance:list") + f"?group={group.pk}"
    accounting.account_one(
        session_id=sessions[0].pk, day=timezone.now().date(), at=timezone.now(), by=None
    )
    later = timedelta(hours=1)
    make.session(group, start=sessions[0].started_at + later, seconds=60)
    make.session(group, start=sessions[0].started_at + later + timedelta(minutes=2), seconds=60)

    def more() -> None:
        for number in range(2, 5):
            for minute in (0, 2):
                start = sessions[0].started_at + number * later / 2 + timedelta(minutes=minute)
                make.session(group, start=start, seconds=60)

    assert_fixed_queries(office, url, more)


def test_a_click_takes_apart_and_another_puts_together(office: Client, group: Group) -> None:
    _first, _second, third = today(group)
    query = {"filter": f"group={group.pk}"}
    apart_url = reverse("assistance:take_apart", args=[third.pk])
    page = office.post(apart_url, query, **HX).content.decode()
    assert "conta da sola" in page
    assert "24,00" in page
    page = office.post(apart_url, query | {"whole": "1"}, **HX).content.decode()
    assert "data-report" in page
    back = reverse("assistance:put_together", args=[third.pk])
    page = office.post(back, query, **HX).content.decode()
    assert "28,00" in page
    accounting.account_one(
        session_id=third.pk, day=timezone.now().date(), at=timezone.now(), by=None
    )
    page = office.post(apart_url, query, **HX).content.decode()
    assert "Annulli prima" in page
    page = office.get(reverse("assistance:list"), {"group": group.pk}).content.decode()
    assert "cn-fold" in page  # accounted together, shown together
    assert apart_url not in page


def test_who_may_not_take_apart_finds_no_such_page(who: People, group: Group) -> None:
    session = today(group)[0]
    client = Client()
    client.force_login(who.technician)
    RemoteSession.objects.update(technician=who.technician)
    url = reverse("assistance:take_apart", args=[session.pk])
    assert client.post(url).status_code == 404
    page = client.get(reverse("assistance:list"), {"group": group.pk}).content.decode()
    assert "cn-fold" in page
    assert url not in page
    assert "28,00" not in page


def test_the_filter_knows_what_is_priced_together(
    office: Client, group: Group, who: People
) -> None:
    chained = today(group)
    alone = make.session(group, start=chained[0].started_at - timedelta(hours=1))
    now = timezone.now()

    def found(*, together: bool) -> set[int]:
        chosen = Scope(together=together)
        rows = sessions_of(chosen, user=who.owner, day=now.date(), now=now)
        assert totals(chosen, user=who.owner, day=now.date(), now=now).whole.count == rows.count()
        return set(rows.values_list("id", flat=True))

    every = {session.pk for session in chained}
    assert (found(together=True), found(together=False)) == (every, {alone.pk})
    accounting.account_one(session_id=chained[0].pk, day=now.date(), at=now, by=None)
    accounting.account_one(session_id=alone.pk, day=now.date(), at=now, by=None)
    assert (found(together=True), found(together=False)) == (every, {alone.pk})
    page = office.get(
        reverse("assistance:list"), {"group": group.pk, "together": "no"}
    ).content.decode()
    assert page.count("data-row") == 1


def test_files_name_the_session_that_carries_the_price(office: Client, group: Group) -> None:
    first, *_others = today(group)
    answer = office.get(reverse("assistance:list"), {"group": group.pk, "format": "csv"})
    title, *lines = answer.getvalue().decode("utf-8-sig").splitlines()
    column = title.split(";").index("Prezzata con il numero")
    assert [line.split(";")[column] for line in lines] == [str(first.pk)] * 3


def test_the_statement_follows_the_split(group: Group, who: People) -> None:
    sessions = chain(group)
    chosen = Scope(group_id=group.pk)

    def shown() -> tuple[list[str], str]:
        data = statements.data(chosen, group, user=who.owner, day=DAY, now=AFTER)
        return [row[-1] for row in data["rows"]], data["foot"][0][-1]

    assert shown() == (["28,00\xa0€", "–", "–"], "28,00\xa0€")
    apart(sessions[2], who)
    assert shown() == (["24,00\xa0€", "–", "20,00\xa0€"], "44,00\xa0€")


def test_list_foot_and_accounting_agree_across_the_groups_of_a_customer(who: People) -> None:
    first = make.priced_group(
        initial_minutes=0,
        initial_price="0",
        step_minutes=1,
        step_price="1.00",
        overlap=Overlap.CUSTOMER,
    )
    second = parties.group(first.party)
    make.assignment(second, first.assignments.get().tariff)
    early = make.session(first, seconds=1800)
    late = make.session(second, start=NOON + timedelta(minutes=15), seconds=35 * 60)
    (row,) = listing.shown([early], day=DAY, now=AFTER)
    assert (str(row.price), row.members) == ("50.00", (early.pk, late.pk))
    assert prices(who) == ["50.00", "0.00"]
    chosen = Scope(group_id=first.pk)
    assert totals(chosen, user=who.owner, day=DAY, now=AFTER).whole.cents == 5000
    accounting.account_one(session_id=late.pk, day=DAY, at=AFTER, by=who.owner.pk)
    assert prices(who) == ["50.00", "0.00"]
