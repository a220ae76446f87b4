import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from tests.make import allowances as make
from tests.make import parties

from canone.base.history import queries as history
from canone.base.history import services as history_services
from canone.kernel.money import Money
from canone.ledgers.allowances import queries
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.rules.expiry import Rollover
from canone.ledgers.allowances.rules.thresholds import State
from canone.ledgers.allowances.services import book, draws, entries, expiry, pools
from canone.ledgers.allowances.services.draws import Draw

pytestmark = pytest.mark.django_db
AT, DAY = make.AT, make.DAY
END = date(2026, 12, 31)
NEW_YEAR = date(2027, 1, 1)


def _sums(pool: Allowance) -> tuple[int, int, int, int, int]:
    pool.refresh_from_db()
    return (pool.granted, pool.topped_up, pool.consumed, pool.expired, pool.balance)


def test_worked_example_9_steps_consume_ninety_of_ten_hours() -> None:
    pool = make.pool(granted=600)
    for minutes in (30, 45, 15):
        make.draw(pool, minutes)
    assert _sums(pool) == (600, 0, 90, 0, 510)


def test_worked_example_10_a_top_up_pays_the_debt_first() -> None:
    pool = make.pool(granted=60)
    make.draw(pool, 60)
    assert make.draw(pool, 30).balance == -30
    make.top_up(pool, 120)
    assert _sums(pool) == (60, 120, 90, 0, 90)
    assert [lot.remaining for lot in queries.lots(pool)] == [90]


def test_worked_example_11_the_pool_gives_what_it_has() -> None:
    pool = make.pool(granted=20)
    result = make.draw(pool, 45, policy="overage")
    assert (result.drawn, result.overage, result.balance) == (20, 25, 0)
    assert make.draw(pool, 15, policy="overage").overage == 15
    assert _sums(pool) == (20, 0, 20, 0, 0)


def test_a_refused_draw_writes_nothing() -> None:
    pool = make.pool(granted=20)
    result = make.draw(pool, 45, policy="refuse")
    assert result.is_refused
    assert (result.entry_id, result.balance) == (None, 20)
    assert not Entry.objects.filter(kind="draw").exists()
    assert not make.draw(pool, 20, policy="refuse").is_refused


def test_draws_of_one_call_see_each_other_and_come_back_in_order() -> None:
    pool, other = make.pool(granted=60), make.pool(granted=10)
    batch = [
        Draw(pool.owner, "session:a", 1, 50, DAY, "refuse"),
        Draw(other.owner, "session:b", 1, 10, DAY, "refuse"),
        Draw(pool.owner, "session:c", 1, 20, DAY, "refuse"),
        Draw(pool.owner, "session:d", 1, 10, DAY, "refuse"),
        Draw(pool.owner, "session:a", 1, 50, DAY, "refuse"),
    ]
    first = draws.draw(batch, at=AT, by=None)
    assert [result.is_refused for result in first] == [False, False, True, False, False]
    assert [result.balance for result in first] == [10, 0, 10, 0, 10]
    assert first[4].entry_id == first[0].entry_id
    again = draws.draw(batch, at=AT, by=None)
    assert [result.is_known for result in again] == [True, True, False, True, True]
    assert [r.entry_id for r in again] == [r.entry_id for r in first]
    assert (make.balance(pool), make.balance(other)) == (0, 0)


def test_a_known_draw_answers_as_it_did() -> None:
    pool = make.pool(granted=20)
    first = make.draw(pool, 45, origin="session:1", policy="overage")
    make.top_up(pool)
    again = make.draw(pool, 45, origin="session:1", policy="overage")
    assert (again.drawn, again.overage, again.balance) == (20, 25, first.balance)
    with pytest.raises(book.KeyTakenError):
        make.draw(pool, 46, origin="session:1", policy="overage")
    with pytest.raises(book.KeyTakenError):
        make.draw(make.pool(), 45, origin="session:1")


def test_nothing_of_a_call_is_written_when_a_pool_is_missing() -> None:
    pool = make.pool(granted=20)
    batch = [
        Draw(pool.owner, "session:a", 1, 10, DAY),
        Draw("tariff:none", "session:b", 1, 10, DAY),
    ]
    with pytest.raises(book.UnknownPoolError):
        draws.draw(batch, at=AT, by=None)
    assert make.balance(pool) == 20


def test_purchases_twice_are_once() -> None:
    pool = make.pool()
    first = make.grant(pool, 600, origin="assignment:1")
    assert make.grant(pool, 600, origin="assignment:1") == first
    assert make.balance(pool) == 600
    with pytest.raises(book.KeyTakenError):
        make.grant(pool, 601, origin="assignment:1")


@pytest.mark.parametrize(
    "wrong",
    [{"quantity": 0}, {"amount": Money(-1)}, {"expires_on": date(2026, 11, 1)}],
)
def test_a_purchase_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    pool = make.pool()
    with pytest.raises(entries.NotAPurchaseError):
        make.top_up(pool, **({"quantity": 10} | wrong))  # type: ignore[arg-type]
    assert make.balance(pool) == 0


