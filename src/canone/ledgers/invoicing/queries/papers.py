"""Documents as they are printed: all texts in the customer's language, ready for the template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db.models import Prefetch
from django.utils import translation
from django.utils.translation import gettext as _

from canone.base.firm import queries as firms
from canone.base.firm.models import Firm
from canone.kernel import identities
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Document, DocumentLine, DueItem, VatSummary
from canone.ledgers.invoicing.queries import composing, paper_annexes, paper_codes, planning, words
from canone.ledgers.invoicing.queries.paper_texts import mentions_of, remarks, title_of
from canone.registers.catalog.models import VatRate
from canone.registers.parties.models import PaymentTerms
from canone.ui import formats

KEY = "invoicing/document"
MICRO = 1_000_000
WHOLE = 10_000
BATCH = 50
COUNTRIES = {"IT": "Italia", "FR": "France"}


@dataclass(slots=True)
class Sheet:
    """A document with what its template needs."""

    document: Document
    data: dict[str, Any]


def sheets(ids: Iterable[int]) -> Iterator[Sheet]:
    """Yield the documents of these ids as they are printed, in this order; some at a time."""
    rest = iter(ids)
    firm = firms.firm()
    rates = {rate.pk: rate for rate in VatRate.objects.all()}
    while part := list(islice(rest, BATCH)):
        found = {row.pk: row for row in _with_everything().filter(pk__in=part)}
        for key in part:
            if key in found:
                yield Sheet(found[key], _data(found[key], firm, rates))


def sheet(document_id: int) -> Sheet:
    """Return one document as it is printed."""
    return next(sheets([document_id]))


def _with_everything() -> Any:
    lines = DocumentLine.objects.select_related("charge", "article").order_by("position")
    return Document.objects.select_related("site", "original").prefetch_related(
        Prefetch("lines", lines),
        Prefetch("taxes", VatSummary.objects.order_by("-basis_points", "nature")),
        Prefetch("due_items", DueItem.objects.order_by("number")),
    )


@dataclass(slots=True)
class _View:
    """A document with what a draft does not hold yet: whom it is for, and its VAT."""

    row: Document
    lines: list[DocumentLine]
    customer: dict[str, Any]
    taxes: list[tuple[int, str, Money, Money]]
    day: date


def _data(row: Document, firm: Firm, rates: dict[int, VatRate]) -> dict[str, Any]:
    with translation.override(row.language):
        view = _view(row)
        dues = list(row.due_items.all())
        return {
            "title": title_of(row),
            "watermark": _("Draft") if row.state == Document.State.DRAFT else _refused(row),
            "recipient": _recipient(row, view.customer, firm),
            "facts": _facts(view, firm),
            "columns": [
                _("Description"), _("Quantity"), _("Unit price"), _("Discount"), _("VAT"),
                _("Amount"),
            ],
            "has_discount": any(line.discount_bp for line in view.lines),
            "rows": [_line(line, rates) for line in view.lines],
            "vat": _vat(view, firm, rates),
            "totals": _totals(row),
            "dues": _dues(row, dues),
            "bank": paper_codes.bank(row, firm),
            "code": paper_codes.code(row, dues, firm),
            "notes": [text for text in (row.notes, row.reason) if text],
            "remarks": remarks(row, view.lines, view.customer, firm, view.day),
            "annexes": paper_annexes.annexes(row, view.lines),
        }  # fmt: skip


def _view(row: Document) -> _View:
    lines = list(row.lines.all())
    day = row.issue_date or row.created_at.date()
    if row.state != Document.State.DRAFT:
        taxes = [(tax.basis_points, tax.nature, tax.base, tax.tax) for tax in row.taxes.all()]
        return _View(row, lines, row.customer_data, taxes, day)
    sums = composing.sums_of(row)
    ground = planning.stage(day, [row.customer_id])
    frozen = paper_annexes.loads(ground.people[row.customer_id].data)
    drafted = [(t.basis_points, t.nature, Money(t.base), Money(t.tax)) for t in sums.taxes]
    return _View(row, lines, frozen, drafted, day)


def _refused(row: Document) -> str:
    return _("Refused") if row.state == Document.State.REFUSED else ""


def _recipient(row: Document, customer: dict[str, Any], firm: Firm) -> list[str]:
    address = customer.get("address") or {}
    lines = [row.customer_name, address.get("street", ""), _place(address)]
    country = str(address.get("country") or customer.get("country") or "")
    if country != firm.country.upper():
        lines.append(COUNTRIES.get(country, country))
    return [line for line in lines if line]


def _place(address: dict[str, Any]) -> str:
    # only in Italy the province belongs to an address
    in_italy = address.get("province") and address.get("country") == "IT"
    province = f"({address['province']})" if in_italy else ""
    return " ".join(filter(None, (address.get("postcode"), address.get("city"), province)))


def _facts(view: _View, firm: Firm) -> list[list[str]]:
    row, customer = view.row, view.customer
    sdi = str(customer.get("sdi_code", "")) if firm.country == Firm.Country.ITALY else ""
    found = [
        (_("Number"), row.label),
        (_("Date"), formats.date_of(row.issue_date) if row.issue_date else ""),
        (_("Period"), _period(row)),
        (_("Customer"), str(customer.get("code", ""))),
        (_("VAT no."), _vat_number(customer)),
        (_("Tax code"), str(customer.get("tax_code", ""))),
        ("SIREN", str(customer.get("siren", ""))),
        (_("SdI code"), sdi),
        (_("Site"), _site(row)),
        (_("Payment terms"), _terms(row)),
        (_("Method"), _method(row.method)),
        (_("Mandate"), row.mandate),
        (_("Corrects"), _original(row)),
    ]
    return [[label, value] for label, value in [*found, *_references(row)] if value]


def _vat_number(customer: dict[str, Any]) -> str:
    """Return the number with its letters, as the firm's own stands in the letterhead."""
    number, country = str(customer.get("vat_number", "")), str(customer.get("country", ""))
    return identities.whole_vat(number, country) if country else number


