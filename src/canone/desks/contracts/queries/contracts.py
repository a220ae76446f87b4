"""Contracts for lists and pages: which, and what they bring in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Prefetch, Q, QuerySet, prefetch_related_objects

from canone.base.access.models import User
from canone.desks.contracts.models import Contract, Cover, Line
from canone.desks.contracts.queries.shapes import Shape, of_shape, of_terms
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Document, DocumentLine
from canone.registers.parties.rules import names

NOTHING = Money(0)
CYCLES = {
    "monthly": ("month", 1),
    "bimonthly": ("month", 2),
    "quarterly": ("month", 3),
    "four_monthly": ("month", 4),
    "half_yearly": ("month", 6),
    "yearly": ("month", 12),
}
"""The cycles that have a name; every other is written as every n units."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list of contracts is narrowed down to; what is empty does not narrow."""

    text: str = ""
    customer_id: int | None = None
    type_id: int | None = None
    article_id: int | None = None
    cycle: str = ""
    on: date | None = None
    """Contracts in force on that day."""
    is_cancelled: bool | None = None
    month: int | None = None
    """Contracts whose billing month is this one and that of their activation."""


def for_list(user: User, chosen: Chosen = Chosen()) -> QuerySet[Contract]:
    """Return the contracts `user` may see, narrowed down, with customer, site and type."""
    rows = Contract.objects.visible_to(user).select_related("customer", "site", "type")
    return narrowed(rows, chosen).order_by("number", "pk")


def narrowed(found: QuerySet[Contract], chosen: Chosen) -> QuerySet[Contract]:
    """Return those of the contracts that are chosen."""
    for word in names.fold(chosen.text).split()[: names.SEARCHED]:
        found = found.filter(
            Q(number__icontains=word)
            | Q(title__icontains=word)
            | Q(customer__search_text__contains=word)
            | Q(pk__in=Line.objects.filter(description__icontains=word).values("contract"))
        )
    if chosen.customer_id is not None:
        found = found.filter(customer_id=chosen.customer_id)
    if chosen.type_id is not None:
        found = found.filter(type_id=chosen.type_id)
    if chosen.article_id is not None:
        lines = Line.objects.filter(article_id=chosen.article_id)
        found = found.filter(pk__in=lines.values("contract"))
    return _by_dates(found, chosen)


def _by_dates(found: QuerySet[Contract], chosen: Chosen) -> QuerySet[Contract]:
    if chosen.cycle:
        unit, every = CYCLES.get(chosen.cycle, ("", 1))
        lines = Line.objects.filter(unit_of_cycle=unit, every=every)
        if chosen.cycle == "yearly":
            lines |= Line.objects.filter(unit_of_cycle="year", every=1)
        found = found.filter(pk__in=lines.values("contract"))
    if chosen.on is not None:
        ended = Q(end__isnull=False, end__lte=chosen.on)
        found = found.filter(start__lte=chosen.on).exclude(ended)
    if chosen.is_cancelled is not None:
        found = found.filter(cancelled_on__isnull=not chosen.is_cancelled)
    if chosen.month is not None:
        by_activation = Line.objects.filter(
            anchor=Line.CountedBy.ACTIVATION, start=F("contract__start")
        )
        found = found.filter(start__month=chosen.month, pk__in=by_activation.values("contract"))
    return found


def ending(found: QuerySet[Contract], day: date, *, within: timedelta) -> QuerySet[Contract]:
    """Return those that run out after a day and soon, and that nobody has cancelled."""
    return found.filter(end__gt=day, end__lte=day + within, cancelled_on__isnull=True)


@dataclass(slots=True)
class Worth:
    """What a contract brings in: by year, and by the invoice of one whole cycle of each line."""

    annual: Money = NOTHING
    invoice: Money = NOTHING
    cycles: frozenset[str] = frozenset()


def worth(contract_ids: Iterable[int], *, on: date) -> dict[int, Worth]:
    """Return what the lines of fees in force on a day come to, by contract.

    One that is over brings nothing; how often it was billed is told all the same.
    """
    ended = Q(end__isnull=False, end__lte=on)
    rows = Line.objects.filter(
        contract_id__in=list(contract_ids), start__lte=on, kind=Line.Kind.FEE, is_on_request=False
    ).exclude(ended)
    found: dict[int, Worth] = {}
    of_shapes = ("contract_id", "contract__end", *Shape._fields)
    alike = rows.order_by().filter(months=[]).values_list(*of_shapes)
    for contract, ends, *columns, count in alike.annotate(Count("pk")):
        shape = Shape._make(columns)
        known = found.setdefault(contract, Worth())
        known.cycles |= {named(shape.unit_of_cycle, shape.every)}
        if ends is None or on < ends:
            annual, invoice = of_shape(shape)
            known.annual += Money(count * annual.minor)
            known.invoice += Money(count * invoice.minor)
    for line in rows.exclude(months=[]).select_related("contract"):
        known = found.setdefault(line.contract_id, Worth())
        known.cycles |= {cycle_of(line)}
        if line.contract.end is None or on < line.contract.end:
            annual, invoice = of_terms(line.terms())
            known.annual += annual
            known.invoice += invoice
    return found


def cycle_of(line: Line) -> str:
    """Return the name of a line's cycle (`quarterly`), `once`, or `every 5 month`."""
    return named(line.unit_of_cycle, line.every)


def named(unit: str, every: int) -> str:
    """Return the same of the columns that say it."""
    if not unit:
        return "once"
    months, count = ("month", every * 12) if unit == "year" else (unit, every)
    names_of = {value: name for name, value in CYCLES.items()}
    return names_of.get((months, count), f"every {every} {unit}")


def found(contract_id: int, user: User) -> Contract:
    """Return the contract without its lines; Contract.DoesNotExist for who may not see it."""
    seen = Contract.objects.visible_to(user).select_related(
        "customer", "customer__payment_terms", "site", "type", "payment_terms", "mandate"
    )
    return seen.prefetch_related("agents__party", "covers__asset", "papers__file").get(
        pk=contract_id
    )


def lines_of(contract: Contract) -> QuerySet[Line]:
    """Return the contract's lines in their order, with what they name at hand."""
    return contract.lines.select_related(
        "article", "vat", "meter", "meter__asset", "tariff", "group"
    )


def in_full(contract_id: int, user: User) -> Contract:
    """Return the contract with its parts at hand; Contract.DoesNotExist for who may not see it."""
    contract = found(contract_id, user)
    read_lines(contract)
    return contract


def read_lines(contract: Contract) -> None:
    """Return nothing after reading all lines of a contract, for who needs every one of them."""
    prefetch_related_objects([contract], Prefetch("lines", queryset=lines_of(contract)))


def of_asset(user: User, asset_id: int) -> QuerySet[Contract]:
    """Return the contracts that cover a machine or charge by one of its meters."""
    covering = Q(pk__in=Cover.objects.filter(asset_id=asset_id).values("contract"))
    metered = Q(pk__in=Line.objects.filter(meter__asset_id=asset_id).values("contract"))
    return for_list(user).filter(covering | metered)


def number_of(contract_id: int) -> str:
    """Return the number of a contract; nothing where there is none."""
    return Contract.objects.filter(pk=contract_id).values_list("number", flat=True).first() or ""


def invoices(contract_id: int) -> int:
    """Return how many issued invoices carry something of a contract."""
    lines = DocumentLine.objects.filter(
        charge__bundle=f"contract:{contract_id}",
        document__state=Document.State.ISSUED,
        document__kind=Document.Kind.INVOICE,
    )
    return lines.values("document").distinct().count()
