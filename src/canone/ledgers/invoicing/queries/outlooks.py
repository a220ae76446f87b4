"""The last look at what is owed: what of it still is, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from canone.base.fields import MoneyField
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document, Outlook, OwedItem, OwedQuerySet
from canone.ledgers.invoicing.queries.charges import Total
from canone.ledgers.invoicing.rules import states
from canone.ledgers.invoicing.rules.states import Age
from canone.registers.parties.models import Party

READY, STUCK = "ready", "any"
FRESH = timedelta(minutes=10)
"""How long a look stays good by itself: contracts and addresses change without this ledger."""


def last() -> Outlook | None:
    """Return the last look that is whole."""
    return Outlook.objects.filter(made_at__isnull=False).order_by("-pk").first()


def newest() -> tuple[int, int]:
    """Return the ids of the last charge and the last document."""
    charge = Charge.objects.aggregate(last=Max("pk"))["last"] or 0
    document = Document.objects.aggregate(last=Max("pk"))["last"] or 0
    return charge, document


def is_old(look: Outlook | None, *, at: datetime, day: date) -> bool:
    """Whether charges or documents came since, or too much time went by."""
    if look is None or look.made_at is None:
        return True
    if look.day != day or at - look.made_at > FRESH:
        return True
    return newest() != (look.last_charge, look.last_document)


def items(look: Outlook | None) -> OwedQuerySet:
    """Return what the look found, without what a document took since."""
    if look is None:
        return OwedItem.objects.none()
    found: OwedQuerySet = OwedItem.objects.filter(outlook=look)
    if newest() == (look.last_charge, look.last_document):
        return found
    same = Charge.objects.filter(origin=OuterRef("origin"))
    taken = same.filter(~Q(document=""), revision=OuterRef("revision"))
    accounted = same.filter(pk__gt=look.last_charge)
    return found.exclude(Q(revision__gt=0) & Exists(taken)).exclude(
        Q(revision=0) & ~Q(origin="") & Exists(accounted)
    )


def of_code(rows: OwedQuerySet, code: str) -> OwedQuerySet:
    """Return those in whose way this stands: nothing (`READY`), anything (`STUCK`), or a code."""
    if code == STUCK:
        return rows.exclude(code="")
    return rows.filter(code="" if code == READY else code)


def of_age(rows: OwedQuerySet, age: Age, *, day: date) -> OwedQuerySet:
    """Return those whose service ended so long before `day`."""
    return rows.annotate(age=_age(day)).filter(age=age.value)


def _age(day: date) -> Case:
    whens = [
        When(service_end__gte=day - timedelta(days=limit), then=Value(age.value))
        for limit, age in states.LIMITS
    ]
    return Case(*whens, default=Value(Age.OLDER.value), output_field=models.CharField())


@dataclass(slots=True)
class Parts:
    """What rows come to, cut in three ways; the code `""` is what nothing stands in the way of."""

    count: int = 0
    cents: int = 0
    kinds: dict[str, Total] = field(default_factory=dict)
    ages: dict[Age, Total] = field(default_factory=dict)
    codes: dict[str, Total] = field(default_factory=dict)


def parts(rows: OwedQuerySet, *, day: date) -> Parts:
    """Return what the rows come to, from one query; the youngest come first."""
    found = Parts()
    cut = rows.order_by().annotate(age=_age(day)).values_list("kind", "code", "age")
    for kind, code, age, count, amount in cut.annotate(Count("pk"), Sum("amount")):
        cents = 0 if amount is None else amount.minor
        found.count += count
        found.cents += cents
        for place, key in ((found.kinds, kind), (found.ages, Age(age)), (found.codes, code)):
            _add(place, key, count, cents)
    found.ages = {age: found.ages[age] for age in Age if age in found.ages}
    return found


def _add(place: dict[Any, Total], key: Any, count: int, cents: int) -> None:
    before = place.get(key, Total(0, Money(0)))
    place[key] = Total(before.count + count, Money(before.amount.minor + cents))


def customers(rows: OwedQuerySet) -> models.QuerySet[Party]:
    """Return who owes some of the rows, with how many, how many are stuck, oldest and sum."""
    of_one = rows.order_by().filter(customer=OuterRef("pk")).values("customer")
    stuck = Count("pk", filter=~Q(code=""))
    return Party.objects.filter(pk__in=rows.order_by().values("customer")).annotate(
        owed_count=Subquery(of_one.annotate(n=Count("pk")).values("n")),
        owed_stuck=Subquery(of_one.annotate(n=stuck).values("n")),
        oldest=Subquery(of_one.annotate(n=Min("service_end")).values("n")),
        owed_total=Coalesce(
            Subquery(of_one.annotate(n=Sum("amount")).values("n")),
            Value(Money(0), output_field=MoneyField()),
            output_field=MoneyField(),
        ),
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """What the rows of some customers come to."""

    customers: int
    count: int
    stuck: int
    cents: int


def of_customers(found: models.QuerySet[Party], rows: OwedQuerySet) -> Sums:
    """Return what those of the rows come to that these customers owe."""
    sums = (
        rows.order_by()
        .filter(customer__in=found.order_by().values("pk"))
        .aggregate(
            customers=Count("customer", distinct=True),
            count=Count("pk"),
            stuck=Count("pk", filter=~Q(code="")),
            amount=Sum("amount"),
        )
    )
    amount: Money | None = sums["amount"]
    cents = amount.minor if amount is not None else 0
    return Sums(sums["customers"], sums["count"], sums["stuck"], cents)
