"""The preview of a run: its figures, one page of its documents, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace

from canone.ledgers.invoicing.queries import outline as outlines
from canone.ledgers.invoicing.queries import planning
from canone.ledgers.invoicing.queries.sums import Sums
from canone.ledgers.invoicing.rules.obstacles import Obstacle
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.plan import Item, Planned
from canone.ledgers.invoicing.rules.ports import LeftOut


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
    plain = replace(order, without=frozenset())
    known = outlines.of(plain)
    seen = View(known.whole, left_out=known.left_out)
    seen.found = known.found(only_differences=only_differences)
    seen.documents = known.shown(plain, start, size, only=only_differences)
    if order.without:
        seen.whole = deepcopy(known.whole)
        for one in known.of(plain, _customers(order.without)):
            if one.key in order.without:
                _untick(seen.whole, one)
    for one in seen.documents:
        if one.key not in order.without:
            seen.here.take(one)
    return seen


def _customers(keys: Iterable[str]) -> list[int]:
    """Return whose documents these are: their keys begin with the customer."""
    found = {key.partition("|")[0] for key in keys}
    return sorted(int(key) for key in found if key.isdecimal())


def _untick(whole: Sums, one: Planned) -> None:
    whole.take(one, -1)
    for item in one.items:
        code = Obstacle.UNTICKED.value
        whole.leave(LeftOut(one.customer.id, code, "", amount_minor=item.amount_minor))


def rows(order: Order) -> Iterator[tuple[Planned | None, Item | None, LeftOut | None]]:
    """Yield every charge with its document, and everything that is left out, for files."""
    for plan in planning.batches(order):
        for one in plan.documents:
            for item in one.items:
                yield one, item, None
        for left in plan.left_out:
            yield None, None, left
