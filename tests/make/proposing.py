"""What contracts propose, and charging it as a run does."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.desks.contracts.queries import proposing
from canone.ledgers.invoicing.rules.ports import Ask, Proposed
from canone.ledgers.invoicing.services import charges as ledger_services
from canone.registers.parties.models import Party

DESK = proposing.proposer()


def propose(through: str, *parties_: Party, **more: Any) -> Proposed:
    """Return what is proposed up to a day, to everybody unless customers are given."""
    ask = Ask(through=date.fromisoformat(through), **more)
    chosen = [p.pk for p in parties_] or DESK.customers(ask, after=0, limit=1000)
    return DESK.propose(ask, chosen)


def post(answer: Proposed) -> None:
    """Charge what is proposed, as a run does."""
    ledger_services.post(
        [
            ledger.draft(
                customer_id=p.customer_id,
                origin=p.origin,
                kind=p.kind,
                description=p.description,
                amount_minor=p.amount_minor,
                service_start=p.service_start,
                service_end=p.service_end,
                vat_id=p.vat_id,
            )
            for p in answer.proposals
        ],
        at=make.AT,
        by=None,
    )
