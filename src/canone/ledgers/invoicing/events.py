"""What others may hear of charges and documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from canone.base.events import facts
from canone.kernel.money import Money


@facts.declare(
    "charge.posted",
    title=_("A charge was posted"),
    sees="invoicing.view",
    sample={
        "charge_id": 4711,
        "origin": "session:812",
        "revision": 0,
        "customer_id": 12,
        "kind": "remote_session",
        "description": "Assistenza remota PC-AMM, Luca Ferri, 12/11/2026 09:05–09:40",
        "amount": Money(4400),
        "first_day": date(2026, 11, 12),
        "last_day": date(2026, 11, 12),
    },
)
@dataclass(frozen=True, slots=True)
class ChargePosted:
    """Something is to be invoiced; origin and revision together exist once."""

    charge_id: int
    origin: Annotated[str, "what it is for, such as session:812"]
    revision: int
    customer_id: int
    kind: str
    description: Annotated[str, "in the customer's language"]
    amount: Annotated[Money, "without VAT"]
    first_day: Annotated[date, "of the service"]
    last_day: Annotated[date, "of the service, included"]


@facts.declare(
    "charge.reversed",
    title=_("A charge was reversed"),
    sees="invoicing.view",
    sample={
        "charge_id": 4711,
        "reversal_id": 4802,
        "origin": "session:812",
        "revision": 0,
        "customer_id": 12,
        "amount": Money(-4400),
        "reason": "Wrong customer",
    },
)
@dataclass(frozen=True, slots=True)
class ChargeReversed:
    """A charge counts no more: a second one, its opposite, stands beside it."""

    charge_id: Annotated[int, "the charge that was reversed"]
    reversal_id: Annotated[int, "the charge that reverses it"]
    origin: str
    revision: int
    customer_id: int
    amount: Annotated[Money, "of the reversal: the opposite of the charge"]
    reason: str


@facts.declare(
    "document.issued",
    title=_("A document was issued"),
    sees="invoicing.view",
    sample={
        "document_id": 311,
        "kind": "invoice",
        "number": "FT/2026/12",
        "version": 1,
        "customer_id": 12,
        "issued_on": date(2026, 11, 30),
        "net": Money(10_000),
        "vat": Money(2_200),
        "total": Money(12_200),
        "to_pay": Money(12_200),
        "original_id": None,
    },
)
@dataclass(frozen=True, slots=True)
class DocumentIssued:
    """An invoice, a credit note or a pro-forma has its number and is closed."""

    document_id: int
    kind: Annotated[str, "invoice, credit_note or pro_forma"]
    number: Annotated[str, "as it is printed"]
    version: Annotated[int, "above 1 for the correction of a refused number"]
    customer_id: int
    issued_on: date
    net: Annotated[Money, "without VAT; of a credit note too without a minus"]
    vat: Money
    total: Money
    to_pay: Annotated[Money, "less what the customer withholds or pays to the State"]
    original_id: Annotated[int | None, "the document that a credit note reduces"]