def _period(row: Document) -> str:
    return formats.period(row.period_start, row.period_end) if row.period_start else ""


def _site(row: Document) -> str:
    if row.site is None:
        return ""
    return ", ".join(part for part in (row.site.name, row.site.street, row.site.city) if part)


def _terms(row: Document) -> str:
    names = row.terms_data.get("names") or {}
    if not names and row.terms is not None and row.state == Document.State.DRAFT:
        return row.terms.name_in(row.language)
    given = [names.get(row.language), *names.values(), row.terms_data.get("code", "")]
    return next((str(name) for name in given if name), "")


def _method(code: str) -> str:
    return str(dict(PaymentTerms.Method.choices).get(code, code)) if code else ""


def _original(row: Document) -> str:
    if row.original is None:
        return ""
    told = {"number": row.original.label, "day": formats.date_of(row.original.issue_date)}
    return _("%(number)s of %(day)s") % told


def _references(row: Document) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for told in row.mentions:
        if not isinstance(told, dict):
            continue
        for number, day, label in (
            ("number", "date", _("Contract")),
            ("order", "order_date", _("Order")),
        ):
            if told.get(number):
                found.append((label, _dated(str(told[number]), str(told.get(day, "")))))
        found += [(name.upper(), str(told[name])) for name in ("cig", "cup") if told.get(name)]
    return list(dict.fromkeys(found))


def _dated(number: str, day: str) -> str:
    try:
        told = {"number": number, "day": formats.date_of(date.fromisoformat(day))}
    except ValueError:
        return number
    return _("%(number)s of %(day)s") % told


def _line(line: DocumentLine, rates: dict[int, VatRate]) -> list[str]:
    rate = rates.get(line.vat_id or 0)
    return [
        line.description,
        _days(line),
        words.counted(line.quantity_micros, line.unit),
        formats.unit_price(line.unit_price),
        _percent(line.discount_bp) if line.discount_bp else "",
        # a rate is told as such; why there is none, by the code that the firm knows it by
        rate.code if rate and not line.vat_bp else _rate(line.vat_bp, line.nature),
        formats.money(line.amount),
    ]


def _days(line: DocumentLine) -> str:
    """Return the period below a description, unless that names it, or it is no service's."""
    if line.period_start is None or line.is_stamp:
        return ""
    start, end = line.period_start, line.period_end
    days = {start, end - timedelta(days=1)} if end else {start}
    is_named = end is not None and all(formats.date_of(day) in line.description for day in days)
    return "" if is_named else formats.period(start, end)


def _rate(basis_points: int, nature: str) -> str:
    return nature or _percent(basis_points)


def _percent(basis_points: int) -> str:
    value = formats.number(paper_codes.decimal(basis_points * WHOLE))
    return f"{value}%" if formats.language_or() == "en" else f"{value}{formats.NO_BREAK}%"


def _vat(view: _View, firm: Firm, rates: dict[int, VatRate]) -> dict[str, Any]:
    rows = [
        [_rate(points, nature), formats.money(base), formats.money(tax)]
        for points, nature, base, tax in view.taxes
    ]
    return {
        "columns": [_("Rate or nature"), _("Taxable amount"), _("VAT")],
        "rows": rows,
        "mentions": mentions_of(view.row, view.lines, view.taxes, view.customer, firm, rates),
    }


def _totals(row: Document) -> list[list[str]]:
    found = [
        [_("Taxable amount"), formats.money(row.net)],
        [_("VAT"), formats.money(row.vat)],
        [_("Total"), formats.money(row.gross)],
    ]
    if row.is_split:
        found.append([_("VAT paid by the customer"), formats.money(Money(-row.vat.minor))])
    if row.withholding.minor:
        found.append([_("Withholding"), formats.money(Money(-row.withholding.minor))])
    last = _("To your credit") if row.kind == Document.Kind.CREDIT_NOTE else _("To pay")
    return [*found, [last, formats.money(row.payable)]]


def _dues(row: Document, dues: Sequence[DueItem]) -> dict[str, Any]:
    if row.kind == Document.Kind.CREDIT_NOTE:
        return {"title": "", "rows": []}
    rows = [
        [formats.date_of(due.due_on), _method(due.method), formats.money(due.amount)]
        for due in dues
    ]
    return {"title": _("Due") if rows else "", "rows": rows}
