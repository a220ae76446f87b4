"""How one customer is taxed, in JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.api import shared
from canone.ledgers.invoicing.models import TaxProfile
from canone.ledgers.invoicing.queries import taxation as queries
from canone.ledgers.invoicing.services import settings as services
from canone.registers.parties.models import Party
from canone.ui import api

router = api.Router(tags=["invoicing"])


class TaxationOut(api.Schema):
    """What is not as usual with one customer; `split_until` is the last day of split payment."""

    customer_id: int
    vat_id: int | None
    split_since: date | None
    split_until: date | None
    withholding_basis_points: int


class TaxationIn(api.Schema):
    """The taxation of a customer, whole: what is not sent is as usual."""

    vat_id: api.Id | None = None
    split_since: shared.Day | None = None
    split_until: shared.Day | None = None
    withholding_basis_points: int = Field(0, ge=0, le=10_000, description="400 is 4 %")


@router.get(
    "/parties/{party_id}/taxation", response=TaxationOut, summary="Read how a customer is taxed"
)
@api.allows(permissions.SETTINGS)
def read_taxation(request: api.Request, party_id: api.Id) -> dict[str, Any]:
    """Return the usual VAT of a customer, split payment and what it withholds."""
    party = shared.one(Party.objects.visible_to(request.user), party_id)
    return _told(queries.profile(party.pk))


@router.put(
    "/parties/{party_id}/taxation", response=TaxationOut, summary="Enter how a customer is taxed"
)
@api.allows(permissions.SETTINGS)
def enter_taxation(request: api.Request, party_id: api.Id, body: TaxationIn) -> dict[str, Any]:
    """Return the taxation as it is kept; split payment and withholding exclude each other."""
    party = shared.one(Party.objects.visible_to(request.user), party_id)
    rates = queries.rates(queries.profile(party.pk))
    rate = rates.filter(pk=body.vat_id).first() if body.vat_id else None
    if body.vat_id and rate is None:
        raise api.invalid("vat_id", "unknown", _("There is no such rate to choose."))
    with shared.told():
        row = services.tax(
            customer_id=party.pk,
            vat=rate,
            split_since=body.split_since,
            split_until=body.split_until,
            withholding_bp=body.withholding_basis_points,
            by=request.user.pk,
        )
    return _told(row)


def _told(row: TaxProfile) -> dict[str, Any]:
    return {
        "customer_id": row.customer_id,
        "vat_id": row.vat_id,
        "split_since": row.split_since,
        "split_until": row.split_until,
        "withholding_basis_points": row.withholding_bp,
    }
