"""What is open, how late it is, and the credit of customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.fields import CharField
from django.db.models.functions import Coalesce

from canone.base.fields import MoneyField
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Allocation, DueItem, DueItemQuerySet, Settlement
from canone.ledgers.invoicing.rules import ages
from canone.ledgers.invoicing.rules.ages import Lateness

OPEN = F("amount") - F("settled")


@dataclass(frozen=True, slots=True)
class Total:
    """How many due items, and what of them is open."""

    count: int
    amount: Money


NONE = Money(0)
NOTHING = Total(0, NONE)


def unsettled(items: DueItemQuerySet | None = None) -> DueItemQuerySet:
    """Return those of the due items, of all unless given, of which something is open.

    Each has its `open_amount`, negative for a credit note.
    """
    rows = DueItem.objects.all() if items is None else items
    found = rows.filter(is_void=False).exclude(amount=F("settled"))
    return found.annotate(open_amount=ExpressionWrapper(OPEN, output_field=MoneyField()))


def overdue(items: DueItemQuerySet | None = None, *, day: date) -> DueItemQuerySet:
    """Return the debts that were due before `day` and are not settled."""
    return unsettled(items).filter(due_on__lt=day, amount__gt=0)


def sum_of(items: DueItemQuerySet) -> Money:
    """Return what is open of the due items in all."""
    found: Money | None = items.order_by().aggregate(sum=Sum(OPEN, output_field=MoneyField()))[
        "sum"
    ]
    return found or Money(0)


def ageing(items: DueItemQuerySet | None = None, *, day: date) -> dict[Lateness, Total]:
    """Return what is open by how late it is on `day`; credit notes count where they are due."""
    rows = unsettled(items).annotate(late=_lateness(day)).order_by().values_list("late")
    counted = rows.annotate(count=Count("pk"), amount=Sum(OPEN, output_field=MoneyField()))
    found = {late: Total(count, amount) for late, count, amount in counted}
    return {late: found.get(late.value, NOTHING) for late in Lateness}


def ageing_by_customer(
    items: DueItemQuerySet | None = None, *, day: date
) -> dict[int, dict[Lateness, Total]]:
    """Return what is open by customer and by how late it is on `day`."""
    rows = unsettled(items).annotate(late=_lateness(day)).order_by()
    counted = rows.values_list("customer_id", "late").annotate(
        count=Count("pk"), amount=Sum(OPEN, output_field=MoneyField())
    )
    found: dict[int, dict[Lateness, Total]] = {}
    for customer, late, count, amount in counted:
        found.setdefault(customer, {})[Lateness(late)] = Total(count, amount)
    return found


def balance_of(customer_id: int) -> Money:
    """Return what a customer owes in all: what is open less the credit of its payments."""
    items = DueItem.objects.filter(customer=customer_id)
    return sum_of(unsettled(items)) - credit_of(customer_id)


def credit_of(customer_id: int) -> Money:
    """Return what a customer paid and nothing was settled with."""
    paid = Settlement.objects.filter(customer=customer_id).aggregate(sum=Sum("amount"))["sum"]
    given = Allocation.objects.filter(settlement__customer=customer_id)
    used = given.aggregate(sum=Sum("amount"))["sum"]
    return Money((paid.minor if paid else 0) - (used.minor if used else 0))


def payments_with_credit(customer_id: int) -> list[tuple[Settlement, Money]]:
    """Return the payments of a customer that stand and left something over, oldest first.

    What was given back of one is not left of it.
    """
    rows = Settlement.objects.filter(
        customer=customer_id, kind=Settlement.Kind.PAYMENT, reverses=None, reversal=None
    )
    given = _sum_of(Allocation.objects.filter(settlement=OuterRef("pk")), "settlement")
    back = _sum_of(Settlement.objects.filter(returns=OuterRef("pk")), "returns")
    left = ExpressionWrapper(F("amount") - given + back, output_field=MoneyField())
    found = rows.annotate(left=left).exclude(left=NONE).order_by("day", "pk")
    return [(row, row.left) for row in found]


def _sum_of(rows: QuerySet[Any], of: str) -> Coalesce:
    """Return the sum of the amounts of rows that hang on the outer one by the column `of`."""
    sums = rows.order_by().values(of).annotate(sum=Sum("amount")).values("sum")
    return Coalesce(
        Subquery(sums, output_field=MoneyField()), Value(NONE, output_field=MoneyField())
    )


def _lateness(day: date) -> Case:
    whens = [
        When(due_on__gte=day - timedelta(days=limit), then=Value(late.value))
        for limit, late in ages.LIMITS
    ]
    return Case(*whens, default=Value(Lateness.OLDER.value), output_field=CharField())
