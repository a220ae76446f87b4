"""Prepaid hours in JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from canone.base.firm import queries as firm
from canone.ledgers.allowances import permissions, queries
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.queries import remedies
from canone.ledgers.allowances.rules.expiry import Rollover
from canone.ledgers.allowances.rules.thresholds import NotAThresholdError, State
from canone.ledgers.allowances.services import entries, pools
from canone.ledgers.allowances.services.book import AllowanceError
from canone.ui import api, origins

router = api.Router(tags=["allowances"])
States = Literal["regular", "low", "used_up", "over"]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Warning_ = Annotated[str, Field(max_length=10)]
MOST_WARNINGS, MOST_MONTHS, MOST_UNITS = 10, 120, 10**9
Kinds = Literal["grant", "top_up", "draw", "reversal", "expiry", "rollover", "restored"]


class AllowanceOut(api.Schema):
    """A pool: quantities are whole units, minutes unless `unit` says otherwise."""

    id: int
    owner: str
    customer_id: int
    title: str
    unit: str
    is_active: bool
    granted: int
    topped_up: int
    consumed: int
    expired: int
    balance: int
    state: States
    thresholds: list[str]
    rollover_months: int | None
    rollover_cap: int | None

    @staticmethod
    def resolve_state(pool: Allowance) -> str:
        """Return the state of the balance."""
        return queries.state_of(pool).value


class EntryOut(api.Schema):
    """A movement; `expires_on` is the last day it can be used, `reverses` what it takes back."""

    id: int
    origin: str
    revision: int
    kind: Kinds
    quantity: int
    overage: int
    balance_after: int
    amount: str
    day: date
    expires_on: date | None
    note: str
    reverses_id: int | None
    posted_at: datetime

    @staticmethod
    def resolve_amount(entry: Entry) -> str:
        """Return the amount as decimal text."""
        return str(entry.amount)


class AllowanceChange(api.Schema):
    """What changes of a pool; what is not sent stays.

    A threshold is a share of the last purchase (`20%`) or what is left in whole units (`60`).
    `rollover_months` null: what is left on the last day is lost; `rollover_cap` null: all of it is
    carried over.
    """

    title: Title | None = None
    is_active: bool | None = None
    thresholds: list[Warning_] | None = Field(None, max_length=MOST_WARNINGS)
    rollover_months: int | None = Field(None, ge=1, le=MOST_MONTHS)
    rollover_cap: int | None = Field(None, ge=1, le=MOST_UNITS)


class MovementReverseIn(api.Schema):
    """Why a movement is reversed; it stays on record beside the reversal."""

    reason: Why


class Filters(api.Schema):
    """Which pools are listed."""

    customer_id: api.Id | None = None
    state: States | None = None
    is_active: bool | None = None


class EntryFilters(api.Schema):
    """Which movements are listed, by their date."""

    kind: Kinds | None = None
    since: date | None = None
    until: date | None = None


FILTERS: Any = api.Query(...)


@router.get("/allowances", response=api.Paged[AllowanceOut], summary="List prepaid hours")
@api.allows(permissions.VIEW)
def list_allowances(
    request: api.Request, filters: Filters = FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the pools that you may see."""
    rows = queries.pools(request.user)
    if filters.customer_id is not None:
        rows = rows.filter(customer=filters.customer_id)
    if filters.is_active is not None:
        rows = rows.filter(is_active=filters.is_active)
    if filters.state:
        rows = queries.in_state(rows, State(filters.state))
    return api.cut(rows, page)


@router.get("/allowances/{allowance_id}", response=AllowanceOut, summary="Read a balance")
@api.allows(permissions.VIEW)
def read_allowance(request: api.Request, allowance_id: api.Id) -> Allowance:
    """Return one pool with its balance."""
    return _pool(request, allowance_id)


@router.get(
    "/allowances/{allowance_id}/entries", response=api.Paged[EntryOut], summary="List movements"
)
@api.allows(permissions.VIEW)
def list_entries(
    request: api.Request,
    allowance_id: api.Id,
    filters: EntryFilters = FILTERS,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return the movements of a pool, newest first."""
    rows = queries.movements(_pool(request, allowance_id))
    conditions = {"kind": filters.kind, "day__gte": filters.since, "day__lte": filters.until}
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    return api.cut(rows, page, newest_first=True)


@router.patch(
    "/allowances/{allowance_id}", response=AllowanceOut, summary="Set warnings and carry-over"
)
@api.allows(permissions.SET_UP)
def change_allowance(
    request: api.Request, allowance_id: api.Id, body: AllowanceChange
) -> Allowance:
    """Return the pool after the change; a threshold that is passed already is not told."""
    pool = _pool(request, allowance_id)
    sent = body.model_dump(exclude_unset=True)
    try:
        pools.set_up(
            owner=pool.owner,
            title=body.title,
            thresholds=body.thresholds,
            rollover=_rollover(pool, sent),
            keep_rollover=not sent.keys() & {"rollover_months", "rollover_cap"},
            is_active=body.is_active,
        )
    except NotAThresholdError as error:
        text = _("“%(text)s” is neither a percentage nor a quantity. Examples: 20%% or 60")
        raise api.invalid("thresholds", "unknown", text % {"text": error}) from error
    return _pool(request, allowance_id)


@router.post(
    "/allowance-entries/{entry_id}/reverse",
    response={201: EntryOut},
    summary="Reverse a movement",
)
@api.allows(permissions.CORRECT)
def reverse_movement(
    request: api.Request, entry_id: api.Id, body: MovementReverseIn
) -> api.Answer[Entry]:
    """Return the opposite movement. What comes from a desk is taken back there: 409 says where."""
    rows = Entry.objects.select_related("reversal").filter(allowance__in=_seen(request))
    entry = get_object_or_404(rows, pk=entry_id)
    _check_reversible(entry)
    now = timezone.now()
    try:
        entries.reverse(
            entry_ids=[entry.pk],
            reason=body.reason,
            day=now.astimezone(firm.zone()).date(),
            at=now,
            by=request.user.pk,
        )
    except AllowanceError as error:
        raise api.Problem(409, "not_possible", str(error)) from error
    return api.Answer(201, Entry.objects.get(reverses=entry.pk))


def _seen(request: api.Request) -> QuerySet[Allowance]:
    return queries.pools(request.user)


def _pool(request: api.Request, allowance_id: int) -> Allowance:
    return get_object_or_404(_seen(request), pk=allowance_id)


def _rollover(pool: Allowance, sent: dict[str, Any]) -> Rollover | None:
    """Return what will be carried over: what was sent, and what is known of the rest."""
    months = sent.get("rollover_months", pool.rollover_months)
    if months is not None:
        return Rollover(months, sent.get("rollover_cap", pool.rollover_cap))
    if sent.get("rollover_cap") is not None:
        text = _("Say for how many months it is carried over.")
        raise api.invalid("rollover_months", "missing", text)
    return None


def _check_reversible(entry: Entry) -> None:
    """Return nothing; what is not reversed, or not here, is a Problem that says why."""
    if remedies.is_reversible(entry):
        return
    origin = origins.find(entry.origin)
    if remedies.is_correctable(entry) and origin is not None:
        raise api.Problem(409, "not_here", origin.remedy)
    if getattr(entry, "reversal", None) is not None:
        raise api.Problem(409, "reversed", _("This movement is reversed already."))
    text = _("Only grants, top-ups and consumption are reversed; the rest follows from them.")
    raise api.Problem(409, "not_possible", text)
