"""Documents as lists and pages show them: what is open of them, their sums, their words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, Min, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.fields import CharField
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.base.fields import MoneyField
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine, DocumentQuerySet
from canone.ledgers.invoicing.queries import settlement, words
from canone.ledgers.invoicing.rules.agents import Share
from canone.ui import explain, formats
from canone.ui import states as looks

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Kind, Status = Document.Kind, Document.State
MICRO = 1_000_000
PREFIX = "document:"


class Standing(StrEnum):
    """Where a document stands for who reads a list."""

    DRAFT = "draft"
    OPEN = "open"
    OVERDUE = "overdue"
    SETTLED = "settled"
    ISSUED = "issued"
    REFUSED = "refused"


LOOKS = {
    Standing.DRAFT: looks.State("run", _("Draft")),
    Standing.OPEN: looks.State("todo", _("To collect")),
    Standing.OVERDUE: looks.State("stop", _("Overdue")),
    Standing.SETTLED: looks.State("done", _("Settled")),
    Standing.ISSUED: looks.State("done", pgettext_lazy("document", "Issued"), "lock"),
    Standing.REFUSED: looks.State("stop", pgettext_lazy("document", "Refused")),
}
KINDS: dict[str, StrOrPromise] = {
    Kind.INVOICE.value: _("Invoices"),
    Kind.CREDIT_NOTE.value: _("Credit notes"),
    Kind.PRO_FORMA.value: _("Pro-forma invoices"),
}


@dataclass(frozen=True, slots=True)
class Sums:
    """Documents of one kind and state: how many, before VAT, VAT, total; as they are printed."""

    kind: str
    state: str
    count: int
    net: Money
    vat: Money
    gross: Money


def with_standing(documents: DocumentQuerySet, *, day: date) -> DocumentQuerySet:
    """Return the documents with their `standing` on `day`, `open_amount` and its `due_on`."""
    items = settlement.unsettled().filter(document=OuterRef("pk")).order_by()
    sums = items.values("document").annotate(sum=Sum(settlement.OPEN, output_field=MoneyField()))
    first = items.values("document").annotate(first=Min("due_on"))
    opened = documents.annotate(
        open_amount=Subquery(sums.values("sum"), output_field=MoneyField()),
        due_on=Subquery(first.values("first")),
    )
    is_plain = ~Q(kind=Kind.INVOICE)
    found: DocumentQuerySet = opened.annotate(
        standing=Case(
            When(state=Status.DRAFT, then=Value(Standing.DRAFT.value)),
            When(state=Status.REFUSED, then=Value(Standing.REFUSED.value)),
            When(is_plain, then=Value(Standing.ISSUED.value)),
            When(open_amount__isnull=True, then=Value(Standing.SETTLED.value)),
            When(due_on__lt=day, then=Value(Standing.OVERDUE.value)),
            default=Value(Standing.OPEN.value),
            output_field=CharField(),
        )
    )
    return found


def standing_as(documents: DocumentQuerySet, wanted: Standing, *, day: date) -> DocumentQuerySet:
    """Return those of the documents that stand so on `day`."""
    if wanted is Standing.DRAFT:
        return documents.filter(state=Status.DRAFT)
    if wanted is Standing.REFUSED:
        return documents.filter(state=Status.REFUSED)
    issued = documents.filter(state=Status.ISSUED)
    if wanted is Standing.ISSUED:
        return issued.exclude(kind=Kind.INVOICE)
    items = settlement.unsettled().filter(document=OuterRef("pk"))
    late = Exists(items.filter(due_on__lt=day))
    conditions = {
        Standing.OPEN: Exists(items) & ~late,
        Standing.OVERDUE: Q(late),
        Standing.SETTLED: ~Exists(items),
    }
    return issued.filter(conditions[wanted], kind=Kind.INVOICE)


def sums(documents: DocumentQuerySet) -> list[Sums]:
    """Return the sums by kind and state, in the order of the kinds."""
    rows = documents.order_by().values_list("kind", "state")
    counted = rows.annotate(Count("pk"), Sum("net"), Sum("vat"), Sum("gross"))
    found = [Sums(*row) for row in counted]
    places = {(kind, state): n for n, (kind, state) in enumerate(_pairs())}
    return sorted(found, key=lambda one: places[one.kind, one.state])


def whole(found: Iterable[Sums]) -> Sums:
    """Return the issued invoices less the issued credit notes."""
    count, net, vat, gross = 0, 0, 0, 0
    for one in found:
        if one.state != Status.ISSUED or one.kind == Kind.PRO_FORMA:
            continue
        sign = -1 if one.kind == Kind.CREDIT_NOTE else 1
        count += one.count
        net += sign * one.net.minor
        vat += sign * one.vat.minor
        gross += sign * one.gross.minor
    return Sums("", Status.ISSUED, count, Money(net), Money(vat), Money(gross))


def open_sum(documents: DocumentQuerySet) -> Money:
    """Return what is open of the documents; credit that is not set off counts against it."""
    items = settlement.unsettled().filter(document__in=documents.order_by().values("pk"))
    total = items.aggregate(sum=Sum(settlement.OPEN, output_field=MoneyField()))["sum"]
    return total or Money(0)


def signed(document: Document, amount: Money) -> Money:
    """Return an amount of the document as lists sum it: below zero on a credit note."""
    return -amount if document.kind == Kind.CREDIT_NOTE else amount


def name(document: Document) -> str:
    """Return the number, or what it is while it has none."""
    if document.label:
        return document.label
    if document.number:
        return f"{document.series}/{document.year}/{document.number}"
    if document.kind == Kind.PRO_FORMA:
        return now_("Draft of a pro-forma invoice")
    return now_("Draft of an invoice")


def label_of(key: str) -> tuple[int, str]:
    """Return id and number of the document that a charge names; zero for one from elsewhere."""
    number = key.removeprefix(PREFIX)
    if not key.startswith(PREFIX) or not number.isdecimal():
        return 0, key
    row = Document.objects.filter(pk=int(number)).first()
    return (row.pk, name(row)) if row else (0, key)


def quantity(line: DocumentLine) -> str:
    """Return `3 h × 20,00 €`, with the discount; a single thing without either is nothing."""
    told = ""
    if abs(line.quantity_micros) != MICRO or line.unit or line.discount_bp:
        told = words.counted(line.quantity_micros, line.unit)
        told += f" × {formats.unit_price(line.unit_price)}"
    if line.discount_bp:
        told += f" − {_percent(line.discount_bp)}"
    return told


def explanation(line: DocumentLine) -> explain.Explanation | None:
    """Return how the amount of a line came about: that of its charge, or quantity and price."""
    charge: Charge | None = line.charge
    if charge is not None:
        return words.explanation(charge)
    if line.is_stamp:
        return None
    told = quantity(line) or line.description
    amount = formats.money(line.amount)
    return explain.Explanation(
        amount, [explain.Step(told, amount)], now_("Amount, before VAT"), lead=line.description
    )


def agents(row: Document, user: User) -> list[Share]:
    """Return which part of the document belongs to which agent, to staff alone.

    What was issued before parts were noted down has none, but the share.
    """
    if not user.roles & frozenset(STAFF):
        return []
    return [Share(key, share, *(rest or [0])) for key, share, *rest in row.agents]


def rate(basis_points: int, nature: str) -> str:
    """Return `22 %`, or the nature where nothing is charged."""
    shown = _percent(basis_points)
    return f"{shown} · {nature}" if nature else shown


def _percent(basis_points: int) -> str:
    whole = basis_points % 100 == 0
    return formats.percent(Decimal(basis_points) / 10_000, decimals=0 if whole else 2)


def _pairs() -> list[tuple[Any, Any]]:
    return [(kind, state) for kind in Kind.values for state in Status.values]
