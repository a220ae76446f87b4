"""What a contract bills and when, drawn: the calendar of twelve months and the next invoice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries import naming, situation, upcoming, words
from canone.desks.contracts.queries.billed import Invoice, invoices_of
from canone.desks.contracts.queries.course import Course
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.web import looks
from canone.kernel.money import Money
from canone.kernel.periods import add_months
from canone.ui import formats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BACK = 2
"""The calendar begins so many months before today's."""
SHOWN = 8
WORDS: dict[str, StrOrPromise] = {
    "billed": _("billed"),
    "to_bill": _("to bill"),
    "foreseen": _("foreseen"),
    "if_renewed": _("if renewed"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of the calendar as it is drawn; without a state it is empty."""

    span: int
    text: str = ""
    state: str = ""
    words: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """The head of a column and its foot; the month of today carries the day."""

    word: str
    today: str
    total: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Twelve months: a row a line, and what is invoiced in each."""

    legend: list[tuple[str, StrOrPromise]]
    months: list[Month]
    rows: list[tuple[str, list[Box]]]


@dataclass(frozen=True, slots=True)
class Following:
    """The next invoice: when, the first of `count` charges on it, how it is paid."""

    day: date
    is_due: bool
    rows: Sequence[tuple[str, Money]]
    count: int
    total: Money
    metered: Sequence[str]
    paid: str


def of_contract(course: Course, day: date, *, lines: Iterable[Line], may_open: bool) -> Calendar:
    """Return the calendar around a day of some of a contract's lines, with the sums of them all.

    What is billed leads to its invoice for who `may_open` it.
    """
    first, contract = add_months(day.replace(day=1), -BACK), course.contract
    months = situation.of_contract(contract, today=day, first=first, course=course)
    rows = situation.calendar(contract, today=day, first=first, lines=lines, charged=course.charged)
    seen = {cell.state for row in rows for cell in row.cells}
    billed = (_origin(row, cell) for row in rows for cell in row.cells if cell.state == "billed")
    drawn = _Drawn(contract, invoices_of(billed), may_open)
    return Calendar(
        [(key, word) for key, word in WORDS.items() if key in seen],
        [_month(month, first, day) for month in months],
        [(looks.line_words(row.line), _boxes(drawn, row)) for row in rows],
    )


def _month(month: situation.Month, first: date, today: date) -> Month:
    """Return the month's short name, with the year where one begins."""
    word = formats.short_month(month.day)
    if month.day == first or month.day.month == 1:
        word = f"{word} {month.day.year}"
    total = month.billed + month.to_bill + month.foreseen + month.if_renewed
    is_now = month.day == today.replace(day=1)
    told = now_("today %(day)s") % {"day": f"{today:%d/%m}"} if is_now else ""
    return Month(word, told, formats.money(total) if total else formats.MISSING)


class _Drawn(NamedTuple):
    contract: Contract
    invoices: Mapping[str, Invoice]
    may_open: bool


def _origin(row: situation.Row, cell: situation.Cell) -> str:
    return f"line:{row.line.pk}:{cell.charge.period.start.isoformat()}"


def _boxes(drawn: _Drawn, row: situation.Row) -> list[Box]:
    found, at = list[Box](), 0
    for cell in row.cells:
        if cell.first > at:
            found.append(Box(cell.first - at))
        invoice = drawn.invoices.get(_origin(row, cell))
        told = _when(cell, invoice)
        if cell.is_one:
            told = f"{_on_invoice(drawn.contract, row.line, cell.charge)}: {told}"
        url = ""
        if invoice is not None and drawn.may_open:
            url = reverse("invoicing:document", args=[invoice.pk])
        found.append(Box(cell.span, formats.money(cell.amount), cell.state, told, url))
        at = cell.first + cell.span
    if at < situation.MONTHS:
        found.append(Box(situation.MONTHS - at))
    return found


def _when(cell: situation.Cell, invoice: Invoice | None) -> str:
    """Return its state, with the invoice that bears it or the day on which it is invoiced."""
    state = WORDS[cell.state]
    if invoice is not None:
        told = {"state": state, "number": invoice.label, "day": formats.date_of(invoice.day)}
        return now_("%(state)s, invoice %(number)s of %(day)s") % told
    if cell.state == "billed":
        return now_("%(state)s, on no issued invoice yet") % {"state": state}
    told = {"state": state, "day": formats.date_of(cell.charge.invoice_date)}
    return now_("%(state)s, invoice of %(day)s") % told


def _on_invoice(contract: Contract, line: Line, charge: Charge) -> str:
    """Return what the invoice will say, in the customer's language."""
    language = contract.customer.language
    article = line.article.title_in(language) if line.article else ""
    text = naming.written(line, article)
    numbers = naming.in_a_year(line)
    return words.Writer().description(text, language, contract.number, charge, numbers)


def next_invoice(course: Course, day: date) -> Following | None:
    """Return what a contract bills next; None where nothing follows."""
    contract = course.contract
    found = upcoming.next_invoice(contract, today=day, course=course)
    if found is None:
        return None
    shown = found.charges[:SHOWN]
    lines = queries.lines_of(contract)
    known = lines.in_bulk([one.line.pk for one in shown])
    rows = [
        (_on_invoice(contract, known[one.line.pk], one.charge), one.charge.amount) for one in shown
    ]
    running = Q(end__isnull=True) | Q(end__gt=day)
    metered = [looks.line_words(line) for line in lines.filter(running, kind=Line.Kind.USAGE)]
    return Following(
        found.day,
        found.day == day,
        rows,
        len(found.charges),
        found.total,
        metered,
        _paid(contract),
    )


def _paid(contract: Contract) -> str:
    """Return how it is paid, as far as the contract says otherwise than its customer."""
    terms = contract.payment_terms or contract.customer.payment_terms
    method = contract.get_method_display() if contract.method else ""
    mandate = contract.mandate
    told = [str(terms) if terms else "", str(method)]
    if mandate:
        told.append(now_("mandate %(reference)s") % {"reference": mandate.reference})
    return " · ".join(filter(None, told))
