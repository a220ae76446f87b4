"""Everything that is owed and on no document, with what stands in the way of billing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from canone.ledgers.invoicing.queries import planning
from canone.ledgers.invoicing.rules import states
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.plan import Item, Plan
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.ledgers.invoicing.rules.states import Age


class Owed(NamedTuple):
    """Something that a run would bill, or leave out for the reason `code`.

    `service_end` is None and `amount_minor` unknown where the desk that proposes cannot say yet.
    """

    customer_id: int
    kind: str
    bundle: str
    origin: str
    title: str
    amount_minor: int | None
    service_end: date | None
    code: str = ""
    reason: str = ""
    revision: int = 0
    invoice_on: date | None = None


def owed(order: Order, *, after: int = 0) -> Iterator[Owed]:
    """Yield everything through the order's day, by customer; nothing is written.

    It is what a run would bill, and what it would leave out, in one list.
    """
    for plan in planning.batches(order, after=after):
        yield from of_plan(plan)


def of_plan(plan: Plan) -> list[Owed]:
    """Return what a plan bills and leaves out, by customer."""
    found = [_billed(item) for one in plan.documents for item in one.items]
    found += [of_left_out(left) for left in plan.left_out if left.is_owed]
    return sorted(found, key=lambda one: (one.customer_id, one.bundle, one.origin))


def _billed(item: Item) -> Owed:
    content = item.content
    return Owed(
        content.customer_id,
        content.kind,
        content.bundle,
        content.origin,
        content.description,
        content.amount_minor,
        content.service_end,
        revision=item.revision,
        invoice_on=content.invoice_on,
    )


def of_left_out(left: LeftOut) -> Owed:
    """Return what is left out, and why, as something owed."""
    return Owed(
        left.customer_id,
        left.kind,
        left.bundle,
        left.origin,
        left.title,
        left.amount_minor,
        left.service_end,
        left.code,
        left.reason,
        invoice_on=left.invoice_on,
    )


@dataclass(slots=True)
class Sum:
    """How many, and what they come to in cents before VAT."""

    count: int = 0
    cents: int = 0

    def add(self, one: Owed) -> None:
        """Return nothing after counting it."""
        self.count += 1
        self.cents += one.amount_minor or 0


@dataclass(slots=True)
class Sums:
    """What is owed by customer, kind, age and obstacle; `""` is what nothing stands in the way of.

    What has no day of its own counts as fresh.
    """

    total: Sum = field(default_factory=Sum)
    by_customer: dict[int, Sum] = field(default_factory=dict)
    by_kind: dict[str, Sum] = field(default_factory=dict)
    by_age: dict[Age, Sum] = field(default_factory=lambda: {age: Sum() for age in Age})
    by_obstacle: dict[str, Sum] = field(default_factory=dict)


def sums(rows: Iterable[Owed], *, day: date) -> Sums:
    """Return what the rows come to on `day`."""
    found = Sums()
    for one in rows:
        age = states.age(one.service_end, day=day) if one.service_end else Age.UP_TO_30
        found.total.add(one)
        found.by_customer.setdefault(one.customer_id, Sum()).add(one)
        found.by_kind.setdefault(one.kind, Sum()).add(one)
        found.by_age[age].add(one)
        found.by_obstacle.setdefault(one.code, Sum()).add(one)
    return found
