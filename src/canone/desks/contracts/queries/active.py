"""Lines that are in force: what they bring in by service, however many there are.

What they come to is worked out once for all lines that have the same price, quantity and cycle,
and the database counts them; nothing is read line by line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet

from canone.base.access.models import User
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries.contracts import CYCLES
from canone.desks.contracts.queries.shapes import Shape, of_shape, of_terms
from canone.kernel.money import Money


@dataclass(slots=True)
class Sum:
    """How many lines, what they bring in a year, and on the invoices of one cycle each."""

    count: int = 0
    annual: int = 0
    invoice: int = 0

    def add(self, count: int, annual: Money, invoice: Money) -> None:
        """Return nothing after adding `count` lines of these amounts."""
        self.count += count
        self.annual += count * annual.minor
        self.invoice += count * invoice.minor


TEXTS = (
    "description",
    "contract__title",
    "contract__number",
    "article__title",
    "contract__customer__name",
)
"""Where words are looked for."""
MOST_WORDS = 8
UNKNOWN = (Money.zero(), Money.zero())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are listed; what is empty does not narrow.

    `cycle` is one of `CYCLES` or `once`; `month` is that of activation, of lines that are billed
    in it.
    """

    text: str = ""
    article_id: int | None = None
    customer_id: int | None = None
    cycle: str = ""
    month: int | None = None
    is_cancelled: bool | None = None


def narrowed(lines: QuerySet[Line], wanted: Wanted) -> QuerySet[Line]:
    """Return those of the lines that are wanted."""
    for word in wanted.text.split()[:MOST_WORDS]:
        lines = lines.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in TEXTS)))
    if wanted.article_id is not None:
        lines = lines.filter(article_id=wanted.article_id)
    if wanted.customer_id is not None:
        lines = lines.filter(contract__customer_id=wanted.customer_id)
    if wanted.month is not None:
        lines = lines.filter(anchor=Line.CountedBy.ACTIVATION, start__month=wanted.month)
    if wanted.is_cancelled is not None:
        lines = lines.filter(contract__cancelled_on__isnull=not wanted.is_cancelled)
    return lines.filter(_of_cycle(wanted.cycle)) if wanted.cycle else lines


def _of_cycle(name: str) -> Q:
    if name == "once":
        return Q(unit_of_cycle="")
    unit, every = CYCLES.get(name, ("", 1))
    found = Q(unit_of_cycle=unit, every=every)
    return found | Q(unit_of_cycle="year", every=1) if name == "yearly" else found


def billed(user: User) -> QuerySet[Line]:
    """Return the lines that runs bill and `user` may see, with contract, customer and service.

    Fees, and what meters count; what that comes to nobody knows before it is read.
    """
    seen = Contract.objects.visible_to(user)
    kinds = (Line.Kind.FEE, Line.Kind.USAGE)
    rows = Line.objects.filter(kind__in=kinds, is_on_request=False, contract__in=seen)
    return rows.select_related("contract", "contract__customer", "article", "meter__asset")


def in_force(lines: QuerySet[Line], day: date) -> QuerySet[Line]:
    """Return those of the lines that are in force on a day, inside their contracts."""
    ended = Q(end__lte=day) | Q(contract__end__lte=day)
    return lines.filter(start__lte=day, contract__start__lte=day).exclude(ended)


def of_contracts(contracts: QuerySet[Contract], *, on: date) -> Sum:
    """Return what the lines of fees in force on a day come to, inside all these contracts."""
    lines = Line.objects.filter(
        contract__in=contracts.order_by().values("pk"), kind=Line.Kind.FEE, is_on_request=False
    )
    return whole(by_service(in_force(lines, on)).values())


def by_service(lines: QuerySet[Line]) -> dict[int | None, Sum]:
    """Return what the lines come to by article; None for those without one.

    Those of usage only count.
    """
    found: dict[int | None, Sum] = {}
    plain = lines.order_by().filter(months=[])
    rows = plain.values_list("article_id", "kind", *Shape._fields).annotate(Count("pk"))
    for article, kind, *shape, count in rows:
        amounts = of_shape(Shape._make(shape)) if kind == Line.Kind.FEE else UNKNOWN
        found.setdefault(article, Sum()).add(count, *amounts)
    for line in lines.exclude(months=[]).select_related("contract"):
        found.setdefault(line.article_id, Sum()).add(1, *(expected(line) or UNKNOWN))
    return found


def whole(sums: Iterable[Sum]) -> Sum:
    """Return the sum of sums."""
    total = Sum()
    for one in sums:
        total.count += one.count
        total.annual += one.annual
        total.invoice += one.invoice
    return total


def worth(line: Line) -> tuple[Money, Money]:
    """Return what a line brings in a year, and on the invoice of a whole cycle."""
    return of_terms(line.terms())


def expected(line: Line) -> tuple[Money, Money] | None:
    """Return the same of a fee; None of usage, which its readings say."""
    return worth(line) if line.kind == Line.Kind.FEE else None
