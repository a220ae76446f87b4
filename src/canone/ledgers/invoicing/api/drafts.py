"""Invoices and pro-formas that a program writes: drafts, and issuing them, in JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import Field

from canone.kernel.money import MICRO, UnitPrice
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.api import documents, shared
from canone.ledgers.invoicing.api.documents import DocumentOut
from canone.ledgers.invoicing.api.shared import Day, Method
from canone.ledgers.invoicing.models import Charge, Document
from canone.ledgers.invoicing.services import drafts, versions
from canone.registers.catalog.models import Article, VatRate
from canone.registers.parties.models import Party, PaymentTerms, Site
from canone.ui import api

router = documents.router
"""Drafts are documents: one address has one router."""
MOST = 10_000


class DraftLineIn(api.Schema):
    """A line of a draft: the charge that it takes, or what is written here.

    `last_day` is included; without days the line is of the day of issue.
    """

    charge_id: api.Id | None = None
    description: str = Field("", max_length=400)
    quantity: Decimal = Field(Decimal(1), max_digits=13, decimal_places=6)
    unit: str = Field("", max_length=12)
    unit_price: Decimal = Field(Decimal(0), max_digits=15, decimal_places=6)
    discount_basis_points: int = Field(0, ge=0, le=10_000, description="1250 is 12.5 %")
    vat_id: api.Id | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    article_id: api.Id | None = None


class DraftIn(api.Schema):
    """What is to be issued: an invoice, or a pro-forma, which takes no charges.

    What is left out is as usual: series, terms and method of the customer, the day of issue.
    """

    kind: Literal["invoice", "pro_forma"] = "invoice"
    customer_id: api.Id
    lines: list[DraftLineIn] = Field(min_length=1, max_length=MOST)
    series: str = Field("", max_length=6)
    issue_date: Day | None = None
    payment_terms_id: api.Id | None = None
    method: Method = ""
    mandate: str = Field("", max_length=40)
    site_id: api.Id | None = None
    notes: str = Field("", max_length=4_000)


@router.post("/documents", response={201: DocumentOut}, summary="Write a draft")
@api.allows(permissions.ISSUE)
def create_draft(request: api.Request, body: DraftIn) -> api.Answer[dict[str, Any]]:
    """Return the new draft, which has no number yet; an invoice claims the charges it takes."""
    draft = _draft(request, body)
    with shared.told():
        row = drafts.create(draft, **shared.stamp(request))
    return api.Answer(201, documents.full(request, row.pk))


@router.put("/documents/{document_id}", response=DocumentOut, summary="Write a draft anew")
@api.allows(permissions.ISSUE)
def replace_draft(request: api.Request, document_id: api.Id, body: DraftIn) -> dict[str, Any]:
    """Return the draft with this content alone; an issued document is a 409."""
    row = _one(request, document_id)
    draft = _draft(request, body)
    if row.state == Document.State.DRAFT and row.kind != body.kind:
        raise api.invalid("kind", "fixed", _("The kind of a draft stays as it is."))
    with shared.told():
        drafts.update(row.pk, draft, **shared.stamp(request))
    return documents.full(request, row.pk)


@router.delete("/documents/{document_id}", response={204: None}, summary="Throw a draft away")
@api.allows(permissions.ISSUE)
def delete_draft(request: api.Request, document_id: api.Id) -> api.Answer[None]:
    """Return nothing; its charges are to invoice again. An issued document is a 409."""
    row = _one(request, document_id)
    with shared.told():
        drafts.discard(row.pk, **shared.stamp(request))
    return api.Answer(204, None)


@router.post("/documents/{document_id}/issue", response=DocumentOut, summary="Issue a draft")
@api.allows(permissions.ISSUE)
def issue_draft(request: api.Request, document_id: api.Id) -> dict[str, Any]:
    """Return the document with its number; what keeps it back is a 409 that says what to do."""
    row = _one(request, document_id)
    with shared.told():
        drafts.issue(row.pk, day=shared.today(), **shared.stamp(request))
    return documents.full(request, row.pk)


@router.post(
    "/documents/{document_id}/invoice",
    response={201: DocumentOut},
    summary="Make a pro-forma an invoice",
)
@api.allows(permissions.ISSUE)
def turn(request: api.Request, document_id: api.Id) -> api.Answer[dict[str, Any]]:
    """Return the draft of the invoice that the pro-forma announced."""
    row = _one(request, document_id)
    with shared.told():
        made = drafts.turn(row.pk, **shared.stamp(request))
    return api.Answer(201, documents.full(request, made.pk))


@router.post(
    "/documents/{document_id}/correct",
    response={201: DocumentOut},
    summary="Correct a refused document",
)
@api.allows(permissions.ISSUE)
def correct(request: api.Request, document_id: api.Id) -> api.Answer[dict[str, Any]]:
    """Return a draft of the next version, under number and date of the refused one."""
    row = _one(request, document_id)
    with shared.told():
        made = versions.correct(document_id=row.pk, **shared.stamp(request))
    return api.Answer(201, documents.full(request, made.pk))


@router.post(
    "/documents/{document_id}/replace",
    response={201: DocumentOut},
    summary="Replace a refused document",
)
@api.allows(permissions.ISSUE)
def replace(request: api.Request, document_id: api.Id) -> api.Answer[dict[str, Any]]:
    """Return a draft that takes a new number; the refused document stays on record."""
    row = _one(request, document_id)
    with shared.told():
        made = versions.replace(document_id=row.pk, **shared.stamp(request))
    return api.Answer(201, documents.full(request, made.pk))


def _one(request: api.Request, pk: int) -> Document:
    return shared.one(Document.objects.visible_to(request.user), pk)


def _draft(request: api.Request, body: DraftIn) -> drafts.Draft:
    """Return what was sent; ids that are not there, or not theirs, are 422."""
    seen = Party.objects.visible_to(request.user).filter(is_customer=True)
    customer = shared.named(seen, "customer_id", body.customer_id)
    shared.named(PaymentTerms.objects.all(), "payment_terms_id", body.payment_terms_id)
    sites = Site.objects.visible_to(request.user).filter(party=customer)
    shared.named(sites, "site_id", body.site_id)
    _known(VatRate.objects.all(), [line.vat_id for line in body.lines])
    _known(Article.objects.all(), [line.article_id for line in body.lines])
    taken = [line.charge_id for line in body.lines if line.charge_id]
    _known(Charge.objects.visible_to(request.user).filter(customer=customer), taken)
    if len(taken) != len(set(taken)):
        raise api.invalid("lines", "twice", _("A charge is named twice."))
    return drafts.Draft(
        body.customer_id,
        [_line(line) for line in body.lines],
        kind=body.kind,
        series=body.series,
        issue_date=body.issue_date,
        terms_id=body.payment_terms_id,
        method=body.method,
        mandate=body.mandate,
        site_id=body.site_id,
        notes=body.notes,
    )


def _known(rows: QuerySet[Any], asked: list[int | None] | list[int]) -> None:
    keys = {key for key in asked if key}
    if keys and rows.filter(pk__in=keys).count() != len(keys):
        raise shared.unknown("lines")


def _line(line: DraftLineIn) -> drafts.Line:
    return drafts.Line(
        description=line.description,
        quantity_micros=int(line.quantity * MICRO),
        unit=line.unit,
        unit_price_micros=UnitPrice.of(line.unit_price).micros,
        discount_bp=line.discount_basis_points,
        vat_id=line.vat_id,
        first_day=line.first_day,
        last_day=line.last_day,
        article_id=line.article_id,
        charge_id=line.charge_id,
    )
