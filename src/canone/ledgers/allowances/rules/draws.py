"""From which lots a draw takes, and what happens when they do not suffice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Policy(StrEnum):
    """What a draw does when the pool does not suffice."""

    NEGATIVE = "negative"
    REFUSE = "refuse"
    OVERAGE = "overage"


@dataclass(frozen=True, slots=True)
class Lot:
    """What one grant, top-up or carry-over has left; `lost` expired and was not carried over."""

    id: int
    remaining: int
    lost: int = 0
    expires_on: date | None = None

    def serves(self, day: date) -> bool:
        """Whether work that started on `day` may take from this lot; its last day is included."""
        return self.expires_on is None or day <= self.expires_on


@dataclass(frozen=True, slots=True)
class Debt:
    """What a movement consumed beyond the lots, for work of `day`."""

    id: int
    owed: int
    day: date


@dataclass(frozen=True, slots=True)
class Share:
    """A quantity out of one lot."""

    lot: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a draw does: `taken` of what lots have left, `restored` of what they lost, and a debt.

    `overage` is needed and not drawn. A refused draw does nothing.
    """

    taken: tuple[Share, ...] = ()
    restored: tuple[Share, ...] = ()
    debt: int = 0
    overage: int = 0
    is_refused: bool = False

    @property
    def drawn(self) -> int:
        """What the pool gives, debt included."""
        from_lots = sum(share.quantity for share in (*self.taken, *self.restored))
        return from_lots + self.debt


@dataclass(frozen=True, slots=True)
class Payment:
    """A part of a debt that a lot pays."""

    debt: int
    lot: int
    quantity: int


def plan(lots: Iterable[Lot], needed: int, *, day: date, policy: Policy) -> Plan:
    """Return how `needed` units for work of `day` are drawn, earliest expiry first.

    Raises ValueError below zero.
    """
    if needed < 0:
        raise ValueError("a draw is not negative")
    taken: list[Share] = []
    restored: list[Share] = []
    missing = needed
    for lot in in_order(lots):
        if missing == 0:
            break
        if not lot.serves(day):
            continue
        for quantity, shares in ((lot.remaining, taken), (lot.lost, restored)):
            part = min(missing, max(quantity, 0))
            if part:
                shares.append(Share(lot.id, part))
                missing -= part
    if missing and policy is Policy.REFUSE:
        return Plan(is_refused=True)
    is_overage = policy is Policy.OVERAGE
    return Plan(
        tuple(taken),
        tuple(restored),
        debt=0 if is_overage else missing,
        overage=missing if is_overage else 0,
    )


def settle(lots: Iterable[Lot], debts: Iterable[Debt]) -> tuple[Payment, ...]:
    """Return how the lots pay the debts: the oldest debt first, each from what expires first."""
    ordered = in_order(lots)
    left = {lot.id: lot.remaining for lot in ordered}
    payments: list[Payment] = []
    for debt in sorted(debts, key=lambda debt: debt.id):
        owed = debt.owed
        for lot in ordered:
            part = min(owed, max(left[lot.id], 0)) if lot.serves(debt.day) else 0
            if part:
                payments.append(Payment(debt.id, lot.id, part))
                left[lot.id] -= part
                owed -= part
    return tuple(payments)


def in_order(lots: Iterable[Lot]) -> Sequence[Lot]:
    """Return the lots as they are consumed: by last day, those without one at the end."""
    return sorted(lots, key=lambda lot: (lot.expires_on or date.max, lot.id))
