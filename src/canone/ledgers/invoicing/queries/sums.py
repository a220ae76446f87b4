"""What documents come to, added up."""

from __future__ import annotations

from dataclasses import dataclass, field

from canone.ledgers.invoicing.queries.reasons import DIFFERENCE
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.plan import Item, Plan, Planned
from canone.ledgers.invoicing.rules.ports import LeftOut


@dataclass(slots=True)
class Sums:
    """What a run comes to in cents: documents and charges, by kind of charge and by rate of VAT.

    Credit notes count below zero. `split` is VAT that customers pay to the State.
    """

    documents: int = 0
    invoices: int = 0
    credit_notes: int = 0
    charges: int = 0
    net: int = 0
    vat: int = 0
    gross: int = 0
    payable: int = 0
    split: int = 0
    withholding: int = 0
    stamp: int = 0
    differences: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    """By kind of charge; differences stand under a kind of their own."""
    taxes: dict[tuple[int, str], int] = field(default_factory=dict)
    left_out: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By code: how many, and what they would have come to before VAT."""

    def add(self, plan: Plan) -> None:
        """Return nothing after adding what some customers come to."""
        for one in plan.documents:
            self.take(one)
        for left in plan.left_out:
            self.leave(left)

    def take(self, one: Planned, times: int = 1) -> None:
        """Return nothing after adding a document, or with -1 after taking it off."""
        is_note = one.kind == Kind.CREDIT_NOTE
        sign = -times if is_note else times
        sums = one.totals
        self.documents += times
        self.invoices += 0 if is_note else times
        self.credit_notes += times if is_note else 0
        self.charges += times * len(one.items)
        self.net += sign * sums.net
        self.vat += sign * sums.vat
        self.gross += sign * sums.gross
        self.payable += sign * sums.payable
        self.withholding += sign * sums.withholding
        stamp = sums.stamp if one.customer.treatment.recharges_stamp else 0
        self.stamp += sign * stamp
        if one.customer.treatment.is_split:
            self.split += sign * sums.vat
        for tax in sums.taxes:
            key = (tax.basis_points, tax.nature)
            self.taxes[key] = self.taxes.get(key, 0) + sign * tax.tax
        for item in one.items:
            kind = DIFFERENCE if is_difference(item) else item.content.kind
            self.differences += times if kind == DIFFERENCE else 0
            self.kinds[kind] = self.kinds.get(kind, 0) + times * item.amount_minor

    def leave(self, left: LeftOut) -> None:
        """Return nothing after counting something that is left out."""
        count, cents = self.left_out.get(left.code, (0, 0))
        self.left_out[left.code] = (count + 1, cents + (left.amount_minor or 0))


def is_difference(item: Item) -> bool:
    """Return whether the charge corrects what was billed before."""
    return f'"code":"{DIFFERENCE}"' in item.content.explanation
