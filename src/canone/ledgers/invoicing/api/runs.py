"""Runs of billing in JSON: what one would issue, starting, stopping and going on with one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.tasks import services as jobs
from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.api import shared
from canone.ledgers.invoicing.api.shared import Day
from canone.ledgers.invoicing.models import BillingRun, RunLeftOut
from canone.ledgers.invoicing.queries import preview as previews
from canone.ledgers.invoicing.queries.reasons import told
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.plan import Planned
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.ledgers.invoicing.services import runs
from canone.registers.parties.models import Party, Zone
from canone.ui import api, origins

router = api.Router(tags=["billing"])
ONE_DAY = timedelta(days=1)
SHOWN = 200
"""How many proposed documents, and things left out, one answer holds at most."""


class RunIn(api.Schema):
    """What a run bills: everything due through a date, on documents of another.

    Days that are left out are today. Filters that are empty filter nothing; `without` are keys of
    documents of the preview that stay out this time.
    """

    through: Day | None = None
    issue_date: Day | None = None
    posting_date: Day | None = None
    series: str = Field("", max_length=6)
    credit_series: str = Field("", max_length=6)
    customer_ids: list[api.Id] = Field([], max_length=1_000)
    kinds: list[str] = Field([], max_length=50)
    zone_id: api.Id | None = None
    without: list[str] = Field([], max_length=10_000)


class PreviewIn(RunIn):
    """What a run would bill, and which of its documents are shown."""

    start: int = Field(0, ge=0, le=1_000_000, description="how many documents are passed over")
    limit: int = Field(50, ge=0, le=SHOWN)


class ProposedOut(api.Schema):
    """A document that the run would issue; amounts of a credit note have no minus."""

    key: str
    kind: Literal["invoice", "credit_note"]
    customer_id: int
    customer: str
    charges: int
    first_day: date
    last_day: date
    net: str
    vat: str
    total: str
    to_pay: str
    is_left_out: bool


class LeftOutOut(api.Schema):
    """What is not billed, and why; `code` is for programs."""

    customer_id: int
    code: str
    title: str
    reason: str
    bundle: str
    origin: str
    amount: str | None


class PreviewOut(api.Schema):
    """What the run would come to; credit notes count below zero. Nothing is written."""

    documents: int
    invoices: int
    credit_notes: int
    charges: int
    net: str
    vat: str
    total: str
    to_pay: str
    left_out: int
    shown: list[ProposedOut]
    left_out_shown: list[LeftOutOut]


class BillingRunOut(api.Schema):
    """A run and how far it is; `is_at_work` while its job runs or waits."""

    id: int
    state: Literal["open", "done"]
    is_at_work: bool
    through: date
    issue_date: date
    posting_date: date
    series: str
    credit_series: str
    documents: int
    charges: int
    left_out: int
    net: str
    total: str
    remarks: list[str]
    job_id: int | None
    customers_done: int
    customers: int
    started_at: datetime
    finished_at: datetime | None


@router.post("/billing-preview", response=PreviewOut, summary="Preview a billing run")
@api.allows(permissions.ISSUE)
def preview_run(request: api.Request, body: PreviewIn) -> dict[str, Any]:
    """Return what a run would issue and what it leaves out; its figures are those of the run."""
    order = _order(request, body)
    seen = previews.view(order, start=body.start, size=body.limit)
    whole = seen.whole
    return {
        "documents": whole.documents,
        "invoices": whole.invoices,
        "credit_notes": whole.credit_notes,
        "charges": whole.charges,
        "net": str(Money(whole.net)),
        "vat": str(Money(whole.vat)),
        "total": str(Money(whole.gross)),
        "to_pay": str(Money(whole.payable)),
        "left_out": sum(count for count, _cents in whole.left_out.values()),
        "shown": [_proposed(one, order) for one in seen.documents],
        "left_out_shown": [_left_out(one) for one in seen.left_out],
    }


@router.get("/billing-runs", response=api.Paged[BillingRunOut], summary="List billing runs")
@api.allows(permissions.ISSUE)
def list_runs(
    request: api.Request,  # noqa: ARG001 (they belong to the firm)
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return the runs, newest first."""
    cut = api.cut(BillingRun.objects.select_related("job"), page, newest_first=True)
    return cut | {"items": [_run(row) for row in cut["items"]]}


@router.post("/billing-runs", response={201: BillingRunOut}, summary="Start a billing run")
@api.allows(permissions.ISSUE)
def start_run(request: api.Request, body: RunIn) -> api.Answer[dict[str, Any]]:
    """Return the run, which issues in the background; read it again to see how far it is."""
    order = _order(request, body)
    with shared.told():
        run, _job = runs.start(order, day=shared.today(), **shared.stamp(request))
    return api.Answer(201, _run(_find(run.pk)))


