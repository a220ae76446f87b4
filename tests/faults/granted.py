"""Contracts that include tickets, whose last grants are to be made."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from tests.make import contracts

from canone.desks.contracts.services import lines
from canone.kernel.money import UnitPrice

SINCE = timedelta(days=100)
BEFORE = timedelta(days=40)
SMALL = {"canone.desks.contracts.services.granting.grant_next": {"limit": 1}}


def included() -> None:
    """Make three contracts whose lines granted nothing for a hundred days."""
    begun = timezone.now() - SINCE
    for _number in range(3):
        contract = contracts.contract(start=(begun - BEFORE).date())
        lines.add(
            contract_id=contract.pk,
            at=begun,
            by=None,
            description="Assistenza",
            unit_price=UnitPrice.of("10"),
            grants="ticket",
            granted=10,
        )