def test_a_pool_is_opened_once() -> None:
    pool = make.pool(owner="tariff:1")
    same = pools.open_pool(
        owner="tariff:1", customer_id=pool.customer_id, title="Altro", at=AT, by=None
    )
    assert same == pool.pk
    assert Allowance.objects.get(pk=same).title == "Monte ore"
    with pytest.raises(pools.OwnerTakenError):
        make.pool(parties.party(), owner="tariff:1")


def test_what_is_left_expires_after_the_last_day() -> None:
    pool = make.pool()
    make.grant(pool, 60, expires_on=END)
    assert expiry.expire(day=END, at=AT, by=None).lots == 0
    swept = expiry.expire(day=NEW_YEAR, at=AT, by=None)
    assert (swept.lots, swept.expired, swept.carried) == (1, 60, 0)
    assert _sums(pool) == (60, 0, 0, 60, 0)
    assert expiry.expire(day=NEW_YEAR, at=AT, by=None).lots == 0


@pytest.mark.parametrize(("cap", "left"), [(None, 60), (30, 30)])
def test_what_is_left_is_carried_over_once(cap: int | None, left: int) -> None:
    pool = make.pool(rollover=Rollover(1, cap))
    make.grant(pool, 60, expires_on=END)
    expiry.expire(day=NEW_YEAR, at=AT, by=None)
    assert make.balance(pool) == left
    (lot,) = queries.lots(pool)
    assert lot.expires_on == date(2027, 1, 31)
    expiry.expire(day=date(2027, 2, 1), at=AT, by=None)
    assert _sums(pool) == (60, 0, 0, 60, 0)


@pytest.mark.parametrize(
    ("needed", "restored", "left"), [(20, 20, 30), (45, 30, 15), (70, 30, -10)]
)
def test_work_before_an_expiry_restores_what_it_needs(
    needed: int, restored: int, left: int
) -> None:
    pool = make.pool(rollover=Rollover(1, 30))
    make.grant(pool, 60, expires_on=END)
    expiry.expire(day=NEW_YEAR, at=AT, by=None)
    result = make.draw(pool, needed, day=date(2026, 12, 30))
    assert Entry.objects.get(kind="restored").quantity == restored
    assert (result.balance, make.balance(pool)) == (left, left)
    assert queries.discrepancies() == []


def test_work_after_an_expiry_restores_nothing() -> None:
    pool = make.pool()
    make.grant(pool, 60, expires_on=END)
    expiry.expire(day=NEW_YEAR, at=AT, by=None)
    assert make.draw(pool, 20, day=NEW_YEAR).balance == -20
    assert not Entry.objects.filter(kind="restored").exists()


def test_a_reversed_late_draw_expires_again() -> None:
    pool = make.pool()
    make.grant(pool, 60, expires_on=END)
    expiry.expire(day=NEW_YEAR, at=AT, by=None)
    late = make.draw(pool, 20, day=END)
    entries.reverse(entry_ids=[late.entry_id or 0], reason="x", day=NEW_YEAR, at=AT, by=None)
    assert make.balance(pool) == 20
    expiry.expire(day=NEW_YEAR, at=AT, by=None)
    assert _sums(pool) == (60, 0, 0, 60, 0)


def test_one_pool_is_carried_over_at_once() -> None:
    pool, other = make.pool(), make.pool()
    for one in (pool, other):
        make.grant(one, 60, expires_on=END)
    swept = expiry.roll_over(
        owner=pool.owner, rollover=Rollover(2, 45), day=NEW_YEAR, at=AT, by=None
    )
    assert (swept.lots, swept.expired, swept.carried) == (1, 60, 45)
    assert (make.balance(pool), make.balance(other)) == (45, 60)
    with pytest.raises(book.UnknownPoolError):
        expiry.roll_over(owner="x", rollover=Rollover(1), day=NEW_YEAR, at=AT, by=None)


def test_expiry_goes_on_in_short_steps() -> None:
    made = [make.pool() for _ in range(3)]
    for pool in made:
        make.grant(pool, 10, expires_on=END)
    steps = []
    while (swept := expiry.expire(day=NEW_YEAR, at=AT, by=None, limit=2)).lots:
        steps.append(swept.lots)
    assert steps == [2, 1]


def _undo(entry_id: int | None, reason: str = "Errore") -> int:
    number = entry_id or 0
    return entries.reverse(entry_ids=[number], reason=reason, day=DAY, at=AT, by=None)[number]


def test_the_corrections_of_the_document() -> None:
    pool = make.pool()
    granted = make.grant(pool, 600)
    drawn = make.draw(pool, 90)
    assert make.balance(pool) == 510
    _undo(make.top_up(pool, 120))
    assert _sums(pool) == (600, 0, 90, 0, 510)
    _undo(drawn.entry_id)
    assert _sums(pool) == (600, 0, 0, 0, 600)
    make.draw(pool, 90)
    _undo(granted)
    assert _sums(pool) == (0, 0, 90, 0, -90)
    make.top_up(pool, 100)
    assert [lot.remaining for lot in queries.lots(pool)] == [10]


