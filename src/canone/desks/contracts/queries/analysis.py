"""Month by month, by service: billed, to bill, foreseen, foreseen if contracts are renewed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Min, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, Concat

from canone.desks.contracts.models import Line
from canone.desks.contracts.queries import situation
from canone.desks.contracts.queries.course import renewed
from canone.desks.contracts.rules import schedule
from canone.kernel.money import Money
from canone.kernel.periods import ONE_DAY, add_months, month_index
from canone.ledgers.invoicing.models import Charge

MONTHS = situation.MONTHS
MOST = 50_000
"""So many lines are foreseen while a page is shown; what is billed has no such bound."""
FEES = ("contract", "contract_usage")


class TooManyError(Exception):
    """More lines than can be foreseen at once; narrow the filter."""


@dataclass(slots=True)
class Cell:
    """What is invoiced in a month, in cents before VAT."""

    billed: int = 0
    to_bill: int = 0
    foreseen: int = 0
    if_renewed: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.billed + self.to_bill + self.foreseen + self.if_renewed

    def add(self, other: Cell) -> None:
        """Return nothing after adding another."""
        self.billed += other.billed
        self.to_bill += other.to_bill
        self.foreseen += other.foreseen
        self.if_renewed += other.if_renewed


def _year() -> list[Cell]:
    return [Cell() for _month in range(MONTHS)]


@dataclass(slots=True)
class Analysis:
    """Twelve months from that of `first` on, by the article's id; None for lines without one."""

    first: date
    services: dict[int | None, list[Cell]] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        """The first days of the months."""
        return [add_months(self.first, number) for number in range(MONTHS)]

    @property
    def whole(self) -> list[Cell]:
        """All services together."""
        found = _year()
        for cells in self.services.values():
            for total, cell in zip(found, cells, strict=True):
                total.add(cell)
        return found

    def cell(self, article: int | None, day: date) -> Cell | None:
        """Return the cell of a service in the month of a day; None outside of the year."""
        number = month_index(day) - month_index(self.first)
        if not 0 <= number < MONTHS:
            return None
        return self.services.setdefault(article, _year())[number]


def of_lines(lines: QuerySet[Line], *, today: date, first: date) -> Analysis:
    """Return what these lines invoice in twelve months; what meters will count is not foreseen.

    What is billed counts where its charge was due to be invoiced. Raises TooManyError.
    """
    if lines.order_by()[: MOST + 1].count() > MOST:
        raise TooManyError
    found = Analysis(first.replace(day=1))
    charged = _billed(found, lines)
    fees = lines.filter(kind=Line.Kind.FEE).select_related("contract")
    for line in fees.iterator(chunk_size=2_000):
        _foresee(found, line, charged, today)
    return found


def _billed(found: Analysis, lines: QuerySet[Line]) -> set[str]:
    """Put in what is billed; return the origins from which something stands charged."""
    number = Cast(F("contract_id"), TextField())
    bundle = Concat(Value("contract:"), number, output_field=TextField())
    rows = Charge.objects.filter(
        kind__in=FEES,
        bundle__in=lines.order_by().annotate(key=bundle).values("key"),
        invoice_on__gte=found.first,
        invoice_on__lt=add_months(found.first, MONTHS),
    )
    summed = (
        rows.order_by()
        .values_list("origin")
        .annotate(
            total=Sum("amount"),
            day=Min("invoice_on"),
            of_article=Min("article_id"),
        )
    )
    wanted = {f"line:{key}" for key in lines.order_by().values_list("pk", flat=True)}
    charged: set[str] = set()
    for origin, total, day, article in summed.iterator(chunk_size=5_000):
        if origin.rpartition(":")[0] not in wanted:
            continue
        cell = found.cell(article, day)
        if total and cell is not None:
            cell.billed += total.minor
            charged.add(origin)
    return charged


def _foresee(found: Analysis, line: Line, charged: set[str], today: date) -> None:
    terms = line.terms()
    last = add_months(found.first, MONTHS) - ONE_DAY
    pause = line.contract.suspended_from
    for charge in schedule.invoiced(terms, found.first, last):
        if pause is not None and charge.period.start >= pause:
            continue
        cell = found.cell(line.article_id, charge.invoice_date)
        if cell is None or f"line:{line.pk}:{charge.period.start.isoformat()}" in charged:
            continue
        if charge.invoice_date <= today:
            cell.to_bill += charge.amount.minor
        else:
            cell.foreseen += charge.amount.minor
    going_on = renewed(line.contract, line.kind, line.end, terms)
    for charge in schedule.invoiced(going_on, found.first, last) if going_on else ():
        cell = found.cell(line.article_id, charge.invoice_date)
        if cell is not None:
            cell.if_renewed += charge.amount.minor


def money(cents: int) -> Money | None:
    """Return an amount; None for nothing."""
    return Money(cents) if cents else None
