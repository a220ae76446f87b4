"""Pools locked for writing, with what is to be written; everything else here moves through it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from json.encoder import encode_basestring as quoted
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from canone.base import bulk
from canone.base.events import services as outbox
from canone.base.history import services as history
from canone.ledgers.allowances.events import AllowanceLow
from canone.ledgers.allowances.models import Allowance, Entry, Lot, Use
from canone.ledgers.allowances.rules import draws, thresholds
from canone.ledgers.allowances.rules.thresholds import Threshold

Kind = Entry.Kind
ENTRY_COLUMNS = (
    "id",
    "allowance_id",
    "origin",
    "revision",
    "kind",
    "quantity",
    "overage",
    "amount",
    "day",
    "expires_on",
    "note",
    "balance_after",
    "reverses_id",
    "posted_at",
    "posted_by_id",
)
LOT_COLUMNS = (
    "id",
    "allowance_id",
    "entry_id",
    "day",
    "expires_on",
    "remaining",
    "lost",
    "carried",
    "expiries",
)
SUMS = ("granted", "topped_up", "consumed", "expired", "balance", "base")
SIDES = {
    Kind.GRANT: ("granted", 1),
    Kind.TOP_UP: ("topped_up", 1),
    Kind.DRAW: ("consumed", -1),
    Kind.EXPIRY: ("expired", -1),
    Kind.ROLLOVER: ("expired", -1),
    Kind.RESTORED: ("expired", -1),
}


class AllowanceError(Exception):
    """A movement that cannot be; its text is for the reader of a page."""


class UnknownPoolError(AllowanceError):
    """No pool belongs to this owner."""

    def __init__(self, owner: str) -> None:
        super().__init__(_("There are no prepaid hours for %(owner)s.") % {"owner": owner})
        self.owner = owner


class KeyTakenError(AllowanceError):
    """The origin and revision were used for another movement."""

    def __init__(self, origin: str, revision: int) -> None:
        super().__init__(
            _("%(origin)s (revision %(revision)s) is on record with other values.")
            % {"origin": origin, "revision": revision}
        )
        self.origin = origin
        self.revision = revision


@dataclass(slots=True, eq=False)
class OpenLot:
    """A lot in memory; until it is written it has a place below zero instead of an id.

    `entry` is the movement that made it: one that is to be written, or the id of one on record.
    """

    id: int
    entry: NewEntry | int
    day: date
    expires_on: date | None
    remaining: int
    lost: int = 0
    carried: int = 0
    expiries: int = 0
    is_changed: bool = False

    def view(self) -> draws.Lot:
        """Return the lot as the rules see it."""
        return draws.Lot(self.id, self.remaining, self.lost, self.expires_on)


@dataclass(slots=True, eq=False)
class NewEntry:
    """A movement that is to be written."""

    pool: OpenPool
    origin: str
    revision: int
    kind: str
    quantity: int
    day: date
    overage: int = 0
    amount: int = 0
    expires_on: date | None = None
    note: str = ""
    reverses: int | None = None
    balance_after: int = 0
    id: int = 0


@dataclass(slots=True, eq=False)
class OpenPool:
    """A pool in memory, locked; lots are loaded once, with those that may still matter."""

    id: int
    owner: str
    customer_id: int
    row: Allowance
    sums: dict[str, int]
    thresholds: tuple[Threshold, ...]
    low: tuple[str, ...]
    lots: dict[int, OpenLot] = field(default_factory=dict)
    crossed: Threshold | None = None

    @property
    def balance(self) -> int:
        """The balance as it stands after what is to be written."""
        return self.sums["balance"]

    def watch(self, *, tell: bool) -> None:
        """Note which thresholds the balance has come to; `tell` the lowest that is new."""
        if not self.thresholds:
            return
        reached = thresholds.reached(self.thresholds, balance=self.balance, base=self.sums["base"])
        fresh = [threshold for threshold in reached if str(threshold) not in self.low]
        if fresh and tell:
            self.crossed = fresh[0]
        self.low = tuple(str(threshold) for threshold in reached)


class Book:
    """Locked pools and the movements that `close` writes, all in the caller's transaction."""

    def __init__(self, *, at: datetime, by: int | None) -> None:
        self.at = at
        self.by = by
        self.pools: dict[str, OpenPool] = {}
        self.entries: list[NewEntry] = []
        self.uses: list[tuple[NewEntry | int, OpenLot, int]] = []
        self._new_lots: list[OpenLot] = []

    def open(
        self, owners: Iterable[str], *, lost_since: date | None = None, debts: bool = True
    ) -> None:
        """Lock the pools of the owners and load what their lots have left, and owe.

        `lost_since` also loads what lots lost whose last day is not before it. Pools are locked
        in one order, so two writers never wait for each other in a circle.
        """
        wanted = sorted(set(owners) - set(self.pools))
        rows = Allowance.objects.select_for_update().filter(owner__in=wanted).order_by("pk")
        found = {row.owner: row for row in rows}
        for owner in wanted:
            if owner not in found:
                raise UnknownPoolError(owner)
            self.pools[owner] = _open(found[owner])
        by_id = {pool.id: pool for pool in self.pools.values() if pool.owner in found}
        condition = ~Q(remaining=0) if debts else Q(remaining__gt=0)
        if lost_since is not None:
            condition |= Q(lost__gt=0, expires_on__gte=lost_since)
        for lot in Lot.objects.filter(condition, allowance__in=list(by_id)).order_by("pk"):
            load(by_id[lot.allowance_id], lot)

    def post(self, entry: NewEntry, *, side: str = "") -> NewEntry:
        """Return the movement, added to the pool; `side` is the kind it is summed under."""
        column, sign = SIDES[Kind(side or entry.kind)]
        sums = entry.pool.sums
        sums[column] += sign * entry.quantity
        sums["balance"] += entry.quantity
        entry.balance_after = sums["balance"]
        self.entries.append(entry)
        return entry

    def add_lot(self, entry: NewEntry, remaining: int) -> OpenLot:
        """Return the new lot of a movement, a debt when `remaining` is below zero."""
        place = -1 - len(self._new_lots)
        lot = OpenLot(place, entry, entry.day, entry.expires_on, remaining)
        entry.pool.lots[place] = lot
        self._new_lots.append(lot)
        return lot

    def take(self, entry: NewEntry | int, lot: OpenLot, quantity: int) -> None:
        """Let a movement (or the id of one on record) take from a lot, or give back."""
        lot.remaining -= quantity
        lot.is_changed = True
        self.uses.append((entry, lot, quantity))

    def used(self, pool: OpenPool, entry_id: int) -> dict[OpenLot, int]:
        """Return what a movement on record took from lots, its debts paid since included."""
        found: dict[OpenLot, int] = {}
        for use in Use.objects.filter(entry=entry_id).select_related("lot").order_by("pk"):
            lot = load(pool, use.lot)
            found[lot] = found.get(lot, 0) + use.quantity
        for entry, lot, quantity in self.uses:
            if entry == entry_id:
                found[lot] = found.get(lot, 0) + quantity
        return found

    def settle(self, pool: OpenPool) -> None:
        """Pay debts of the pool from lots that may serve them."""
        debts = [lot for lot in pool.lots.values() if lot.remaining < 0]
        free = [lot for lot in pool.lots.values() if lot.remaining > 0]
        if not debts or not free:
            return
        ages = {lot.id: age for age, lot in enumerate(pool.lots.values())}
        by_age = {ages[lot.id]: lot for lot in debts}
        payments = draws.settle(
            [draws.Lot(ages[lot.id], lot.remaining, 0, lot.expires_on) for lot in free],
            [draws.Debt(age, -lot.remaining, lot.day) for age, lot in by_age.items()],
        )
        lots = {ages[lot.id]: lot for lot in free}
        for payment in payments:
            debt, lot = by_age[payment.debt], lots[payment.lot]
            debt.remaining += payment.quantity
            debt.is_changed = True
            self.take(debt.entry, lot, payment.quantity)

    def close(self) -> None:
        """Write everything: movements, lots, uses, sums, the journal; tell what came low."""
        if not self.entries:
            return
        for entry, number in zip(self.entries, bulk.reserve(Entry, len(self.entries)), strict=True):
            entry.id = number
        moment = bulk.instant(self.at)
        bulk.insert(Entry, ENTRY_COLUMNS, [self._row(entry, moment) for entry in self.entries])
        self._write_lots()
        self._write_sums()
        history.append([_fact(entry) for entry in self.entries], at=self.at, by=self.by)
        for pool in self.pools.values():
            if pool.crossed is not None and pool.row.is_active:
                outbox.publish(
                    AllowanceLow(
                        pool.owner, pool.customer_id, pool.balance, str(pool.crossed), pool.id
                    )
                )

    def _row(self, entry: NewEntry, moment: Any) -> tuple[Any, ...]:
        return (
            entry.id,
            entry.pool.id,
            entry.origin,
            entry.revision,
            entry.kind,
            entry.quantity,
            entry.overage,
            entry.amount,
            entry.day.isoformat(),
            entry.expires_on.isoformat() if entry.expires_on else None,
            entry.note,
            entry.balance_after,
            entry.reverses,
            moment,
            self.by,
        )

    def _write_lots(self) -> None:
        for lot, number in zip(self._new_lots, bulk.reserve(Lot, len(self._new_lots)), strict=True):
            lot.id = number
        bulk.insert(Lot, LOT_COLUMNS, [_lot_row(lot) for lot in self._new_lots])
        changed = [
            (lot.remaining, lot.lost, lot.carried, lot.expiries, lot.id)
            for pool in self.pools.values()
            for lot in pool.lots.values()
            if lot.is_changed and isinstance(lot.entry, int)
        ]
        bulk.update(Lot, ("remaining", "lost", "carried", "expiries"), changed)
        rows = [
            (entry if isinstance(entry, int) else entry.id, lot.id, quantity)
            for entry, lot, quantity in self.uses
        ]
        bulk.insert(Use, ("entry_id", "lot_id", "quantity"), rows)

    def _write_sums(self) -> None:
        rows = [
            (
                *(pool.sums[name] for name in SUMS),
                thresholds.low_at(pool.thresholds, base=pool.sums["base"]),
                history.canonical(list(pool.low)),
                pool.id,
            )
            for pool in {id(entry.pool): entry.pool for entry in self.entries}.values()
        ]
        bulk.update(Allowance, (*SUMS, "low_at", "low"), rows)


