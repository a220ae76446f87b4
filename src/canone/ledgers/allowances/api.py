"""Prepaid hours in JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404

from canone.ledgers.allowances import permissions, queries
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.rules.thresholds import State
from canone.ui import api

router = api.Router(tags=["allowances"])
States = Literal["regular", "low", "used_up", "over"]
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


def _pool(request: api.Request, allowance_id: int) -> Allowance:
    return get_object_or_404(queries.pools(request.user), pk=allowance_id)
