"""Charges in JSON."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import uuid4

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.kernel.money import UnitPrice
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.rules.states import State
from canone.ledgers.invoicing.services import charges as services
from canone.ledgers.invoicing.services import manual
from canone.registers.catalog.models import VatRate
from canone.registers.parties.models import Party
from canone.ui import api

router = api.Router(tags=["charges"])
MICRO = 1_000_000
States = Literal["to_invoice", "on_document", "reversed", "reversal"]


class ChargeOut(api.Schema):
    """A charge; `last_day` is included, `explanation` holds the steps that led to the amount."""

    id: int
    origin: str
    revision: int
    is_reversal: bool
    state: States
    customer_id: int
    kind: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    amount: str
    vat_id: int | None
    first_day: date
    last_day: date
    explanation: list[Any]
    document: str
    reason: str
    posted_at: datetime

    @staticmethod
    def resolve_quantity(charge: Charge) -> str:
        """Return the quantity as decimal text."""
        return f"{(Decimal(charge.quantity_micros) / MICRO).normalize():f}"

    @staticmethod
    def resolve_unit_price(charge: Charge) -> str:
        """Return the price as decimal text."""
        return str(charge.unit_price)

    @staticmethod
    def resolve_amount(charge: Charge) -> str:
        """Return the amount as decimal text."""
        return str(charge.amount)

    @staticmethod
    def resolve_first_day(charge: Charge) -> date:
        """Return the first day of the service."""
        return charge.service_start

    @staticmethod
    def resolve_last_day(charge: Charge) -> date:
        """Return the last day of the service."""
        return charge.service_end - timedelta(days=1)


class ChargeIn(api.Schema):
    """A charge by hand; `last_day` is included and, left out, the first day."""

    customer_id: api.Id
    description: str = Field(max_length=400)
    quantity: Decimal = Field(Decimal(1), max_digits=13, decimal_places=6)
    unit: str = Field("", max_length=12)
    unit_price: Decimal = Field(max_digits=15, decimal_places=6)
    vat_id: api.Id | None = None
    first_day: api.Day
    last_day: api.Day | None = None


class ReverseIn(api.Schema):
    """Which charges are reversed, and why."""

    ids: list[api.Id] = Field(min_length=1, max_length=1_000)
    reason: str = Field(min_length=1, max_length=400)


class ReversedOut(api.Schema):
    """A charge and the opposite row that reverses it."""

    charge_id: int
    reversal_id: int


class Filters(api.Schema):
    """Which charges are listed; `since` and `until` are first days of the service."""

    customer_id: api.Id | None = None
    state: States | None = None
    kind: str = Field("", max_length=24)
    origin: str = Field("", max_length=80)
    since: date | None = None
    until: date | None = None


FILTERS: Any = api.Query(...)


@router.get("/charges", response=api.Paged[ChargeOut], summary="List charges")
@api.allows(permissions.VIEW)
def list_charges(
    request: api.Request, filters: Filters = FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the charges that you may see, newest first."""
    rows = queries.with_state().visible_to(request.user)
    conditions = {
        "customer": filters.customer_id,
        "kind": filters.kind or None,
        "origin": filters.origin or None,
        "service_start__gte": filters.since,
        "service_start__lte": filters.until,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    if filters.state:
        rows = queries.in_states(rows, [State(filters.state)])
    return api.cut(rows, page, newest_first=True)


@router.post("/charges", response={201: ChargeOut}, summary="Write a charge by hand")
@api.allows(permissions.POST)
def post_charge(request: api.Request, body: ChargeIn) -> api.Answer[Charge]:
    """Return the new charge; send an `Idempotency-Key`, so that a repeated call posts it once."""
    customer = Party.objects.visible_to(request.user).filter(pk=body.customer_id).first()
    if customer is None:
        raise _unknown("customer_id")
    vat = VatRate.objects.filter(pk=body.vat_id).first() if body.vat_id else None
    if body.vat_id and vat is None:
        raise _unknown("vat_id")
    written = manual.Written(
        customer,
        body.description,
        body.quantity,
        body.unit,
        UnitPrice.of(body.unit_price),
        vat,
        body.first_day,
        body.last_day or body.first_day,
    )
    number = manual.write(written=written, key=uuid4().hex, at=timezone.now(), by=request.user.pk)
    return api.Answer(201, queries.with_state().get(pk=number))


@router.post("/charges/reverse", response=list[ReversedOut], summary="Reverse charges")
@api.allows(permissions.REVERSE)
def reverse_charges(request: api.Request, body: ReverseIn) -> list[dict[str, int]]:
    """Return the reversal of each charge; all are reversed or none."""
    seen = Charge.objects.visible_to(request.user).filter(pk__in=body.ids)
    if seen.count() != len(set(body.ids)):
        raise Http404
    try:
        done = manual.reverse(
            charge_ids=body.ids, reason=body.reason, at=timezone.now(), by=request.user.pk
        )
    except services.ReasonMissingError as error:
        fault = {"field": "reason", "error": "required", "detail": str(error)}
        raise api.Problem(422, "invalid", str(error), [fault]) from error
    except services.ChargeError as error:
        raise api.Problem(409, "not_reversible", str(error)) from error
    return [{"charge_id": old, "reversal_id": new} for old, new in done.items()]


@router.get("/charges/{charge_id}", response=ChargeOut, summary="Read a charge")
@api.allows(permissions.VIEW)
def read_charge(request: api.Request, charge_id: api.Id) -> Charge:
    """Return one charge."""
    return get_object_or_404(queries.with_state().visible_to(request.user), pk=charge_id)


def _unknown(field: str) -> api.Problem:
    detail = _("There is none with this id.")
    fault = {"field": field, "error": "unknown", "detail": detail}
    return api.Problem(422, "invalid", detail, [fault])
