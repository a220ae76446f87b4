"""What new contracts and lines begin with, in JSON."""

from __future__ import annotations

from canone.desks.contracts.api.shapes import Arrears, Basis
from canone.desks.contracts.models import ContractHabits
from canone.desks.contracts.permissions import SETTINGS
from canone.desks.contracts.queries import habits as queries
from canone.desks.contracts.services import habits as services
from canone.ui import api

router = api.Router(tags=["contracts"])


class ContractHabitsOut(api.Schema):
    """When lines in arrears are invoiced, and in what parts of a period are measured."""

    arrears_on: Arrears
    day_basis: Basis


class ContractHabitsIn(api.Schema):
    """The habits, whole."""

    arrears_on: Arrears
    day_basis: Basis


@router.get("/contract-habits", response=ContractHabitsOut, summary="Read the habits of contracts")
@api.allows(SETTINGS)
def read_contract_habits(request: api.Request) -> ContractHabits:  # noqa: ARG001 (the firm's)
    """Return what new contracts and lines begin with."""
    return queries.habits()


@router.put("/contract-habits", response=ContractHabitsOut, summary="Enter the habits of contracts")
@api.allows(SETTINGS)
def enter_contract_habits(request: api.Request, body: ContractHabitsIn) -> ContractHabits:
    """Return the habits as they are kept; contracts and lines that are there keep theirs."""
    return services.revise(by=request.user.pk, **body.model_dump())