def load(pool: OpenPool, lot: Lot) -> OpenLot:
    """Return the lot in memory; loading it again returns the same."""
    return pool.lots.setdefault(
        lot.pk,
        OpenLot(
            lot.pk,
            lot.entry_id,
            lot.day,
            lot.expires_on,
            lot.remaining,
            lot.lost,
            lot.carried,
            lot.expiries,
        ),
    )


def on_record(kind: Kind, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Entry]:
    """Return the movements of this kind that the keys (origin, revision) name."""
    found: dict[tuple[str, int], Entry] = {}
    origins = list({origin for origin, _revision in keys})
    for start in range(0, len(origins), 500):
        rows = Entry.objects.filter(kind=kind, origin__in=origins[start : start + 500])
        found.update({(row.origin, row.revision): row for row in rows})
    return found


def _open(row: Allowance) -> OpenPool:
    return OpenPool(
        row.pk,
        row.owner,
        row.customer_id,
        row,
        {name: getattr(row, name) for name in SUMS},
        thresholds.read(row.thresholds),
        tuple(row.low),
    )


def _lot_row(lot: OpenLot) -> tuple[Any, ...]:
    if isinstance(lot.entry, int):
        raise TypeError(f"lot {lot.id} is on record")
    return (
        lot.id,
        lot.entry.pool.id,
        lot.entry.id,
        lot.day.isoformat(),
        lot.expires_on.isoformat() if lot.expires_on else None,
        lot.remaining,
        lot.lost,
        lot.carried,
        lot.expiries,
    )


def _fact(entry: NewEntry) -> history.Fact:
    """Return the fact of a movement; its JSON is written by hand, because runs draw 100,000."""
    last = f'"{entry.expires_on.isoformat()}"' if entry.expires_on else "null"
    return history.Fact(
        f"allowance.{entry.kind}",
        f"allowance:{entry.pool.id}",
        f'{{"amount":{entry.amount},"balance":{entry.balance_after},'
        f'"day":"{entry.day.isoformat()}","entry":{entry.id},"expires_on":{last},'
        f'"note":{quoted(entry.note)},"origin":{quoted(entry.origin)},'
        f'"overage":{entry.overage},"owner":{quoted(entry.pool.owner)},'
        f'"quantity":{entry.quantity},"reverses":{entry.reverses or "null"},'
        f'"revision":{entry.revision}}}',
    )
