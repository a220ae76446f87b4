"""Grants, tops up and reverses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from canone.kernel.money import Money
from canone.ledgers.allowances.models import Entry, Lot
from canone.ledgers.allowances.rules import draws
from canone.ledgers.allowances.services import book
from canone.ledgers.allowances.services.book import (
    AllowanceError,
    Book,
    Kind,
    NewEntry,
    OpenLot,
    OpenPool,
)

PURCHASES = (Kind.GRANT, Kind.TOP_UP)
CHUNK = 500


class NotAPurchaseError(AllowanceError):
    """The quantity, amount or last day of a grant or top-up cannot be."""


class NotReversibleError(AllowanceError):
    """The movement is not corrected by a reversal."""


class UnknownEntryError(AllowanceError):
    """There is no movement with this id."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(_("There is no movement %(id)s.") % {"id": entry_id})
        self.entry_id = entry_id


class ReasonMissingError(AllowanceError):
    """A reversal says why."""

    def __init__(self) -> None:
        super().__init__(_("Write why it is reversed: the reason stays on record."))


def grant(  # noqa: PLR0913 (what a purchase is)
    *,
    owner: str,
    quantity: int,
    amount: Money,
    day: date,
    origin: str,
    at: datetime,
    by: int | None,
    revision: int = 1,
    expires_on: date | None = None,
    note: str = "",
) -> int:
    """Return the id of the movement that adds what the owner's agreement includes.

    `expires_on` is the last day it can be used. The same origin and revision again returns the
    movement on record; with other values it raises KeyTakenError. Raises UnknownPoolError,
    NotAPurchaseError.
    """
    return _buy(
        Kind.GRANT,
        owner,
        (origin, revision),
        (quantity, amount, day, expires_on, note),
        (at, by),
    )


def top_up(  # noqa: PLR0913 (what a purchase is)
    *,
    owner: str,
    quantity: int,
    amount: Money,
    day: date,
    origin: str,
    at: datetime,
    by: int | None,
    revision: int = 1,
    expires_on: date | None = None,
    note: str = "",
) -> int:
    """Return the id of the movement that adds what was bought besides; as `grant`."""
    return _buy(
        Kind.TOP_UP,
        owner,
        (origin, revision),
        (quantity, amount, day, expires_on, note),
        (at, by),
    )


