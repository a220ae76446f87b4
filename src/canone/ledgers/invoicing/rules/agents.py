"""Which part of a document belongs to which agent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from canone.kernel.money import Money
from canone.ledgers.invoicing.rules.documents import WHOLE_BP

Agents = Sequence[tuple[str, int]]
"""Opaque keys with their shares of a contract, in hundredths of a percent."""


class Share(NamedTuple):
    """What of the taxable amount belongs to an agent: in hundredths of a percent, and in cents."""

    key: str
    basis_points: int
    amount: int


def shared(parts: Iterable[tuple[int, Agents]]) -> tuple[Share, ...]:
    """Return the agents of a document from the amounts of its contracts and their agents.

    Each amount is shared by itself, so that its cents sum to those of all its shares together:
    where they make up the whole, no cent is left and none is given twice. An agent of several
    contracts has the sum, and the share that it is of all contracts on the document.
    """
    known = list(parts)
    amounts: dict[str, int] = {}
    for net, agents in known:
        reached = given = 0
        for key, basis_points in agents:
            reached += basis_points
            through = Money(net).times(Fraction(reached, WHOLE_BP)).minor
            amounts[key] = amounts.get(key, 0) + through - given
            given = through
    agreed = {tuple(agents) for _net, agents in known}
    if len(agreed) == 1:
        return tuple(Share(key, share, amounts[key]) for key, share in agreed.pop())
    whole = sum(net for net, _agents in known)
    return tuple(
        Share(key, Money(WHOLE_BP).times(Fraction(amount, whole)).minor if whole else 0, amount)
        for key, amount in amounts.items()
    )
