"""Everything that is owed and on no document, with what stands in the way, in JSON."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import Q
from django.utils import timezone
from pydantic import Field

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.api import shared
from canone.ledgers.invoicing.api.shared import Day
from canone.ledgers.invoicing.models import OwedItem, OwedQuerySet
from canone.ledgers.invoicing.queries import outlooks
from canone.ledgers.invoicing.queries.charges import Total
from canone.ledgers.invoicing.queries.reasons import told
from canone.ledgers.invoicing.rules.states import Age
from canone.ledgers.invoicing.services import outlooks as services
from canone.ui import api

router = api.Router(tags=["billing"])
ONE_DAY = timedelta(days=1)
Ages = Literal["30", "60", "90", "older"]


class OwedFilters(api.Schema):
    """What of it is meant: what is due through a day, today unless one is sent.

    `code` is what stands in the way: `ready` for nothing, `any` for anything, or one code. `age`
    is how many days ago the service ended, at most.
    """

    through: Day | None = None
    q: str = Field("", max_length=200)
    customer_id: api.Id | None = None
    kind: str = Field("", max_length=24)
    code: str = Field("", max_length=40)
    age: Ages | None = None


class OwedOut(api.Schema):
    """Something that is owed; `code` is empty when a run would bill it.

    Without `customer_id` nobody knows yet who pays; the amount may be unknown too.
    """

    id: int
    customer_id: int | None
    kind: str
    title: str
    bundle: str
    origin: str
    last_day: date
    due_from: date
    amount: str | None
    code: str
    reason: str


class OwedPartOut(api.Schema):
    """How many, and what they come to before VAT; `key` is the kind, the age or the code."""

    key: str
    count: int
    amount: str


class OwedTotalsOut(api.Schema):
    """What all of it comes to, cut in three ways, and when it was seen.

    `is_old` says that something may have changed since; `seen_at` is null before the first look.
    """

    count: int
    amount: str
    ready: OwedPartOut
    kinds: list[OwedPartOut]
    ages: list[OwedPartOut]
    codes: list[OwedPartOut]
    seen_at: datetime | None
    seen_through: date | None
    is_old: bool


class OwedCustomerOut(api.Schema):
    """What a customer owes; `oldest` is the last day of the oldest service."""

    customer_id: int
    code: str
    name: str
    count: int
    stuck: int
    oldest: date
    amount: str


class LookOut(api.Schema):
    """The job that looks at everything anew."""

    job_id: int


FILTERS: Any = api.Query(...)


@router.get("/unbilled", response=api.Paged[OwedOut], summary="List what is to invoice")
@api.allows(permissions.ISSUE)
def list_unbilled(
    request: api.Request, filters: OwedFilters = FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return what is owed and on no document, as the last look found it."""
    cut = api.cut(_rows(request, filters), page)
    return cut | {"items": [_owed(row) for row in cut["items"]]}


@router.get("/unbilled/totals", response=OwedTotalsOut, summary="Sum what is to invoice")
@api.allows(permissions.ISSUE)
def sum_unbilled(request: api.Request, filters: OwedFilters = FILTERS) -> dict[str, Any]:
    """Return what it comes to by kind, age and what stands in the way."""
    look, day = outlooks.last(), shared.today()
    found = outlooks.parts(_rows(request, filters), day=day)
    ready = found.codes.pop("", Total(0, Money(0)))
    return {
        "count": found.count,
        "amount": str(Money(found.cents)),
        "ready": _part(outlooks.READY, ready),
        "kinds": [_part(kind, total) for kind, total in sorted(found.kinds.items())],
        "ages": [_part(age, found.ages[age]) for age in Age if age in found.ages],
        "codes": [_part(code, total) for code, total in sorted(found.codes.items())],
        "seen_at": look.made_at if look else None,
        "seen_through": look.through if look else None,
        "is_old": outlooks.is_old(look, at=timezone.now(), day=day),
    }


@router.get(
    "/unbilled/customers",
    response=api.Paged[OwedCustomerOut],
    summary="List what is to invoice by customer",
)
@api.allows(permissions.ISSUE)
def list_unbilled_customers(
    request: api.Request, filters: OwedFilters = FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the customers who owe something that is on no document."""
    cut = api.cut(outlooks.customers(_rows(request, filters)), page)
    return cut | {"items": [_customer(row) for row in cut["items"]]}


@router.post("/unbilled/look", response={202: LookOut}, summary="Look again at what is to invoice")
@api.allows(permissions.ISSUE)
def look_again(request: api.Request) -> api.Answer[dict[str, int]]:
    """Return the job that looks anew; one that is at work stays."""
    return api.Answer(202, {"job_id": services.start(**shared.stamp(request)).pk})


def _rows(request: api.Request, filters: OwedFilters) -> OwedQuerySet:
    day = shared.today()
    rows = outlooks.items(outlooks.last()).visible_to(request.user)
    rows = rows.filter(invoice_on__lte=filters.through or day)
    for word in filters.q.split():
        rows = rows.filter(Q(title__icontains=word) | Q(customer__name__icontains=word))
    if filters.customer_id is not None:
        rows = rows.filter(customer=filters.customer_id)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.code:
        rows = outlooks.of_code(rows, filters.code)
    return outlooks.of_age(rows, Age(filters.age), day=day) if filters.age else rows


def _owed(row: OwedItem) -> dict[str, Any]:
    names = ("customer_id", "kind", "title", "bundle", "origin", "code")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "reason": told(row.code, row.reason),
        "last_day": row.service_end - ONE_DAY,
        "due_from": row.invoice_on,
        "amount": None if row.amount is None else str(row.amount),
    }


def _part(key: str, total: Total) -> dict[str, Any]:
    return {"key": key, "count": total.count, "amount": str(total.amount)}


def _customer(row: Any) -> dict[str, Any]:
    return {
        "customer_id": row.pk,
        "code": row.code,
        "name": row.name,
        "count": row.owed_count,
        "stuck": row.owed_stuck,
        "oldest": row.oldest - ONE_DAY,
        "amount": str(row.owed_total),
    }