@transaction.atomic
def reverse(
    *, entry_ids: Sequence[int], reason: str, day: date, at: datetime, by: int | None
) -> dict[int, int]:
    """Return the id of the reversal of each movement; what is reversed already is not again.

    All or none. Grants, top-ups and draws can be reversed; a grant of which a part was carried
    over raises NotReversibleError. Also raises UnknownEntryError, ReasonMissingError.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissingError
    wanted = sorted(set(entry_ids))
    rows: dict[int, Entry] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        rows.update(Entry.objects.select_related("allowance").in_bulk(part))
    for entry_id in wanted:
        if entry_id not in rows:
            raise UnknownEntryError(entry_id)
    ledger = Book(at=at, by=by)
    ledger.open({row.allowance.owner for row in rows.values()})
    done = dict(Entry.objects.filter(reverses__in=wanted).values_list("reverses_id", "pk"))
    new: dict[int, NewEntry] = {}
    # draws first: what they give back is then taken out of the lots whose purchase goes
    for entry_id in sorted(wanted, key=lambda number: rows[number].kind in PURCHASES):
        if entry_id not in done:
            new[entry_id] = _reverse(ledger, rows[entry_id], reason, day)
    ledger.close()
    return {**done, **{entry_id: entry.id for entry_id, entry in new.items()}}


def reverse_draws(
    *,
    keys: Sequence[tuple[str, int]],
    reason: str,
    day: date,
    at: datetime,
    by: int | None,
) -> dict[tuple[str, int], int]:
    """Return the id of the reversal of the draw of each (origin, revision) that has one."""
    with transaction.atomic():
        found = book.on_record(Kind.DRAW, keys)
        ids = {key: found[key].pk for key in keys if key in found}
        done = reverse(entry_ids=list(ids.values()), reason=reason, day=day, at=at, by=by)
        return {key: done[entry_id] for key, entry_id in ids.items()}


@transaction.atomic
def _buy(
    kind: Kind,
    owner: str,
    key: tuple[str, int],
    values: tuple[int, Money, date, date | None, str],
    when: tuple[datetime, int | None],
) -> int:
    quantity, amount, day, expires_on, note = values
    _check(quantity, amount, day, expires_on)
    ledger = Book(at=when[0], by=when[1])
    ledger.open([owner])
    pool = ledger.pools[owner]
    known = book.on_record(kind, [key]).get(key)
    if known is not None:
        same = (known.allowance_id, known.quantity, known.amount, known.expires_on)
        if same != (pool.id, quantity, amount, expires_on):
            raise book.KeyTakenError(*key)
        return known.pk
    entry = NewEntry(pool, *key, kind, quantity, day, 0, amount.minor, expires_on, note)
    ledger.post(entry)
    pool.sums["base"] = quantity
    ledger.add_lot(entry, quantity)
    ledger.settle(pool)
    pool.watch(tell=False)
    ledger.close()
    return entry.id


def _check(quantity: int, amount: Money, day: date, expires_on: date | None) -> None:
    if quantity <= 0:
        raise NotAPurchaseError(_("Enter a quantity above zero."))
    if amount.minor < 0:
        raise NotAPurchaseError(_("The amount is at least 0.00."))
    if expires_on is not None and expires_on < day:
        raise NotAPurchaseError(_("The last day comes before the date of purchase."))


def _reverse(ledger: Book, row: Entry, reason: str, day: date) -> NewEntry:
    pool = ledger.pools[row.allowance.owner]
    if row.kind == Kind.DRAW:
        return _reverse_draw(ledger, pool, row, reason, day)
    if row.kind in PURCHASES:
        return _reverse_purchase(ledger, pool, row, reason, day)
    raise NotReversibleError(
        _("Only grants, top-ups and consumption are reversed; the rest follows from them.")
    )


def _opposite(pool: OpenPool, row: Entry, quantity: int, reason: str, day: date) -> NewEntry:
    return NewEntry(
        pool,
        row.origin,
        row.revision,
        f"{Kind.REVERSAL}",
        quantity,
        day,
        0,
        -row.amount.minor,
        None,
        reason,
        row.pk,
    )


def _reverse_draw(ledger: Book, pool: OpenPool, row: Entry, reason: str, day: date) -> NewEntry:
    entry = ledger.post(_opposite(pool, row, -row.quantity, reason, day), side=Kind.DRAW)
    used = ledger.used(pool, row.pk)
    for lot, quantity in used.items():
        ledger.take(entry, lot, -quantity)
    debt = _debt_of(pool, row.pk)
    if debt is not None:
        debt.remaining, debt.is_changed = 0, True
    _free_others(ledger, pool, used)
    ledger.settle(pool)
    pool.watch(tell=False)
    return entry


def _debt_of(pool: OpenPool, entry_id: int) -> OpenLot | None:
    owed = (lot for lot in pool.lots.values() if lot.entry == entry_id and lot.remaining < 0)
    return next(owed, None)


def _free_others(ledger: Book, pool: OpenPool, lots: Iterable[OpenLot]) -> None:
    """Let what comes back to the lot of a reversed purchase free what other lots gave for it."""
    free = {lot.entry: lot for lot in lots if lot.remaining > 0}
    for reversal in Entry.objects.filter(reverses__in=[e for e in free if isinstance(e, int)]):
        lot = free[reversal.reverses_id or 0]
        debt = _debt_of(pool, reversal.pk)
        if debt is not None:
            part = min(lot.remaining, -debt.remaining)
            debt.remaining, debt.is_changed = debt.remaining + part, True
            ledger.take(reversal.pk, lot, part)
        for other, quantity in ledger.used(pool, reversal.pk).items():
            part = min(lot.remaining, quantity) if other is not lot else 0
            if part > 0:
                ledger.take(reversal.pk, lot, part)
                ledger.take(reversal.pk, other, -part)


def _reverse_purchase(ledger: Book, pool: OpenPool, row: Entry, reason: str, day: date) -> NewEntry:
    lot = book.load(pool, Lot.objects.get(entry=row.pk))
    if lot.carried:
        raise NotReversibleError(
            _("A part of it was carried over after its last day: it is not reversed any more.")
        )
    quantity = row.quantity - lot.lost
    entry = _opposite(pool, row, -quantity, reason, day)
    ledger.post(entry, side=row.kind)
    column, _sign = book.SIDES[Kind(row.kind)]
    pool.sums[column] -= lot.lost
    pool.sums["expired"] -= lot.lost
    left = lot.remaining
    ledger.take(entry, lot, left)
    lot.lost = 0
    _owe_again(ledger, pool, entry, quantity - left)
    pool.sums["base"] = _last_purchase(pool, without=row.pk)
    pool.watch(tell=True)
    return entry


def _owe_again(ledger: Book, pool: OpenPool, entry: NewEntry, consumed: int) -> None:
    """Take what was consumed of a reversed purchase from other lots; the rest is a debt."""
    lots = {lot.id: lot for lot in pool.lots.values() if lot.remaining > 0}
    views = [draws.Lot(lot.id, lot.remaining, 0, lot.expires_on) for lot in lots.values()]
    plan = draws.plan(views, consumed, day=entry.day, policy=draws.Policy.NEGATIVE)
    for share in plan.taken:
        ledger.take(entry, lots[share.lot], share.quantity)
    if plan.debt:
        ledger.add_lot(entry, -plan.debt)


def _last_purchase(pool: OpenPool, *, without: int) -> int:
    last = (
        Entry.objects.filter(allowance=pool.id, kind__in=PURCHASES, reversal__isnull=True)
        .exclude(pk=without)
        .order_by("-pk")
        .first()
    )
    return last.quantity if last else 0
