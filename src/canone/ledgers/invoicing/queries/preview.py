"""The preview of a run: its figures, one page of its documents, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from canone.ledgers.invoicing.queries import planning
from canone.ledgers.invoicing.queries.reasons import DIFFERENCE
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.obstacles import Obstacle
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.plan import Item, Plan, Planned
from canone.ledgers.invoicing.rules.ports import LeftOut

LISTED = 100
"""Left out things that a page shows; files have them all."""


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
    bundles: set[str] = field(default_factory=set)
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

    def take(self, one: Planned) -> None:
        """Return nothing after adding a document."""
        sign = -1 if one.kind == Kind.CREDIT_NOTE else 1
        sums = one.totals
        self.documents += 1
        self.invoices += sign == 1
        self.credit_notes += sign == -1
        self.charges += len(one.items)
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
            self.differences += kind == DIFFERENCE
            self.kinds[kind] = self.kinds.get(kind, 0) + item.amount_minor
            if item.content.bundle:
                self.bundles.add(item.content.bundle)

    def leave(self, left: LeftOut) -> None:
        """Return nothing after counting something that is left out."""
        count, cents = self.left_out.get(left.code, (0, 0))
        self.left_out[left.code] = (count + 1, cents + (left.amount_minor or 0))


@dataclass(slots=True)
class View:
    """What a page of the preview shows; `found` is how many documents its filter leaves."""

    whole: Sums = field(default_factory=Sums)
    here: Sums = field(default_factory=Sums)
    documents: list[Planned] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    found: int = 0


def sums(order: Order) -> Sums:
    """Return what the run comes to; nothing is written."""
    found = Sums()
    for plan in planning.batches(order):
        found.add(plan)
    return found


def view(order: Order, *, start: int, size: int, only_differences: bool = False) -> View:
    """Return the figures of the run, and its documents from the place `start` on.

    Documents that the order is without are shown, and count as left out.
    """
    seen = View()
    for plan in planning.batches(replace(order, without=frozenset())):
        for one in plan.documents:
            _count(seen, one, is_out=one.key in order.without)
            if only_differences and not any(map(is_difference, one.items)):
                continue
            if start <= seen.found < start + size:
                seen.documents.append(one)
            seen.found += 1
        for left in plan.left_out:
            seen.whole.leave(left)
        seen.left_out += plan.left_out[: LISTED - len(seen.left_out)]
    for one in seen.documents:
        if one.key not in order.without:
            seen.here.take(one)
    return seen


def _count(seen: View, one: Planned, *, is_out: bool) -> None:
    if not is_out:
        seen.whole.take(one)
        return
    for item in one.items:
        code = Obstacle.UNTICKED.value
        seen.whole.leave(LeftOut(one.customer.id, code, "", amount_minor=item.amount_minor))


def rows(order: Order) -> Iterator[tuple[Planned | None, Item | None, LeftOut | None]]:
    """Yield every charge with its document, and everything that is left out, for files."""
    for plan in planning.batches(order):
        for one in plan.documents:
            for item in one.items:
                yield one, item, None
        for left in plan.left_out:
            yield None, None, left


def is_difference(item: Item) -> bool:
    """Return whether the charge corrects what was billed before."""
    return f'"code":"{DIFFERENCE}"' in item.content.explanation
