"""Ends lots after their last day and carries over what the pool carries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from canone.ledgers.allowances.models import Allowance, Entry, Lot
from canone.ledgers.allowances.rules import expiry as rules
from canone.ledgers.allowances.rules.expiry import Rollover
from canone.ledgers.allowances.services.book import (
    Book,
    Kind,
    NewEntry,
    OpenLot,
    OpenPool,
    UnknownPoolError,
)

LIMIT = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """How many lots ended, and what they lost and carried over."""

    lots: int = 0
    expired: int = 0
    carried: int = 0

    def __add__(self, other: Swept) -> Swept:
        return Swept(
            self.lots + other.lots, self.expired + other.expired, self.carried + other.carried
        )


@transaction.atomic
def expire(*, day: date, at: datetime, by: int | None, limit: int = LIMIT) -> Swept:
    """Return what ended before `day`, a day of the firm's zone; at most `limit` lots.

    Run it until it returns none: each call is a short transaction. A pool that rolls over carries
    what it may, but nothing twice.
    """
    ended = (
        Lot.objects.filter(remaining__gt=0, expires_on__lt=day)
        .order_by("expires_on", "pk")
        .values_list("pk", "allowance__owner")[:limit]
    )
    return _sweep(dict(ended), None, day, (at, by))


@transaction.atomic
def roll_over(*, owner: str, rollover: Rollover, day: date, at: datetime, by: int | None) -> Swept:
    """Return what ended before `day` in one pool and was carried over as `rollover` says."""
    pool = Allowance.objects.filter(owner=owner).first()
    if pool is None:
        raise UnknownPoolError(owner)
    ended = Lot.objects.filter(allowance=pool, remaining__gt=0, expires_on__lt=day)
    return _sweep(dict.fromkeys(ended.values_list("pk", flat=True), owner), rollover, day, (at, by))


def _sweep(
    owners: dict[int, str],
    rollover: Rollover | None,
    day: date,
    when: tuple[datetime, int | None],
) -> Swept:
    ledger = Book(at=when[0], by=when[1])
    ledger.open(owners.values())
    carried = _carried_lots(owners)
    total = Swept()
    for lot_id, owner in owners.items():
        pool = ledger.pools[owner]
        lot = pool.lots.get(lot_id)
        # another writer may have emptied it between the look and the lock
        if lot is None or lot.remaining <= 0 or not rules.is_over(lot.expires_on, day=day):
            continue
        rule = rollover or pool.row.rollover
        total += _end(ledger, pool, lot, None if lot_id in carried else rule)
    for owner in set(owners.values()):
        ledger.settle(ledger.pools[owner])
        ledger.pools[owner].watch(tell=True)
    ledger.close()
    return total


def _carried_lots(lot_ids: Iterable[int]) -> set[int]:
    rows = Entry.objects.filter(kind=Kind.ROLLOVER, lot__in=list(lot_ids))
    return set(rows.values_list("lot", flat=True))


def _end(ledger: Book, pool: OpenPool, lot: OpenLot, rollover: Rollover | None) -> Swept:
    """Post what a lot has left as expired, and what of it is carried over as a new lot."""
    if lot.expires_on is None:
        raise TypeError(f"lot {lot.id} has no last day")
    left = lot.remaining
    lot.expiries += 1
    origin = f"lot:{lot.id}"
    expiry = NewEntry(pool, origin, lot.expiries, Kind.EXPIRY.value, -left, lot.expires_on)
    ledger.post(expiry)
    ledger.take(expiry, lot, left)
    kept = rollover.carried(left) if rollover else 0
    lot.lost += left - kept
    lot.carried += kept
    if rollover and kept:
        entry = NewEntry(
            pool,
            origin,
            lot.expiries,
            Kind.ROLLOVER.value,
            kept,
            lot.expires_on,
            expires_on=rollover.until(lot.expires_on),
        )
        ledger.post(entry)
        ledger.add_lot(entry, kept)
    return Swept(1, left, kept)
