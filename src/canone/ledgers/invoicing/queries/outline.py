"""What a whole run comes to, kept for as long as nothing changed: pages of a preview share it.

A preview of ten thousand contracts takes seconds, and its reader turns pages. So figures and the
places of the documents are kept, in this process, and the documents of a page are worked out when
it is shown. A preview that fits into one batch is worked out each time. Whatever bears on a plan
leaves a trace in the history of records or in the journal; another last trace, and all is
reckoned anew. On PostgreSQL traces may become visible out of order, so nothing is kept for long.
"""

from __future__ import annotations

import time
from array import array
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Lock

from django.db import connection
from django.db.models import Max
from django.utils import translation

from canone.base.history import queries as history
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import planning
from canone.ledgers.invoicing.queries.sums import Sums, is_difference
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.plan import Plan, Planned
from canone.ledgers.invoicing.rules.ports import LeftOut

LISTED = 100
"""Left out things that a page shows; files have them all."""
MOST_KEPT = 4
SECONDS = 300
Name = tuple[Order, str, str]


@dataclass(slots=True)
class Outline:
    """The figures of a run, and how many documents, and of these differences, each customer has.

    `only` is the plan itself where it was one batch.
    """

    trace: str = ""
    made_at: float = 0.0
    whole: Sums = field(default_factory=Sums)
    left_out: list[LeftOut] = field(default_factory=list)
    customers: array[int] = field(default_factory=lambda: array("q"))
    documents: array[int] = field(default_factory=lambda: array("l"))
    differing: array[int] = field(default_factory=lambda: array("l"))
    only: Plan | None = None

    def add(self, plan: Plan) -> None:
        """Return nothing after adding what some customers come to."""
        self.whole.add(plan)
        self.left_out += plan.left_out[: LISTED - len(self.left_out)]
        for one in plan.documents:
            if not self.customers or self.customers[-1] != one.customer.id:
                self.customers.append(one.customer.id)
                self.documents.append(0)
                self.differing.append(0)
            self.documents[-1] += 1
            self.differing[-1] += differs(one)

    def found(self, *, only_differences: bool) -> int:
        """Return how many documents there are."""
        return sum(self.differing if only_differences else self.documents)

    def place(self, start: int, size: int, *, only_differences: bool) -> tuple[list[int], int]:
        """Return the customers of the documents from `start` on, and how many come before these."""
        counts = self.differing if only_differences else self.documents
        chosen: list[int] = []
        passed = before = 0
        for customer, documents in zip(self.customers, counts, strict=True):
            if passed >= start + size:
                break
            if documents and passed + documents > start:
                before = before if chosen else start - passed
                chosen.append(customer)
            passed += documents
        return chosen, before

    def shown(self, order: Order, start: int, size: int, *, only: bool) -> list[Planned]:
        """Return the documents of a page."""
        customers, before = self.place(start, size, only_differences=only)
        documents = self.of(order, customers)
        wanted = [one for one in documents if differs(one)] if only else documents
        return wanted[before : before + size]

    def of(self, order: Order, customers: list[int]) -> list[Planned]:
        """Return the documents of some customers, as they are now."""
        if self.only is not None:
            chosen = set(customers)
            return [one for one in self.only.documents if one.customer.id in chosen]
        return planning.plan(order, customers).documents if customers else []


_kept: OrderedDict[Name, Outline] = OrderedDict()
_lock = Lock()


def of(order: Order) -> Outline:
    """Return the outline of a run that leaves no document out."""
    order = replace(order, without=frozenset())
    name = (order, translation.get_language() or "", str(connection.settings_dict["NAME"]))
    trace = _trace()
    with _lock:
        known = _kept.get(name)
    if known is not None and known.trace == trace and time.monotonic() < known.made_at + SECONDS:
        return known
    made = Outline(trace=trace)
    for number, plan in zip(count(1), _plans(order), strict=False):
        made.add(plan)
        made.only = plan if number == 1 else None
    made.made_at = time.monotonic()
    if made.only is None:
        _keep(name, made)
    return made


def _plans(order: Order) -> Iterator[Plan]:
    found = False
    for plan in planning.batches(order):
        found = True
        yield plan
    if not found:
        yield Plan()


def _keep(name: Name, made: Outline) -> None:
    with _lock:
        _kept[name] = made
        _kept.move_to_end(name)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)


def _trace() -> str:
    """Return what differs as soon as anything was changed that a plan stands on."""
    last = Charge.objects.aggregate(last=Max("pk"))["last"]
    return f"{history.trace()}|{last}"


def differs(one: Planned) -> bool:
    """Return whether the document corrects something that was billed before."""
    return any(map(is_difference, one.items))
