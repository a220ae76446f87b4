"""Which numbers come next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max

from canone.base.firm import queries as firms
from canone.base.numbering import queries as numbers
from canone.ledgers.invoicing.models import Document, Series
from canone.ledgers.invoicing.rules.documents import Kind

FLAGS = {
    Kind.INVOICE.value: "for_invoices",
    Kind.CREDIT_NOTE.value: "for_credit_notes",
    Kind.PRO_FORMA.value: "for_pro_formas",
}
USUAL = {
    "it": {Kind.INVOICE.value: "FT", Kind.CREDIT_NOTE.value: "NC", Kind.PRO_FORMA.value: "PF"},
    "fr": {Kind.INVOICE.value: "FA", Kind.CREDIT_NOTE.value: "AV", Kind.PRO_FORMA.value: "PF"},
}


@dataclass(frozen=True, slots=True)
class Last:
    """The last number of a series in a year, of a document or given elsewhere, and its day."""

    number: int
    day: date | None
    documents: int


NONE = Last(0, None, 0)


def last_of(year: int) -> dict[str, Last]:
    """Return how far each series came in a year, by its code."""
    found = {
        row.series: Last(row.number, row.day, 0) for row in numbers.series() if row.year == year
    }
    issued = Document.objects.filter(year=year, number__isnull=False).order_by()
    rows = issued.values_list("series").annotate(Max("number"), Max("issue_date"), Count("pk"))
    for code, number, day, count in rows:
        before = found.get(code, NONE)
        found[code] = Last(max(number, before.number), day, count)
    return found


@dataclass(frozen=True, slots=True)
class Next:
    """A series and the number that it gives next, and the day of its last document."""

    code: str
    number: int
    last_day: date | None


def active(kind: str) -> list[Series]:
    """Return the active series for documents of a kind, the default one first."""
    rows = Series.objects.filter(is_active=True, **{FLAGS[kind]: True})
    return list(rows.order_by("-is_default", "id"))


def foreseen(kind: str, code: str, day: date) -> Next:
    """Return what numbers a document of the kind and day; nothing is written."""
    chosen = code or next((row.code for row in active(kind)), USUAL[firms.firm().country][kind])
    known = Document.objects.filter(series=chosen, year=day.year, number__isnull=False)
    number, last = known.order_by("-number").values_list("number", "issue_date").first() or (
        0,
        None,
    )
    given = numbers.last(chosen, day.year)
    days = [one for one in (last, given.day if given and not number else None) if one]
    if not number and given:
        number = given.number
    return Next(chosen, (number or 0) + 1, max(days, default=None))
