"""Charges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from tests.make import parties

from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.services import charges as services
from canone.ledgers.invoicing.services.charges import ChargeDraft
from canone.registers.parties.models import Party

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STEPS = (
    '[{"amount":"20.00","code":"initial","count":1,"minutes":15,"price":"20.00"},'
    '{"amount":"24.00","code":"step","count":6,"minutes":5,"price":"4.00"}]'
)
_number = count(1)


def draft(of: Party | None = None, **fields: Any) -> ChargeDraft:
    """Return a draft of 44.00 for a session of 42 minutes on 1 October 2026."""
    start = fields.get("service_start", date(2026, 10, 1))
    given: dict[str, Any] = {
        "origin": f"session:{next(_number)}",
        "revision": 1,
        "kind": "remote_session",
        "description": "Assistenza remota",
        "quantity_micros": 1_000_000,
        "unit": "",
        "unit_price_micros": 44_000_000,
        "amount_minor": 4400,
        "vat_id": None,
        "service_start": start,
        "service_end": start + timedelta(days=1),
        "explanation": STEPS,
    }
    customer_id = fields.pop("customer_id", None) or (of or parties.party()).pk
    return ChargeDraft(customer_id=customer_id, **given | fields)


def charge(of: Party | None = None, *, at: datetime = AT, **fields: Any) -> Charge:
    """Return a posted charge."""
    (number,) = services.post([draft(of, **fields)], at=at, by=None)
    return queries.with_state().get(pk=number)


def reversed_charge(of: Party | None = None, *, at: datetime = AT, **fields: Any) -> Charge:
    """Return a charge that is reversed."""
    row = charge(of, at=at, **fields)
    services.reverse(charge_ids=[row.pk], reason="Sbagliata", at=at, by=None)
    return queries.with_state().get(pk=row.pk)