def test_a_reversal_gives_back_to_the_lots_it_came_from() -> None:
    pool = make.pool()
    make.grant(pool, 60)
    make.top_up(pool, 30, expires_on=END)
    before = [(lot.pk, lot.remaining) for lot in queries.lots(pool)]
    drawn = make.draw(pool, 45)
    _undo(drawn.entry_id)
    assert [(lot.pk, lot.remaining) for lot in queries.lots(pool)] == before


def test_reversing_twice_is_once_and_needs_a_reason() -> None:
    pool = make.pool(granted=60)
    drawn = make.draw(pool, 45)
    assert _undo(drawn.entry_id) == _undo(drawn.entry_id)
    assert make.balance(pool) == 60
    with pytest.raises(entries.ReasonMissingError):
        _undo(drawn.entry_id, " ")
    with pytest.raises(entries.UnknownEntryError):
        _undo(10**9)


def test_draws_are_reversed_by_their_keys() -> None:
    pool = make.pool(granted=60)
    drawn = make.draw(pool, 45, origin="session:7", revision=2)
    keys = [("session:7", 2), ("session:8", 1)]
    done = entries.reverse_draws(keys=keys, reason="x", day=DAY, at=AT, by=None)
    assert list(done) == [("session:7", 2)]
    assert Entry.objects.get(pk=done["session:7", 2]).reverses_id == drawn.entry_id
    assert queries.next_revisions(["session:7", "session:8"]) == {"session:7": 3, "session:8": 1}


def test_what_follows_by_itself_is_not_reversed() -> None:
    pool = make.pool(rollover=Rollover(1, 30))
    granted = make.grant(pool, 60, expires_on=END)
    expiry.expire(day=NEW_YEAR, at=AT, by=None)
    for kind in ("expiry", "rollover"):
        with pytest.raises(entries.NotReversibleError):
            _undo(Entry.objects.get(kind=kind).pk)
    with (
        translation.override("en"),
        pytest.raises(entries.NotReversibleError, match="carried"),
    ):
        _undo(granted)


def test_what_expired_is_not_taken_back_twice() -> None:
    pool = make.pool()
    granted = make.grant(pool, 60, expires_on=END)
    make.draw(pool, 10)
    expiry.expire(day=NEW_YEAR, at=AT, by=None)
    _undo(granted)
    assert _sums(pool) == (0, 0, 10, 0, -10)


def test_what_returns_to_a_reversed_purchase_frees_the_lots_that_paid_for_it() -> None:
    pool = make.pool()
    wrong = make.top_up(pool, 50, expires_on=END)
    drawn = make.draw(pool, 50)
    make.grant(pool, 100)
    _undo(wrong)
    assert make.balance(pool) == 50
    _undo(drawn.entry_id)
    assert [(lot.expires_on, lot.remaining) for lot in queries.lots(pool)] == [(None, 100)]


def test_balances_say_what_is_left_and_until_when() -> None:
    pool = make.pool(thresholds=["60"])
    make.grant(pool, 100, expires_on=END)
    make.top_up(pool, 50, expires_on=date(2027, 6, 30))
    make.draw(pool, 30)
    found = queries.balances([pool.owner, "tariff:none"])
    assert list(found) == [pool.owner]
    balance = found[pool.owner]
    assert (balance.granted, balance.topped_up, balance.consumed) == (100, 50, 30)
    assert (balance.balance, balance.base, balance.state) == (120, 50, State.REGULAR)
    assert (balance.next_expiry, balance.expiring) == (END, 70)
    projection = queries.projected({pool.owner: 65})[pool.owner]
    assert (projection.projected, projection.state) == (55, State.LOW)
    assert queries.projected({pool.owner: 125})[pool.owner].state == State.OVER


def test_movements_carry_the_running_balance() -> None:
    pool = make.pool(granted=60)
    make.draw(pool, 45)
    make.top_up(pool, 10)
    rows = [(row.kind, row.quantity, row.balance_after) for row in queries.movements(pool)]
    assert rows == [("top_up", 10, 25), ("draw", -45, 15), ("grant", 60, 60)]


def test_every_movement_is_a_canonical_fact_of_the_journal() -> None:
    pool = make.pool(granted=60)
    _undo(make.draw(pool, 45, note='Città "x"').entry_id)
    facts = list(history.facts_of(f"allowance:{pool.pk}"))
    assert [fact.kind for fact in facts] == [
        "allowance.opened",
        "allowance.grant",
        "allowance.draw",
        "allowance.reversal",
    ]
    for fact in facts:
        assert history_services.canonical(json.loads(fact.payload)) == fact.payload
    assert json.loads(facts[2].payload)["quantity"] == -45
    assert history_services.verify() == []


@pytest.mark.parametrize("table", ["allowances_entry", "allowances_use"])
@pytest.mark.parametrize("change", ["UPDATE {} SET quantity = 1", "DELETE FROM {}"])
def test_the_database_refuses_to_alter_a_movement(table: str, change: str) -> None:
    make.draw(make.pool(granted=60), 45)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))
