"""Draws on pools, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from canone.ledgers.allowances.models import Entry
from canone.ledgers.allowances.rules import draws as rules
from canone.ledgers.allowances.rules.draws import Policy
from canone.ledgers.allowances.services import book
from canone.ledgers.allowances.services.book import Book, Kind, NewEntry, OpenPool


@dataclass(frozen=True, slots=True)
class Draw:
    """What a piece of work needs from a pool; `day` is the day it started, in the firm's zone.

    `policy` is `negative`, `refuse` or `overage`: what happens when the pool does not suffice.
    """

    owner: str
    origin: str
    revision: int
    quantity: int
    day: date
    policy: str = Policy.NEGATIVE.value
    note: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of a draw: `drawn` from the pool, `overage` left to be priced by the caller.

    A refused draw wrote nothing and has no entry. `balance` is the pool's after this draw.
    `is_known` says that the draw was on record already and nothing was written.
    """

    entry_id: int | None
    drawn: int
    overage: int
    balance: int
    is_refused: bool = False
    is_known: bool = False


Key = tuple[str, int]


@transaction.atomic
def draw(draws: Sequence[Draw], *, at: datetime, by: int | None) -> list[Drawn]:
    """Return what came of each draw, in their order, each after the ones before it.

    The pools stay locked until the caller's transaction ends, so that of two draws at the same
    time the second sees what the first left. Draws on record (origin, revision) are passed over
    with their result. Raises UnknownPoolError, and KeyTakenError when one is on record with
    another pool or quantity; then nothing is written.
    """
    if not draws:
        return []
    ledger = Book(at=at, by=by)
    earliest = min(item.day for item in draws)
    ledger.open({item.owner for item in draws}, lost_since=earliest, debts=False)
    known = book.on_record(Kind.DRAW, [(item.origin, item.revision) for item in draws])
    made: dict[Key, tuple[Draw, NewEntry]] = {}
    results: list[Drawn | NewEntry] = []
    for item in draws:
        key = (item.origin, item.revision)
        if key in known:
            results.append(_recorded(item, known[key], ledger.pools[item.owner]))
        elif key in made:
            first, entry = made[key]
            if (first.owner, first.quantity) != (item.owner, item.quantity):
                raise book.KeyTakenError(*key)
            results.append(entry)
        else:
            entry_or_refusal = _draw(ledger, item)
            if isinstance(entry_or_refusal, NewEntry):
                made[key] = (item, entry_or_refusal)
            results.append(entry_or_refusal)
    ledger.close()
    return [_told(result) for result in results]


def _draw(ledger: Book, item: Draw) -> NewEntry | Drawn:
    pool = ledger.pools[item.owner]
    plan = rules.plan(
        [lot.view() for lot in pool.lots.values()],
        item.quantity,
        day=item.day,
        policy=Policy(item.policy),
    )
    if plan.is_refused:
        return Drawn(None, 0, 0, pool.balance, is_refused=True)
    if plan.restored:
        _restore(ledger, pool, item, plan)
    entry = NewEntry(
        pool,
        item.origin,
        item.revision,
        Kind.DRAW.value,
        -plan.drawn,
        item.day,
        plan.overage,
        note=item.note,
    )
    ledger.post(entry)
    for share in (*plan.taken, *plan.restored):
        ledger.take(entry, pool.lots[share.lot], share.quantity)
    if plan.debt:
        ledger.add_lot(entry, -plan.debt)
    pool.watch(tell=True)
    return entry


def _restore(ledger: Book, pool: OpenPool, item: Draw, plan: rules.Plan) -> None:
    """Give back what expired after this work was done, as far as it is needed."""
    quantity = sum(share.quantity for share in plan.restored)
    entry = NewEntry(
        pool, item.origin, item.revision, Kind.RESTORED.value, quantity, item.day, note=item.note
    )
    ledger.post(entry)
    for share in plan.restored:
        lot = pool.lots[share.lot]
        lot.lost -= share.quantity
        ledger.take(entry, lot, -share.quantity)


def _recorded(item: Draw, row: Entry, pool: OpenPool) -> Drawn:
    if row.allowance_id != pool.id or -row.quantity + row.overage != item.quantity:
        raise book.KeyTakenError(item.origin, item.revision)
    return Drawn(row.pk, -row.quantity, row.overage, row.balance_after, is_known=True)


def _told(result: Drawn | NewEntry) -> Drawn:
    if isinstance(result, Drawn):
        return result
    return Drawn(result.id, -result.quantity, result.overage, result.balance_after)
