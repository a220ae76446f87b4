"""Due items as lists and pages show them: where each stands, sums, what a customer owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.fields import CharField
from django.utils.translation import gettext_lazy as _

from canone.base.fields import MoneyField
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Allocation, DueItem, DueItemQuerySet
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.queries.settlement import Total
from canone.ledgers.invoicing.rules import ages, allocation
from canone.ledgers.invoicing.rules.ages import Lateness
from canone.ledgers.invoicing.rules.allocation import Open
from canone.ui import states as looks

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Standing(StrEnum):
    """Where a due item stands for who reads a list."""

    OVERDUE = "overdue"
    OPEN = "open"
    PARTLY = "partly"
    CREDIT = "credit"
    SETTLED = "settled"
    VOID = "void"


LOOKS = {
    Standing.OVERDUE: looks.State("stop", _("Overdue")),
    Standing.OPEN: looks.State("todo", _("To collect")),
    Standing.PARTLY: looks.State("todo", _("Partly paid")),
    Standing.CREDIT: looks.State("run", _("To set off"), "undo"),
    Standing.SETTLED: looks.State("done", _("Settled")),
    Standing.VOID: looks.State("idle", _("Void")),
}
UNSETTLED = (Standing.OVERDUE, Standing.OPEN, Standing.PARTLY, Standing.CREDIT)
LATE: dict[Lateness, StrOrPromise] = {
    Lateness.NOT_DUE: _("not due yet"),
    Lateness.UP_TO_30: _("up to 30 days late"),
    Lateness.UP_TO_60: _("31 to 60 days late"),
    Lateness.UP_TO_90: _("61 to 90 days late"),
    Lateness.OLDER: _("more than 90 days late"),
}


@dataclass(frozen=True, slots=True)
class Sums:
    """Due items of one standing: how many, their amounts, what is settled and what is open."""

    standing: Standing
    count: int
    amount: Money
    settled: Money
    open: Money


@dataclass(frozen=True, slots=True)
class Account:
    """What a customer owes on a day, how late, and the credit of payments and credit notes."""

    open: Money
    overdue: Total
    late_since: date | None
    credit: Money
    ages: dict[Lateness, Total]

    @property
    def balance(self) -> Money:
        """What is open less the credit of payments."""
        return self.open - self.credit


def with_standing(items: DueItemQuerySet, *, day: date) -> DueItemQuerySet:
    """Return the due items with their `standing` on `day` and their `open_amount`."""
    return items.annotate(
        open_amount=ExpressionWrapper(
            Case(When(is_void=True, then=Value(0)), default=settlement.OPEN),
            output_field=MoneyField(),
        ),
        standing=Case(
            When(is_void=True, then=Value(Standing.VOID.value)),
            When(amount=F("settled"), then=Value(Standing.SETTLED.value)),
            When(amount__lt=0, then=Value(Standing.CREDIT.value)),
            When(due_on__lt=day, then=Value(Standing.OVERDUE.value)),
            When(settled__gt=0, then=Value(Standing.PARTLY.value)),
            default=Value(Standing.OPEN.value),
            output_field=CharField(),
        ),
    )


def standing_as(items: DueItemQuerySet, wanted: Standing, *, day: date) -> DueItemQuerySet:
    """Return those of the due items that stand so on `day`."""
    if wanted is Standing.VOID:
        return items.filter(is_void=True)
    valid = items.filter(is_void=False)
    if wanted is Standing.SETTLED:
        return valid.filter(amount=F("settled"))
    unsettled = valid.exclude(amount=F("settled"))
    conditions = {
        Standing.CREDIT: Q(amount__lt=0),
        Standing.OVERDUE: Q(amount__gt=0, due_on__lt=day),
        Standing.PARTLY: Q(amount__gt=0, due_on__gte=day, settled__gt=0),
        Standing.OPEN: Q(amount__gt=0, due_on__gte=day, settled=0),
    }
    return unsettled.filter(conditions[wanted])


def late_as(items: DueItemQuerySet, wanted: Lateness, *, day: date) -> DueItemQuerySet:
    """Return those of the unsettled due items that are so late on `day`."""
    first, last = ages.due_between(wanted, day=day)
    found = settlement.unsettled(items)
    found = found if first is None else found.filter(due_on__gte=first)
    return found if last is None else found.filter(due_on__lte=last)


def sums(items: DueItemQuerySet) -> list[Sums]:
    """Return the sums of due items that have their standing, in the order of the standings."""
    standings: Any = items.order_by()
    rows = standings.values_list("standing")
    counted = rows.annotate(
        Count("pk"), Sum("amount"), Sum("settled"), Sum("open_amount", output_field=MoneyField())
    )
    found = {Standing(row[0]): Sums(Standing(row[0]), *row[1:]) for row in counted}
    return [found[one] for one in Standing if one in found]


def whole(found: list[Sums]) -> Sums:
    """Return what is not void, summed; credit notes are below zero."""
    counted = [one for one in found if one.standing is not Standing.VOID]
    return Sums(
        Standing.OPEN,
        sum(one.count for one in counted),
        Money(sum(one.amount.minor for one in counted)),
        Money(sum(one.settled.minor for one in counted)),
        Money(sum(one.open.minor for one in counted)),
    )


def days_late(item: DueItem, *, day: date) -> int | None:
    """Return for how many days a debt is late on `day`; None for what is not."""
    is_open = not item.is_void and item.amount.minor > 0 and item.amount != item.settled
    return (day - item.due_on).days if is_open and item.due_on < day else None


def open_of(item: DueItem) -> Money:
    """Return what of a due item is open; nothing of a void one."""
    return Money(0) if item.is_void else item.amount - item.settled


def payable(items: list[DueItem], *, day: date) -> list[Open]:
    """Return those whose documents exist on `day`, in their order: money of then settles them."""
    return [
        Open(item.pk, open_of(item).minor)
        for item in items
        if item.document.issue_date is not None and item.document.issue_date <= day
    ]


def proposal(customer_id: int, amount: Money, *, day: date) -> dict[int, Money]:
    """Return how a payment settles the customer's due items, the oldest first."""
    rows = settlement.unsettled().filter(customer=customer_id).select_related("document")
    opened = payable(list(rows.order_by("due_on", "pk")), day=day)
    shares = allocation.oldest_first(opened, amount.minor)
    return {key: Money(share) for key, share in shares.items()}


def account(items: DueItemQuerySet, customer_id: int, *, day: date) -> Account:
    """Return what is open of a customer's due items among `items`, and the customer's credit."""
    own = items.filter(customer=customer_id)
    aged = settlement.ageing(own, day=day)
    late = settlement.overdue(own, day=day).order_by()
    counted = late.aggregate(
        count=Count("pk"), amount=Sum(settlement.OPEN, output_field=MoneyField())
    )
    first = late.order_by("due_on").values_list("due_on", flat=True).first()
    return Account(
        Money(sum(total.amount.minor for total in aged.values())),
        Total(counted["count"], counted["amount"] or Money(0)),
        first,
        settlement.credit_of(customer_id),
        aged,
    )


def bookings(items: list[int]) -> dict[int, list[Allocation]]:
    """Return what was booked on due items, by due item, in the order in which it was."""
    found: dict[int, list[Allocation]] = {}
    rows = Allocation.objects.filter(due_item__in=items).select_related("settlement__reverses")
    for row in rows.order_by("pk"):
        found.setdefault(row.due_item_id, []).append(row)
    return found


def named(items: QuerySet[DueItem]) -> QuerySet[DueItem]:
    """Return the due items with what their names need."""
    return items.select_related("document", "customer")
