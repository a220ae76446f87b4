"""Titles, and what the law wants said on a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.firm.models import Firm
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Document, DocumentLine
from canone.ledgers.invoicing.rules.mentions import mention, penalty
from canone.registers.catalog.models import Article, VatRate
from canone.ui import formats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLES: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "invoice": (gettext_lazy("Invoice %(number)s"), gettext_lazy("Draft of an invoice")),
    "credit_note": (
        gettext_lazy("Credit note %(number)s"),
        gettext_lazy("Draft of a credit note"),
    ),
    "pro_forma": (
        gettext_lazy("Pro-forma invoice %(number)s"),
        gettext_lazy("Draft of a pro-forma invoice"),
    ),
}
GOODS, SERVICES, BOTH = (
    gettext_lazy("Kind of operation: goods"),
    gettext_lazy("Kind of operation: services"),
    gettext_lazy("Kind of operation: goods and services"),
)


def title_of(row: Document) -> str:
    """Return what the document is, with its number once it has one."""
    numbered, draft = TITLES[row.kind]
    return str(numbered) % {"number": row.label} if row.label else str(draft)


def mentions_of(
    row: Document,
    lines: Sequence[DocumentLine],
    taxes: Sequence[tuple[int, str, Money, Money]],
    customer: dict[str, Any],
    firm: Firm,
    rates: dict[int, VatRate],
) -> list[list[str]]:
    """Return every nature of the document with the text that the law wants beside it.

    Where no dated text is known, the description of the VAT in the catalogue speaks.
    """
    day = row.issue_date or row.created_at.date()
    titles: dict[str, dict[str, None]] = {}
    for line in lines:
        rate = rates.get(line.vat_id or 0)
        if rate is not None and rate.nature:
            titles.setdefault(rate.nature, {})[rate.title] = None
    found = []
    for _points, nature, _base, _tax in taxes:
        if nature:
            text = _mention(nature, day, row, customer, firm)
            found.append([nature, text or "; ".join(titles.get(nature, ()))])
    return found


def remarks(
    row: Document,
    lines: Sequence[DocumentLine],
    customer: dict[str, Any],
    firm: Firm,
    day: date,
) -> list[str]:
    """Return the sentences that the law, or clarity, wants at the foot of the document."""
    found = []
    if row.is_split:
        found.append(_mention("split", day, row, customer, firm))
    if row.stamp.minor:
        text = _mention("stamp", day, row, customer, firm)
        found.append(f"{text}: {formats.money(row.stamp)}" if text else "")
    if firm.country == Firm.Country.FRANCE:
        found += _french(row, lines, customer, firm, day)
    if row.kind == Document.Kind.PRO_FORMA:
        found.append(_("This is no invoice: it is issued once it is paid or confirmed."))
    return [text for text in found if text]


def _french(
    row: Document,
    lines: Sequence[DocumentLine],
    customer: dict[str, Any],
    firm: Firm,
    day: date,
) -> list[str]:
    kinds = {line.article.kind if line.article else Article.Kind.SERVICE.value for line in lines}
    goods = Article.Kind.GOODS.value in kinds
    services = kinds - {Article.Kind.GOODS.value}
    found = [str(BOTH if goods and services else GOODS if goods else SERVICES)]
    if row.vat.minor and (services or firm.pays_vat_on_debits):
        due = "debits" if firm.pays_vat_on_debits else "receipts"
        found.append(_mention(due, day, row, customer, firm))
    is_consumer = customer.get("is_person") and not customer.get("vat_number")
    if row.kind == Document.Kind.INVOICE and not is_consumer:
        known = penalty("FR", day)
        rate = ""
        if known is not None:
            percent = formats.number(Money(known).decimal)
            rate = f" ({percent}{formats.NO_BREAK}%)"
        found.append(_mention("late", day, row, customer, firm).replace("{rate}", rate))
    return found


def _mention(code: str, day: date, row: Document, customer: dict[str, Any], firm: Firm) -> str:
    return mention(
        firm.country.upper(),
        code,
        day,
        customer=str(customer.get("country", "")),
        language=row.language,
    )
