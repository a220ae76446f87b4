"""Documents in JSON: listed, read, fetched as PDF, credited."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.kernel.money import MICRO, Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.api import dues, shared
from canone.ledgers.invoicing.api.shared import Amount, Day, Why
from canone.ledgers.invoicing.models import Document, DocumentLine, DueItem
from canone.ledgers.invoicing.queries import documents as queries
from canone.ledgers.invoicing.queries import dues as due_queries
from canone.ledgers.invoicing.queries import mentions
from canone.ledgers.invoicing.queries.documents import Standing
from canone.ledgers.invoicing.services import crediting, papers
from canone.ui import api

router = api.Router(tags=["documents"])
DocumentKind = Literal["invoice", "credit_note", "pro_forma"]
DocumentState = Literal["draft", "open", "overdue", "settled", "issued", "refused"]
ONE_DAY = timedelta(days=1)


class DocumentBrief(api.Schema):
    """An invoice, a credit note or a pro-forma; amounts of a credit note have no minus.

    `open` and `due_on` are of what is not settled. `state` is where it stands today.
    """

    id: int
    kind: DocumentKind
    state: DocumentState
    number: str
    version: int
    customer_id: int
    customer: str
    issue_date: date | None
    posting_date: date | None
    net: str
    vat: str
    total: str
    to_pay: str
    open: str
    due_on: date | None
    original_id: int | None
    run_id: int | None


class DocumentLineOut(api.Schema):
    """A line; days are inclusive, `amount` is before VAT, `original_id` the line it takes back."""

    id: int
    position: int
    charge_id: int | None
    article_id: int | None
    description: str
    quantity: str
    unit: str
    unit_price: str
    discount_basis_points: int
    amount: str
    vat_id: int | None
    vat_basis_points: int
    nature: str
    first_day: date | None
    last_day: date | None
    original_id: int | None


class DocumentVatOut(api.Schema):
    """What a document bears under one rate and nature."""

    basis_points: int
    nature: str
    base: str
    vat: str


class DocumentAgentOut(api.Schema):
    """An agent of the contracts on the document, such as `party:12`, with its part before VAT."""

    agent: str
    share_basis_points: int
    amount: str


class DocumentOut(DocumentBrief):
    """A document with lines, VAT and due items; `mode` says what a credit note does."""

    series: str
    language: str
    currency: str
    method: str
    mandate: str
    payment_terms_id: int | None
    site_id: int | None
    withholding: str
    stamp_duty: str
    is_split_payment: bool
    mode: str
    reason: str
    refusal: str
    notes: str
    source_id: int | None
    lines: list[DocumentLineOut]
    taxes: list[DocumentVatOut]
    agents: list[DocumentAgentOut]
    due_items: list[dues.DueItemOut]


class DocumentFilters(api.Schema):
    """Which documents are listed; `q` looks through numbers, customers, contracts and orders."""

    q: str = Field("", max_length=200)
    customer_id: api.Id | None = None
    kind: DocumentKind | None = None
    state: DocumentState | None = None
    run_id: api.Id | None = None
    since: Day | None = None
    until: Day | None = None


class CreditLineIn(api.Schema):
    """What of a line is credited, before VAT; null for all that is left of it."""

    line_id: api.Id
    amount: Amount | None = None


class CreditNoteIn(api.Schema):
    """What of an invoice is credited, and what becomes of it.

    Without `lines` all that is left. `release` opens the charges for the next run and takes whole
    lines; `settle` closes them for good.
    """

    mode: Literal["release", "settle"]
    reason: Why
    lines: list[CreditLineIn] | None = Field(None, min_length=1, max_length=10_000)
    series: str = Field("", max_length=6)
    issue_date: Day | None = None
    notes: str = Field("", max_length=4_000)


FILTERS: Any = api.Query(...)


@router.get("/documents", response=api.Paged[DocumentBrief], summary="List documents")
@api.allows(permissions.VIEW)
def list_documents(
    request: api.Request, filters: DocumentFilters = FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the documents that you may see, newest first; days are those of issue."""
    conditions = {
        "customer": filters.customer_id,
        "kind": filters.kind,
        "run": filters.run_id,
        "issue_date__gte": filters.since,
        "issue_date__lte": filters.until,
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    rows = Document.objects.visible_to(request.user).filter(**given)
    if filters.q:
        named = Q(label__icontains=filters.q) | Q(customer_name__icontains=filters.q)
        rows = mentions.readable(rows).filter(named | mentions.holds(filters.q))
    day = shared.today()
    if filters.state:
        rows = queries.standing_as(rows, Standing(filters.state), day=day)
    cut = api.cut(queries.with_standing(rows, day=day), page, newest_first=True)
    return cut | {"items": [_brief(row) for row in cut["items"]]}


@router.get("/documents/{document_id}", response=DocumentOut, summary="Read a document")
@api.allows(permissions.VIEW)
def read_document(request: api.Request, document_id: api.Id) -> dict[str, Any]:
    """Return one document with lines, VAT and due items."""
    return full(request, document_id)


@router.get("/documents/{document_id}/pdf", summary="Read a document as PDF")
@api.allows(permissions.VIEW)
def read_pdf(request: api.Request, document_id: api.Id) -> HttpResponse:
    """Return the document as PDF/A-3 in its customer's language (`application/pdf`)."""
    row = get_object_or_404(Document.objects.visible_to(request.user), pk=document_id)
    return HttpResponse(papers.pdf(row.pk, at=timezone.now()), content_type="application/pdf")


@router.post(
    "/documents/{document_id}/credit", response={201: DocumentOut}, summary="Issue a credit note"
)
@api.allows(permissions.CREDIT)
def credit(
    request: api.Request, document_id: api.Id, body: CreditNoteIn
) -> api.Answer[dict[str, Any]]:
    """Return the credit note; it has its number, and is set against what is open of the invoice."""
    row = shared.one(Document.objects.visible_to(request.user), document_id)
    amounts = None
    if body.lines is not None:
        amounts = {
            line.line_id: None if line.amount is None else shared.money(line.amount)
            for line in body.lines
        }
        if len(amounts) != len(body.lines):
            raise api.invalid("lines", "twice", _("A line is named twice."))
    wanted = crediting.Credit(
        row.pk,
        body.mode,
        body.reason,
        amounts=amounts,
        series=body.series,
        issue_date=body.issue_date,
        notes=body.notes,
    )
    with shared.told():
        made = crediting.credit(wanted, day=shared.today(), **shared.stamp(request))
    return api.Answer(201, full(request, made.pk))


def full(request: api.Request, pk: int) -> dict[str, Any]:
    """Return a document that the caller may see, whole."""
    day = shared.today()
    seen = queries.with_standing(Document.objects.visible_to(request.user), day=day)
    row = shared.one(seen, pk)
    items = DueItem.objects.filter(document=row).select_related("document")
    names = ("series", "language", "currency", "method", "mandate", "site_id", "mode")
    more = ("reason", "refusal", "notes", "source_id")
    return _brief(row) | {
        **{name: getattr(row, name) for name in (*names, *more)},
        "payment_terms_id": row.terms_id,
        "withholding": str(row.withholding),
        "stamp_duty": str(row.stamp),
        "is_split_payment": row.is_split,
        "lines": [_line(line) for line in row.lines.order_by("position")],
        "taxes": [
            {
                "basis_points": tax.basis_points,
                "nature": tax.nature,
                "base": str(tax.base),
                "vat": str(tax.tax),
            }
            for tax in row.taxes.all()
        ],
        "agents": [
            {
                "agent": one.key,
                "share_basis_points": one.basis_points,
                "amount": str(Money(one.amount)),
            }
            for one in queries.agents(row, request.user)
        ],
        "due_items": [
            dues.shown(item, day)
            for item in due_queries.with_standing(items, day=day).order_by("number")
        ],
    }


def _brief(row: Any) -> dict[str, Any]:
    names = ("kind", "version", "customer_id", "issue_date", "posting_date", "original_id")
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in (*names, "run_id", "due_on")},
        "state": row.standing,
        "number": row.label,
        "customer": row.customer_name,
        "net": str(row.net),
        "vat": str(row.vat),
        "total": str(row.gross),
        "to_pay": str(row.payable),
        "open": str(row.open_amount) if row.open_amount is not None else "0.00",
    }


def _line(line: DocumentLine) -> dict[str, Any]:
    names = ("position", "charge_id", "article_id", "description", "unit", "vat_id", "nature")
    return {
        "id": line.pk,
        **{name: getattr(line, name) for name in (*names, "original_id")},
        "quantity": f"{(Decimal(line.quantity_micros) / MICRO).normalize():f}",
        "unit_price": str(line.unit_price),
        "discount_basis_points": line.discount_bp,
        "amount": str(line.amount),
        "vat_basis_points": line.vat_bp,
        "first_day": line.period_start,
        "last_day": line.period_end - ONE_DAY if line.period_end else None,
    }
