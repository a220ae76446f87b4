"""Settlements as lists and pages show them: payments, refunds, write-offs, credits set off."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.fields import CharField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canone.base.fields import MoneyField
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Allocation, Settlement
from canone.ui import states as looks

Kind = Settlement.Kind


class Standing(StrEnum):
    """Where a settlement stands for who reads a list."""

    CREDIT = "credit"
    BOOKED = "booked"
    REVERSED = "reversed"
    REVERSAL = "reversal"


LOOKS = {
    Standing.CREDIT: looks.State("todo", _("Credit to give")),
    Standing.BOOKED: looks.State("done", pgettext_lazy("payment", "Booked")),
    Standing.REVERSED: looks.State("idle", _("Reversed")),
    Standing.REVERSAL: looks.State("idle", _("Reversal"), "undo"),
}


@dataclass(frozen=True, slots=True)
class Sums:
    """Settlements of one kind: how many, and what they amount to with their reversals."""

    kind: str
    count: int
    amount: Money
    credit: Money


def with_standing(rows: QuerySet[Settlement]) -> QuerySet[Settlement]:
    """Return the settlements with their `standing` and the `credit` that they still hold.

    `back` is what of a payment was given back, below zero.
    """
    given = Allocation.objects.filter(settlement=OuterRef("pk")).order_by().values("settlement")
    sums = given.annotate(sum=Sum("amount")).values("sum")
    refunds = Settlement.objects.filter(returns=OuterRef("pk")).order_by().values("returns")
    back = refunds.annotate(sum=Sum("amount")).values("sum")
    is_undone = Exists(Settlement.objects.filter(reverses=OuterRef("pk")))
    noted = rows.annotate(
        given=Coalesce(Subquery(sums, output_field=MoneyField()), 0, output_field=MoneyField()),
        back=Coalesce(Subquery(back, output_field=MoneyField()), 0, output_field=MoneyField()),
        is_undone=is_undone,
    ).annotate(
        left=ExpressionWrapper(F("amount") - F("given") + F("back"), output_field=MoneyField())
    )
    has_credit = Q(kind=Kind.PAYMENT) & ~Q(left=0)
    return noted.annotate(
        standing=Case(
            When(reverses__isnull=False, then=Value(Standing.REVERSAL.value)),
            When(is_undone=True, then=Value(Standing.REVERSED.value)),
            When(has_credit, then=Value(Standing.CREDIT.value)),
            default=Value(Standing.BOOKED.value),
            output_field=CharField(),
        ),
        credit=Case(
            When(
                Q(reverses__isnull=True, is_undone=False, kind=Kind.PAYMENT),
                then=F("left"),
            ),
            default=Value(0),
            output_field=MoneyField(),
        ),
    )


def sums(rows: QuerySet[Settlement]) -> list[Sums]:
    """Return the sums by kind of settlements that have their standing."""
    counted = (
        rows.order_by()
        .values_list("kind")
        .annotate(Count("pk"), Sum("amount"), Sum("credit", output_field=MoneyField()))
    )
    found = {row[0]: Sums(*row) for row in counted}
    return [found[kind] for kind in Kind.values if kind in found]
