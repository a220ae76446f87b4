"""Due items, what a customer owes, and ageing, in JSON."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.api import shared
from canone.ledgers.invoicing.api.shared import Day, Method
from canone.ledgers.invoicing.models import DueItem, DueItemQuerySet
from canone.ledgers.invoicing.queries import ageing, dues
from canone.ledgers.invoicing.queries.ageing import NAMES
from canone.ledgers.invoicing.queries.dues import UNSETTLED, Standing
from canone.ledgers.invoicing.rules.ages import Lateness
from canone.registers.parties.models import Party
from canone.ui import api

router = api.Router(tags=["settlement"])
DueState = Literal["overdue", "open", "partly", "credit", "settled", "void"]
Late = Literal["not_due", "30", "60", "90", "older"]


class DueItemOut(api.Schema):
    """A part of a document's amount and when it is due; below zero for a credit note.

    `open` is what is not settled, `days_late` null for what is not late.
    """

    id: int
    document_id: int
    document: str
    customer_id: int
    instalment: int
    due_on: date
    method: str
    mandate: str
    state: DueState
    days_late: int | None
    amount: str
    settled: str
    open: str


class DueFilters(api.Schema):
    """Which due items are listed; `unsettled` keeps those of which something is open."""

    customer_id: api.Id | None = None
    document_id: api.Id | None = None
    state: DueState | None = None
    unsettled: bool | None = None
    late: Late | None = None
    method: Method | None = None
    since: Day | None = None
    until: Day | None = None


class AgedOut(api.Schema):
    """What is open of a customer, by how many days it is late; credit notes count where due."""

    customer_id: int
    customer: str
    not_due: str
    late_30: str = Field(description="1 to 30 days late")
    late_60: str = Field(description="31 to 60 days late")
    late_90: str = Field(description="61 to 90 days late")
    older: str = Field(description="more than 90 days late")
    overdue: str = Field(description="debts alone")
    open: str
    oldest_due_on: date | None


class AgeingFilters(api.Schema):
    """Which customers are listed: those of whom something is so late."""

    late: Late | None = None


class AccountOut(api.Schema):
    """What a customer owes: `balance` is `open` less the `credit` of payments."""

    customer_id: int
    open: str
    overdue: str
    overdue_since: date | None
    credit: str
    balance: str
    ageing: dict[str, str]


DUE_FILTERS: Any = api.Query(...)
AGEING_FILTERS: Any = api.Query(...)


@router.get("/due-items", response=api.Paged[DueItemOut], summary="List due items")
@api.allows(permissions.VIEW)
def list_due_items(
    request: api.Request, filters: DueFilters = DUE_FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the due items that you may see; `since` and `until` are due dates."""
    day = shared.today()
    conditions = {
        "customer": filters.customer_id,
        "document": filters.document_id,
        "method": filters.method,
        "due_on__gte": filters.since,
        "due_on__lte": filters.until,
    }
    rows = _seen(request)
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    if filters.state:
        rows = dues.standing_as(rows, Standing(filters.state), day=day)
    if filters.unsettled is not None:
        states = [one.value for one in UNSETTLED]
        is_open = {"standing__in": states}
        rows = rows.filter(**is_open) if filters.unsettled else rows.exclude(**is_open)
    if filters.late:
        rows = dues.late_as(rows, Lateness(filters.late), day=day)
    cut = api.cut(rows, page)
    return cut | {"items": [shown(item, day) for item in cut["items"]]}


@router.get("/due-items/{due_item_id}", response=DueItemOut, summary="Read a due item")
@api.allows(permissions.VIEW)
def read_due_item(request: api.Request, due_item_id: api.Id) -> dict[str, Any]:
    """Return one due item."""
    return shown(shared.one(_seen(request), due_item_id), shared.today())


@router.get("/ageing", response=api.Paged[AgedOut], summary="List what is open by customer")
@api.allows(permissions.VIEW)
def list_ageing(
    request: api.Request, filters: AgeingFilters = AGEING_FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the customers of whom something is open, with how late it is today."""
    seen = DueItem.objects.visible_to(request.user)
    rows = ageing.by_customer(seen, day=shared.today())
    if filters.late:
        rows = ageing.with_late(rows, Lateness(filters.late))
    cut = api.cut(rows, page)
    return cut | {"items": [_aged(party) for party in cut["items"]]}


@router.get("/parties/{party_id}/account", response=AccountOut, summary="Read what a customer owes")
@api.allows(permissions.VIEW)
def read_account(request: api.Request, party_id: api.Id) -> dict[str, Any]:
    """Return what is open and overdue of one customer today, and the credit of payments."""
    party = shared.one(Party.objects.visible_to(request.user), party_id)
    seen = DueItem.objects.visible_to(request.user)
    found = dues.account(seen, party.pk, day=shared.today())
    return {
        "customer_id": party.pk,
        "open": str(found.open),
        "overdue": str(found.overdue.amount),
        "overdue_since": found.late_since,
        "credit": str(found.credit),
        "balance": str(found.balance),
        "ageing": {NAMES[late]: str(total.amount) for late, total in found.ages.items()},
    }


def shown(item: Any, day: date) -> dict[str, Any]:
    """Return a due item that has its standing, as the operations answer it."""
    return {
        "id": item.pk,
        "document_id": item.document_id,
        "document": item.document.label,
        "customer_id": item.customer_id,
        "instalment": item.number,
        "due_on": item.due_on,
        "method": item.method,
        "mandate": item.mandate,
        "state": item.standing,
        "days_late": dues.days_late(item, day=day),
        "amount": str(item.amount),
        "settled": str(item.settled),
        "open": str(dues.open_of(item)),
    }


def _seen(request: api.Request) -> DueItemQuerySet:
    rows = DueItem.objects.visible_to(request.user).select_related("document")
    return dues.with_standing(rows, day=shared.today())


def _aged(party: Any) -> dict[str, Any]:
    sums: dict[str, Money] = {name: getattr(party, name) for name in NAMES.values()}
    return {
        "customer_id": party.pk,
        "customer": party.name,
        **{name: str(amount) for name, amount in sums.items()},
        "overdue": str(party.overdue),
        "open": str(party.open_amount),
        "oldest_due_on": party.oldest,
    }
