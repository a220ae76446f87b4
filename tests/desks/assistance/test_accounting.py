"""Accounting, its refusals, its undoing: R8 to R17 of the reference."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.make import assistance as make
from tests.make import catalog, parties
from tests.make.assistance import AFTER, DAY, NOON
from tests.people import People, people

from canone.base.history import services as history
from canone.base.history.models import JournalEntry
from canone.desks.assistance.models import Accounting, RemoteSession
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.rules.states import Skip, State
from canone.desks.assistance.services import accounting, assignments, booking, sessions, undoing
from canone.kernel.money import Money
from canone.ledgers.allowances import queries as pools
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.services import charges, claims
from canone.registers.catalog.rules.terms import OnExhaust, Overlap
from canone.registers.catalog.services import tariffs

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> People:
    return people()


def lock(session: RemoteSession, who: People) -> RemoteSession:
    accounting.account_one(session_id=session.pk, day=DAY, at=AFTER, by=who.owner.pk)
    session.refresh_from_db()
    return session


def run(scope: Scope, who: People, limit: int = 2) -> list[accounting.Outcome]:
    outcomes = []
    after = None
    while True:
        outcome = accounting.account_next(
            scope, user=who.owner, day=DAY, at=AFTER, after=after, limit=limit
        )
        outcomes.append(outcome)
        after = outcome.after
        if outcome.is_last:
            return outcomes


def test_forty_two_minutes_cost_forty_four(who: People) -> None:
    session = lock(make.session(make.priced_group()), who)
    assert session.price == Money.of("44.00")
    assert session.total_minutes == 42
    charge = Charge.objects.get()
    assert (charge.origin, charge.revision, charge.amount) == (
        f"session:{session.pk}",
        1,
        Money.of("44.00"),
    )
    assert [step["amount"] for step in charge.explanation] == ["20.00", "24.00"]
    record = Accounting.objects.get()
    assert record.explanation == charge.explanation
    assert JournalEntry.objects.filter(kind="session.accounted").count() == 1
    assert history.verify() == []


def test_a_later_tariff_leaves_what_is_accounted_and_prices_what_is_not(who: People) -> None:
    tariff = catalog.tariff(initial_minutes=0, initial_price="0", step_minutes=1, step_price="1.00")
    group = parties.group()
    make.assignment(group, tariff)
    first = make.session(group, seconds=1800)
    second = make.session(group, seconds=1800)
    lock(first, who)
    terms = tariffs_terms(tariff, step_price="1.20")
    tariffs.revise(tariff=tariff, terms=terms, at=AFTER, by=None)
    lock(second, who)
    tariffs.revise(tariff=tariff, terms=tariffs_terms(tariff, step_price="2.00"), at=AFTER, by=None)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.price == Money.of("30.00")
    assert second.price == Money.of("36.00")


def tariffs_terms(tariff: object, **changes: str) -> object:
    return catalog.terms(
        initial_minutes=0, initial_price="0", step_minutes=1, **({"step_price": "1"} | changes)
    )


@pytest.mark.parametrize(
    ("session", "why"),
    [
        ({"seconds": 30, "extra_minutes": 60}, Skip.IGNORED),
        ({"seconds": None, "start": AFTER - timedelta(hours=1)}, Skip.RUNNING),
        ({"seconds": None}, Skip.ORPHAN),
    ],
)
def test_what_cannot_be_accounted_says_why(
    session: dict[str, object], why: Skip, who: People
) -> None:
    one = make.session(make.priced_group(minimum_minutes=3), **session)
    with pytest.raises(accounting.NotAccountableError) as caught:
        lock(one, who)
    assert caught.value.skip is why
    assert not Charge.objects.exists()


def test_without_a_group_or_a_profile_nothing_is_accounted(who: People) -> None:
    for group, why in ((None, Skip.UNASSIGNED), (parties.group(), Skip.NO_PROFILE)):
        with pytest.raises(accounting.NotAccountableError) as caught:
            lock(make.session(group), who)
        assert caught.value.skip is why


def test_a_profile_may_ask_for_a_note(who: People) -> None:
    session = make.session(make.priced_group(note_required=True))
    with pytest.raises(accounting.NotAccountableError) as caught:
        lock(session, who)
    assert caught.value.skip is Skip.NOTE_MISSING
    sessions.edit(session_id=session.pk, note="Stampante", at=AFTER)
    assert lock(session, who).price == Money.of("44.00")


def test_what_was_included_by_hand_is_priced_below_the_minimum(who: People) -> None:
    session = make.session(make.priced_group(minimum_minutes=10), seconds=120)
    sessions.include(session_id=session.pk, included=True, at=AFTER)
    assert lock(session, who).price == Money.of("20.00")


def test_accounting_twice_is_refused_and_charges_once(who: People) -> None:
    session = lock(make.session(make.priced_group()), who)
    with pytest.raises(accounting.NotAccountableError):
        lock(session, who)
    assert Charge.objects.count() == 1


@pytest.mark.parametrize("other", ["writes", "accounts"])
def test_what_somebody_wrote_on_since_it_was_read_is_not_accounted(
    other: str, who: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make.session(make.priced_group())
    book = booking.book

    def late(pieces: object, **given: object) -> object:
        if other == "writes":
            sessions.edit(session_id=session.pk, extra_minutes=30, at=AFTER)
        else:
            book(pieces, **given)  # type: ignore[arg-type]
        return book(pieces, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(booking, "book", late)
    with pytest.raises(accounting.NotAccountableError) as caught:
        lock(session, who)
    assert caught.value.skip is Skip.MOVED
    assert Charge.objects.count() == Accounting.objects.count() == (other == "accounts")
    assert history.verify() == []


def test_a_run_takes_the_pending_of_the_filter_in_order_and_lists_the_rest(who: People) -> None:
    group = make.priced_group(minimum_minutes=3)
    other = make.priced_group()
    inside = [make.session(group, start=NOON + timedelta(hours=n)) for n in range(5)]
    short = make.session(group, start=NOON + timedelta(minutes=30), seconds=60)
    outside = make.session(other)
    outcomes = run(Scope(group_id=group.pk), who)
    assert [key for outcome in outcomes for key in outcome.accounted] == [s.pk for s in inside]
    assert [pair for outcome in outcomes for pair in outcome.skipped] == [(short.pk, Skip.IGNORED)]
    assert sum(outcome.cents for outcome in outcomes) == 5 * 4400
    outside.refresh_from_db()
    assert outside.accounting_id is None
    assert [len(outcome.accounted) for outcome in run(Scope(group_id=group.pk), who)] == [0]


def test_a_run_for_a_state_does_not_run_away_from_itself(who: People) -> None:
    group = make.priced_group()
    for number in range(5):
        make.session(group, start=NOON + timedelta(minutes=number))
    outcomes = run(Scope(state=State.PENDING), who)
    assert sum(len(outcome.accounted) for outcome in outcomes) == 5


def test_a_technician_accounts_only_what_they_see(who: People) -> None:
    session = make.session(make.priced_group())
    with pytest.raises(RemoteSession.DoesNotExist):
        accounting.account_one(
            session_id=session.pk, day=DAY, at=AFTER, by=who.technician.pk, user=who.technician
        )


def test_undoing_reverses_and_the_next_accounting_is_the_next_revision(who: People) -> None:
    session = lock(make.session(make.priced_group()), who)
    undoing.undo(session_id=session.pk, reason="Cliente sbagliato", at=AFTER, by=who.owner)
    session.refresh_from_db()
    assert (session.accounting_id, session.price, session.total_minutes) == (None, None, None)
    assert sum(charge.amount.minor for charge in Charge.objects.all()) == 0
    lock(session, who)
    rows = Charge.objects.order_by("id").values_list("revision", "is_reversal", "amount")
    assert [(r, v, a.minor) for r, v, a in rows] == [
        (1, False, 4400),
        (1, True, -4400),
        (2, False, 4400),
    ]
    assert history.verify() == []


def test_undoing_wants_a_reason_and_stops_at_a_document(who: People) -> None:
    session = lock(make.session(make.priced_group()), who)
    with pytest.raises(undoing.ReasonMissingError):
        undoing.undo(session_id=session.pk, reason="  ", at=AFTER, by=who.owner)
    claims.claim(
        charge_ids=[Charge.objects.get().pk], document="2026/1012", at=AFTER, by=who.owner.pk
    )
    with pytest.raises(charges.OnDocumentError):
        undoing.undo(session_id=session.pk, reason="Errore", at=AFTER, by=who.owner)
    session.refresh_from_db()
    assert session.accounting_id is not None


@pytest.mark.parametrize(
    "change",
    [
        "seconds = 1",
        "extra_minutes = 5",
        "price = 1",
        "started_at = '2020-01-01 00:00:00+00:00'",
        "total_minutes = 1",
        "accounting_id = NULL",
        "group_id = NULL",
        "is_apart = TRUE",
    ],
)
def test_the_database_refuses_to_change_an_accounted_session(change: str, who: People) -> None:
    session = lock(make.session(make.priced_group()), who)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE assistance_remotesession SET {change} WHERE id = {session.pk}")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM assistance_accounting",
        "UPDATE assistance_accounting SET price = 0",
        "DELETE FROM assistance_remotesession",
    ],
)
def test_the_database_keeps_accountings(statement: str, who: People) -> None:
    lock(make.session(make.priced_group()), who)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_note_of_an_accounted_session_may_change_and_is_remembered(who: People) -> None:
    session = lock(make.session(make.priced_group(), note="prima"), who)
    sessions.edit(session_id=session.pk, note="dopo", at=AFTER)
    assert list(session.history.order_by("history_id").values_list("note", flat=True)) == [
        "prima",
        "dopo",
    ]


def test_extra_minutes_of_an_accounted_session_stay(who: People) -> None:
    session = lock(make.session(make.priced_group()), who)
    with pytest.raises(sessions.LockedError):
        sessions.edit(session_id=session.pk, extra_minutes=5, at=AFTER)


def subscribed(who: People, **terms: object) -> tuple[object, object]:
    tariff = make.subscription(**terms)
    group = parties.group()
    assignments.assign(
        tariff_id=tariff.pk,
        group_ids=[group.pk],
        starts_on=date(2026, 1, 1),
        by=who.owner.pk,
        at=NOON,
    )
    return tariff, group


def balance(tariff: object) -> int:
    key = f"tariff:{tariff.pk}"  # type: ignore[attr-defined]
    return pools.balances([key])[key].balance


def test_a_subscription_draws_steps_and_has_no_price(who: People) -> None:
    tariff, group = subscribed(who, total_minutes=600, amount="500.00", step_minutes=15)
    for minutes in (17, 45, 1):
        session = lock(make.session(group, seconds=60 * minutes), who)
        assert session.price is None
    assert balance(tariff) == 510
    assert [c.amount for c in Charge.objects.all()] == [Money.of("500.00")]


def test_a_pool_may_go_below_zero_and_undoing_gives_back(who: People) -> None:
    tariff, group = subscribed(who, total_minutes=60, amount="50.00", step_minutes=30)
    first = lock(make.session(group, seconds=40 * 60), who)
    lock(make.session(group, seconds=20 * 60), who)
    assert balance(tariff) == -30
    undoing.undo(session_id=first.pk, reason="Doppia", at=AFTER, by=who.owner)
    assert balance(tariff) == 30


def test_a_pool_that_refuses_leaves_the_session_pending(who: People) -> None:
    tariff, group = subscribed(
        who, total_minutes=30, amount="50.00", step_minutes=15, on_exhaust=OnExhaust.REFUSE
    )
    session = make.session(group, seconds=40 * 60)
    with pytest.raises(accounting.NotAccountableError) as caught:
        lock(session, who)
    assert caught.value.skip is Skip.POOL_EXHAUSTED
    assert balance(tariff) == 30


def test_overage_is_priced_by_the_hour(who: People) -> None:
    tariff, group = subscribed(
        who,
        total_minutes=20,
        amount="20.00",
        step_minutes=15,
        on_exhaust=OnExhaust.OVERAGE,
        overage_price="60.00",
    )
    session = lock(make.session(group, seconds=38 * 60), who)
    assert session.price == Money.of("25.00")
    assert balance(tariff) == 0
    charge = Charge.objects.get(origin=f"session:{session.pk}")
    assert charge.amount == Money.of("25.00")


def test_reconnections_are_one_piece_of_work(who: People) -> None:
    group = make.priced_group(merge_gap_minutes=5)
    first = make.session(group, seconds=600)
    second = make.session(group, start=NOON + timedelta(minutes=13), seconds=420)
    lock(second, who)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.price, second.price) == (Money.of("24.00"), Money.of("0.00"))
    assert second.accounting is not None
    assert second.accounting.head_id == first.accounting_id
    assert Charge.objects.count() == 1
    undone = undoing.undo(session_id=second.pk, reason="Errore", at=AFTER, by=who.owner)
    assert undone == [first.pk, second.pk]


def test_simultaneous_sessions_count_once_where_the_profile_says_so(who: People) -> None:
    group = make.priced_group(
        initial_minutes=0,
        initial_price="0",
        step_minutes=1,
        step_price="1.00",
        overlap=Overlap.CUSTOMER,
    )
    make.session(group, seconds=1800)
    make.session(group, start=NOON + timedelta(minutes=15), seconds=35 * 60)
    outcomes = run(Scope(), who, limit=1)
    assert sum(outcome.cents for outcome in outcomes) == 5000


def test_a_piece_of_work_is_not_cut_by_the_filter(who: People) -> None:
    group = make.priced_group(merge_gap_minutes=5)
    first = make.session(group, seconds=600, device_name="A")
    make.session(group, start=NOON + timedelta(minutes=13), seconds=420, device_name="B")
    outcomes = run(Scope(device="A"), who)
    assert outcomes[0].skipped == [(first.pk, Skip.GROUP_OUTSIDE)]
    assert not Charge.objects.exists()


def test_what_changes_between_reading_and_writing_is_not_accounted(
    who: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make.session(make.priced_group())
    real = booking.book

    def late(*args: object, **kwargs: object) -> object:
        sessions.edit(session_id=session.pk, extra_minutes=30, at=AFTER)
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(accounting.booking, "book", late)
    with pytest.raises(accounting.NotAccountableError) as caught:
        lock(session, who)
    assert caught.value.skip is Skip.MOVED
    assert not Charge.objects.exists()
    assert not Accounting.objects.exists()