@router.get("/billing-runs/{run_id}", response=BillingRunOut, summary="Read a billing run")
@api.allows(permissions.ISSUE)
def read_run(request: api.Request, run_id: api.Id) -> dict[str, Any]:  # noqa: ARG001
    """Return how far a run is and what it came to."""
    return _run(_find(run_id))


@router.post("/billing-runs/{run_id}/stop", response=BillingRunOut, summary="Stop a billing run")
@api.allows(permissions.ISSUE)
def stop_run(request: api.Request, run_id: api.Id) -> dict[str, Any]:  # noqa: ARG001
    """Return the run, about to stop after its present documents; what is issued is complete."""
    run = _find(run_id)
    if run.job is None or not run.job.is_active:
        raise api.Problem(409, "not_possible", _("This run is not at work."))
    try:
        jobs.cancel(job=run.job, at=timezone.now())
    except jobs.NotPossibleError as error:
        raise api.Problem(409, "not_possible", error.message) from error
    return _run(_find(run_id))


@router.post(
    "/billing-runs/{run_id}/resume", response=BillingRunOut, summary="Go on with a billing run"
)
@api.allows(permissions.ISSUE)
def resume_run(request: api.Request, run_id: api.Id) -> dict[str, Any]:
    """Return the run, at work again; nothing is billed twice."""
    run = _find(run_id)
    if run.state == BillingRun.State.DONE:
        raise api.Problem(409, "not_possible", _("This run is done."))
    runs.resume(run_id=run.pk, **shared.stamp(request))
    return _run(_find(run_id))


@router.get(
    "/billing-runs/{run_id}/left-out",
    response=api.Paged[LeftOutOut],
    summary="List what a run left out",
)
@api.allows(permissions.ISSUE)
def list_left_out(
    request: api.Request,  # noqa: ARG001 (they belong to the firm)
    run_id: api.Id,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return everything that the run did not bill, and why."""
    cut = api.cut(RunLeftOut.objects.filter(run=_find(run_id)), page)
    return cut | {"items": [_kept_out(row) for row in cut["items"]]}


def _find(pk: int) -> BillingRun:
    return shared.one(BillingRun.objects.select_related("job"), pk)


def _order(request: api.Request, body: RunIn) -> Order:
    """Return what was asked; ids and kinds that are not there are 422."""
    wanted = set(body.customer_ids)
    seen = Party.objects.visible_to(request.user).filter(is_customer=True, pk__in=wanted)
    if seen.count() != len(wanted):
        raise shared.unknown("customer_ids")
    shared.named(Zone.objects.all(), "zone_id", body.zone_id)
    if not set(body.kinds) <= dict(origins.kinds()).keys():
        raise shared.unknown("kinds")
    day = shared.today()
    return Order(
        through=body.through or day,
        issue_date=body.issue_date or day,
        posting_date=body.posting_date,
        series=body.series,
        credit_series=body.credit_series,
        customers=tuple(sorted(wanted)),
        kinds=frozenset(body.kinds),
        zone_id=body.zone_id,
        without=frozenset(body.without),
    )


def _proposed(one: Planned, order: Order) -> dict[str, Any]:
    first, last = one.period
    sums = one.totals
    return {
        "key": one.key,
        "kind": one.kind,
        "customer_id": one.customer.id,
        "customer": one.customer.name,
        "charges": len(one.items),
        "first_day": first,
        "last_day": last - ONE_DAY,
        "net": str(Money(sums.net)),
        "vat": str(Money(sums.vat)),
        "total": str(Money(sums.gross)),
        "to_pay": str(Money(sums.payable)),
        "is_left_out": one.key in order.without,
    }


def _left_out(one: LeftOut) -> dict[str, Any]:
    return {
        "customer_id": one.customer_id,
        "code": one.code,
        "title": one.title,
        "reason": told(one.code, one.reason),
        "bundle": one.bundle,
        "origin": one.origin,
        "amount": None if one.amount_minor is None else str(Money(one.amount_minor)),
    }


def _kept_out(row: RunLeftOut) -> dict[str, Any]:
    names = ("customer_id", "code", "title", "bundle", "origin")
    amount = None if row.amount is None else str(row.amount)
    reason = told(row.code, row.reason)
    return {**{name: getattr(row, name) for name in names}, "reason": reason, "amount": amount}


def _run(run: BillingRun) -> dict[str, Any]:
    job = run.job
    names = ("state", "through", "issue_date", "posting_date", "series", "credit_series")
    return {
        "id": run.pk,
        **{name: getattr(run, name) for name in (*names, "remarks", "job_id", "finished_at")},
        "is_at_work": bool(job and job.is_active),
        "documents": run.documents_made,
        "charges": run.charges_made,
        "left_out": run.left_out_count,
        "net": str(run.net),
        "total": str(run.gross),
        "customers_done": job.done if job else 0,
        "customers": job.total if job else 0,
        "started_at": run.created_at,
    }
