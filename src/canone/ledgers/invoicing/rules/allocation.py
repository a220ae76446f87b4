"""How money is shared out over due items, in cents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Open(NamedTuple):
    """A due item and what of it is open, negative for a credit note."""

    key: int
    amount: int


def oldest_first(items: Sequence[Open], amount: int) -> dict[int, int]:
    """Return a share of `amount` for each debt, in the order given, as far as it goes.

    Credit notes are passed over.
    """
    shares: dict[int, int] = {}
    for item in items:
        share = min(item.amount, amount)
        if share > 0:
            shares[item.key] = share
            amount -= share
    return shares


def offset(credits_: Sequence[Open], debts: Sequence[Open]) -> dict[int, int]:
    """Return the shares that set credits against debts; they sum to nothing."""
    available = sum(-credit.amount for credit in credits_ if credit.amount < 0)
    shares = oldest_first(debts, available)
    used = sum(shares.values())
    for credit in credits_:
        share = min(-credit.amount, used)
        if share > 0:
            shares[credit.key] = -share
            used -= share
    return shares


def fits(item: Open, share: int) -> bool:
    """Return whether the share has the sign of what is open and is not more than it."""
    if not share:
        return False
    return 0 < share <= item.amount if item.amount > 0 else item.amount <= share < 0
