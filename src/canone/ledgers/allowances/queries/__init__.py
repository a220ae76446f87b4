"""What pools hold, who owns them, how they got there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max, Min, Q, QuerySet, Sum

from canone.base.access.models import User
from canone.ledgers.allowances.models import Allowance, Entry, Lot
from canone.ledgers.allowances.rules import thresholds
from canone.ledgers.allowances.rules.thresholds import State

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Balance:
    """What a pool was given, consumed and lost, what is left, and what that is called.

    `next_expiry` is the last day of the lot that ends first, `expiring` what it has left.
    """

    allowance_id: int
    owner: str
    unit: str
    granted: int
    topped_up: int
    consumed: int
    expired: int
    balance: int
    base: int
    thresholds: tuple[str, ...]
    state: State
    next_expiry: date | None = None
    expiring: int = 0


@dataclass(frozen=True, slots=True)
class Projection:
    """A balance, what is pending, and what will be left."""

    balance: int
    pending: int
    projected: int
    state: State


def state_of(pool: Allowance) -> State:
    """Return the state of the pool's balance."""
    return thresholds.state(thresholds.read(pool.thresholds), balance=pool.balance, base=pool.base)


def balances(owners: Sequence[str]) -> dict[str, Balance]:
    """Return the balance of every owner that has a pool."""
    found: dict[str, Balance] = {}
    for start in range(0, len(owners), CHUNK):
        pools = {
            pool.pk: pool
            for pool in Allowance.objects.filter(owner__in=owners[start : start + CHUNK])
        }
        ends = _next_expiries(list(pools))
        for pool in pools.values():
            last, left = ends.get(pool.pk, (None, 0))
            found[pool.owner] = Balance(
                pool.pk,
                pool.owner,
                pool.unit,
                pool.granted,
                pool.topped_up,
                pool.consumed,
                pool.expired,
                pool.balance,
                pool.base,
                tuple(pool.thresholds),
                state_of(pool),
                last,
                left,
            )
    return found


def projected(pending: Mapping[str, int]) -> dict[str, Projection]:
    """Return what is left of every owner's pool after the pending quantities."""
    found: dict[str, Projection] = {}
    for owner, balance in balances(list(pending)).items():
        after = balance.balance - pending[owner]
        limits = thresholds.read(balance.thresholds)
        state = thresholds.state(limits, balance=after, base=balance.base)
        found[owner] = Projection(balance.balance, pending[owner], after, state)
    return found


def pools(user: User) -> QuerySet[Allowance]:
    """Return the pools that `user` may see, with their customers."""
    return Allowance.objects.visible_to(user).select_related("customer")


def in_state(rows: QuerySet[Allowance], state: State) -> QuerySet[Allowance]:
    """Return those of the pools whose balance is in the state."""
    conditions = {
        State.OVER: Q(balance__lt=0),
        State.USED_UP: Q(balance=0),
        State.LOW: Q(balance__gt=0, balance__lte=F("low_at")),
        State.REGULAR: Q(balance__gt=F("low_at")),
    }
    return rows.filter(conditions[state])


def movements(pool: Allowance) -> QuerySet[Entry]:
    """Return the pool's movements, newest first; `balance_after` runs along."""
    return (
        Entry.objects.filter(allowance=pool)
        .select_related("posted_by", "reversal", "reverses")
        .order_by("-pk")
    )


def lots(pool: Allowance) -> QuerySet[Lot]:
    """Return the lots that have something left, in the order in which they are consumed."""
    return (
        Lot.objects.filter(allowance=pool, remaining__gt=0)
        .select_related("entry")
        .order_by(F("expires_on").asc(nulls_last=True), "pk")
    )


def entries_of(origins: Sequence[str]) -> dict[str, list[Entry]]:
    """Return the movements of every origin, oldest first."""
    found: dict[str, list[Entry]] = {origin: [] for origin in origins}
    for start in range(0, len(origins), CHUNK):
        rows = Entry.objects.filter(origin__in=origins[start : start + CHUNK]).order_by("pk")
        for entry in rows:
            found[entry.origin].append(entry)
    return found


def next_revisions(origins: Sequence[str], *, kind: str = Entry.Kind.DRAW) -> dict[str, int]:
    """Return, for every origin, the revision that its next movement of `kind` takes."""
    following = dict.fromkeys(origins, 1)
    for start in range(0, len(origins), CHUNK):
        rows = Entry.objects.filter(kind=kind, origin__in=origins[start : start + CHUNK])
        last = rows.values_list("origin").annotate(last=Max("revision"))
        following.update({origin: number + 1 for origin, number in last})
    return following


def discrepancies() -> list[str]:
    """Return the owners whose sums, entries and lots do not agree; none in a sound database."""
    entries = dict(Entry.objects.order_by().values_list("allowance").annotate(sum=Sum("quantity")))
    left = dict(Lot.objects.order_by().values_list("allowance").annotate(sum=Sum("remaining")))
    return [
        owner
        for number, owner, balance in Allowance.objects.values_list("pk", "owner", "balance")
        if not balance == entries.get(number, 0) == left.get(number, 0)
    ]


def _next_expiries(pool_ids: Sequence[int]) -> dict[int, tuple[date, int]]:
    rows = Lot.objects.filter(
        allowance__in=pool_ids, remaining__gt=0, expires_on__isnull=False
    ).order_by()
    first = dict(rows.values_list("allowance").annotate(first=Min("expires_on")))
    sums = rows.values_list("allowance", "expires_on").annotate(left=Sum("remaining"))
    return {
        pool: (last, left) for pool, last, left in sums if last is not None and first[pool] == last
    }
