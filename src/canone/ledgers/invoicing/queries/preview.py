"""The preview of a run in figures; its pages read `planning` itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from canone.ledgers.invoicing.queries import planning
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.plan import Plan


@dataclass(slots=True)
class Sums:
    """What a run comes to: documents, charges, cents, and what is left out by reason."""

    documents: int = 0
    charges: int = 0
    net: int = 0
    gross: int = 0
    left_out: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By code: how many, and what they would have come to before VAT."""

    def add(self, plan: Plan) -> None:
        """Return nothing after adding what some customers come to."""
        for one in plan.documents:
            sign = -1 if one.kind == Kind.CREDIT_NOTE else 1
            self.documents += 1
            self.charges += len(one.items)
            self.net += sign * one.totals.net
            self.gross += sign * one.totals.gross
        for left in plan.left_out:
            count, cents = self.left_out.get(left.code, (0, 0))
            self.left_out[left.code] = (count + 1, cents + (left.amount_minor or 0))


def sums(order: Order) -> Sums:
    """Return what the run comes to; nothing is written."""
    found = Sums()
    for plan in planning.batches(order):
        found.add(plan)
    return found
