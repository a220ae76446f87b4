"""What is open by customer and by how late it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from canone.base.fields import MoneyField
from canone.ledgers.invoicing.models import DueItemQuerySet
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.rules import ages
from canone.ledgers.invoicing.rules.ages import Lateness
from canone.registers.parties.models import Party

NAMES: dict[Lateness, str] = {
    Lateness.NOT_DUE: "not_due",
    Lateness.UP_TO_30: "late_30",
    Lateness.UP_TO_60: "late_60",
    Lateness.UP_TO_90: "late_90",
    Lateness.OLDER: "older",
}
"""The names of what is so late, on the customers that `by_customer` returns."""


def by_customer(items: DueItemQuerySet, *, day: date) -> QuerySet[Party]:
    """Return the customers of whom something among `items` is open, with their sums on `day`.

    Each has `open_amount`, `overdue` (debts alone), `oldest` (the first due date that has passed)
    and a sum for every name of `NAMES`.
    """
    opened = settlement.unsettled(items).filter(customer=OuterRef("pk")).order_by()
    sums = {name: _sum(opened.filter(_late(late, day))) for late, name in NAMES.items()}
    passed = opened.filter(due_on__lt=day, amount__gt=0)
    first = passed.values("customer").annotate(first=Min("due_on")).values("first")
    return Party.objects.filter(Exists(opened)).annotate(
        open_amount=_sum(opened), overdue=_sum(passed), oldest=Subquery(first), **sums
    )


def with_late(customers: QuerySet[Party], wanted: Lateness) -> QuerySet[Party]:
    """Return those of the customers of `by_customer` of whom something is so late."""
    return customers.exclude(**{NAMES[wanted]: 0})


def _late(late: Lateness, day: date) -> Q:
    first, last = ages.due_between(late, day=day)
    found = Q()
    if first is not None:
        found &= Q(due_on__gte=first)
    if last is not None:
        found &= Q(due_on__lte=last)
    return found


def _sum(items: DueItemQuerySet) -> Any:
    sums = items.values("customer").annotate(sum=Sum(settlement.OPEN, output_field=MoneyField()))
    found = Subquery(sums.values("sum"), output_field=MoneyField())
    return Coalesce(found, 0, output_field=MoneyField())
