"""Billing what a contract names and charges on request only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

from pydantic import Field

from canone.desks.contracts.api import shared
from canone.desks.contracts.models import Contract
from canone.desks.contracts.services import requesting
from canone.kernel.money import MICRO
from canone.kernel.periods import ONE_DAY
from canone.ledgers.invoicing import permissions as invoicing
from canone.ledgers.invoicing.models import Charge
from canone.ui import api

router = api.Router(tags=["contracts"])


class LineRequestIn(api.Schema):
    """What was asked for: without a quantity that of the line, without a last day the first alone.

    Without a description it is called as the line is, for these days.
    """

    quantity: Decimal | None = Field(None, max_digits=13, decimal_places=6)
    first_day: api.Day
    last_day: api.Day | None = None
    description: str = Field("", max_length=300)


class LineRequestOut(api.Schema):
    """The charge that waits for the next run; it stands among the charges under `charge_id`."""

    charge_id: int
    contract_id: int
    line_id: int
    description: str
    quantity: str
    unit: str
    unit_price: str
    discount_basis_points: int
    amount: str
    vat_id: int | None
    first_day: date
    last_day: date


@router.post(
    "/contract-lines/{line_id}/bill",
    response={201: LineRequestOut},
    summary="Bill what a line charges on request",
)
@api.allows(invoicing.POST)
def bill_line(
    request: api.Request, line_id: api.Id, body: LineRequestIn
) -> api.Answer[dict[str, object]]:
    """Return the charge; send an `Idempotency-Key`, so that a repeated call posts it once.

    It is grouped and referenced on invoices as what the contract charges by itself.
    """
    line = shared.one(shared.lines(request), line_id)
    quantity = Decimal(line.quantity_micros) / MICRO if body.quantity is None else body.quantity
    asked = requesting.Asked(quantity, body.first_day, body.last_day, body.description)
    with shared.told():
        made = requesting.bill(
            line_id=line.pk, asked=asked, key=uuid4().hex, **shared.stamp(request)
        )
    return api.Answer(201, _shown(made, line.contract, line.pk))


def _shown(charge: Charge, contract: Contract, line_id: int) -> dict[str, object]:
    quantity = Decimal(charge.quantity_micros).scaleb(-6).normalize()
    return {
        "charge_id": charge.pk,
        "contract_id": contract.pk,
        "line_id": line_id,
        "description": charge.description,
        "quantity": f"{quantity:f}",
        "unit": charge.unit,
        "unit_price": str(charge.unit_price),
        "discount_basis_points": charge.discount_bp,
        "amount": str(charge.amount),
        "vat_id": charge.vat_id,
        "first_day": charge.service_start,
        "last_day": charge.service_end - ONE_DAY,
    }
