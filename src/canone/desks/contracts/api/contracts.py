"""Contracts: found, read, made, changed, cancelled, suspended, taken up again, copied."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.printing import services as printing
from canone.desks.contracts.api import shared
from canone.desks.contracts.api.lines import shown as line_shown
from canone.desks.contracts.api.shapes import (
    CancelIn,
    ContractBrief,
    ContractChange,
    ContractNew,
    ContractOut,
    CopyIn,
    Day,
    ResumeIn,
    SuspendIn,
)
from canone.desks.contracts.models import Contract
from canone.desks.contracts.permissions import CHANGE, VIEW
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries import papers
from canone.desks.contracts.services import contracts, copying, lines
from canone.ui import api

router = api.Router(tags=["contracts"])
BRIEF = (
    "number", "customer_id", "type_id", "site_id", "title", "signed_on", "start", "go_live",
    "cancelled_on", "cancel_reason", "suspended_from", "suspend_reason",
)  # fmt: skip
FULL = (
    "arrears_on", "is_own_invoice", "payment_terms_id", "method", "mandate_id", "order_number",
    "order_date", "cig", "cup", "notes", "invoice_notes", "conditions", "custom",
)  # fmt: skip


PDF = {
    "responses": {
        200: {
            "description": "The PDF.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


class Filters(api.Schema):
    """Which contracts are listed.

    `q` looks through numbers, descriptions, customers and lines, `cycle` is one of monthly,
    bimonthly, quarterly, four_monthly, half_yearly, yearly; `on` keeps those in force on a day,
    `month` those of periods counted from an activation in that month.
    """

    q: str = Field("", max_length=200)
    customer_id: api.Id | None = None
    type_id: api.Id | None = None
    article_id: api.Id | None = None
    cycle: str = Field("", max_length=20)
    on: Day | None = None
    cancelled: bool | None = None
    month: int | None = Field(None, ge=1, le=12)


FILTERS: Any = api.Query(...)


@router.get("/contracts", response=api.Paged[ContractBrief], summary="List contracts")
@api.allows(VIEW)
def list_contracts(
    request: api.Request, filters: Filters = FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the contracts that you may see."""
    if filters.cycle and filters.cycle not in queries.CYCLES:
        names = ", ".join(queries.CYCLES)
        raise api.invalid("cycle", "unknown", _("One of these: %(names)s.") % {"names": names})
    chosen = queries.Chosen(
        text=filters.q,
        customer_id=filters.customer_id,
        type_id=filters.type_id,
        article_id=filters.article_id,
        cycle=filters.cycle,
        on=filters.on,
        is_cancelled=filters.cancelled,
        month=filters.month,
    )
    cut = api.cut(queries.for_list(request.user, chosen), page)
    worth = queries.worth([row.pk for row in cut["items"]], on=filters.on or shared.today())
    return cut | {"items": [_brief(row, worth.get(row.pk)) for row in cut["items"]]}


@router.get("/contracts/{contract_id}", response=ContractOut, summary="Read a contract")
@api.allows(VIEW)
def read_contract(request: api.Request, contract_id: api.Id) -> dict[str, Any]:
    """Return one contract with its lines, agents and machines."""
    return _full(request, shared.one(shared.contracts(request), contract_id).pk)


@router.get("/contracts/{contract_id}/pdf", openapi_extra=PDF, summary="Read a contract as PDF")
@api.allows(VIEW)
def read_contract_pdf(request: api.Request, contract_id: api.Id) -> HttpResponse:
    """Return the contract with its conditions, in its customer's language."""
    contract = shared.one(shared.contracts(request), contract_id)
    queries.read_lines(contract)
    data = papers.data(contract, day=shared.today())
    language = contract.customer.language
    content = printing.pdf(papers.KEY, data, language=language, at=timezone.now())
    return HttpResponse(content, content_type="application/pdf")


@router.post("/contracts", response={201: ContractOut}, summary="Add a contract")
@api.allows(CHANGE)
def create_contract(request: api.Request, body: ContractNew) -> api.Answer[dict[str, Any]]:
    """Return the new contract, which charges nothing before it has lines."""
    values = shared.values(request, body.dict(exclude_unset=True))
    with shared.told():
        contract = contracts.create(**shared.stamp(request), **values)
    return api.Answer(201, _full(request, contract.pk))


@router.patch("/contracts/{contract_id}", response=ContractOut, summary="Change a contract")
@api.allows(CHANGE)
def change_contract(
    request: api.Request, contract_id: api.Id, body: ContractChange
) -> dict[str, Any]:
    """Return the contract after the change."""
    contract = shared.one(shared.contracts(request), contract_id)
    values = shared.values(request, body.dict(exclude_unset=True))
    with shared.told():
        contracts.update(contract_id=contract.pk, **shared.stamp(request), **values)
    return _full(request, contract.pk)


@router.post("/contracts/{contract_id}/cancel", response=ContractOut, summary="Cancel a contract")
@api.allows(CHANGE)
def cancel_contract(request: api.Request, contract_id: api.Id, body: CancelIn) -> dict[str, Any]:
    """Return the contract; the next run gives back what is billed beyond its last day."""
    contract = shared.one(shared.contracts(request), contract_id)
    with shared.told():
        contracts.cancel(
            contract_id=contract.pk,
            last_day=body.last_day,
            reason=body.reason,
            on=body.on or shared.today(),
            **shared.stamp(request),
        )
    return _full(request, contract.pk)


@router.post("/contracts/{contract_id}/suspend", response=ContractOut, summary="Suspend a contract")
@api.allows(CHANGE)
def suspend_contract(request: api.Request, contract_id: api.Id, body: SuspendIn) -> dict[str, Any]:
    """Return the contract, of which no period is billed that begins on that day or later."""
    contract = shared.one(shared.contracts(request), contract_id)
    with shared.told():
        contracts.suspend(
            contract_id=contract.pk, day=body.day, reason=body.reason, **shared.stamp(request)
        )
    return _full(request, contract.pk)


@router.post(
    "/contracts/{contract_id}/resume", response=ContractOut, summary="Take a contract up again"
)
@api.allows(CHANGE)
def resume_contract(request: api.Request, contract_id: api.Id, body: ResumeIn) -> dict[str, Any]:
    """Return the contract; one that is not suspended is a 409."""
    contract = shared.one(shared.contracts(request), contract_id)
    if (body.day is None) != body.bills_pause:
        raise api.invalid("day", "one_of", _("Send either day or bills_pause."))
    with shared.told():
        if body.day is None:
            contracts.unsuspend(contract_id=contract.pk, **shared.stamp(request))
        else:
            lines.resume(contract_id=contract.pk, day=body.day, **shared.stamp(request))
    return _full(request, contract.pk)


@router.post(
    "/contracts/{contract_id}/copy", response={201: ContractOut}, summary="Duplicate a contract"
)
@api.allows(CHANGE)
def copy_contract(
    request: api.Request, contract_id: api.Id, body: CopyIn
) -> api.Answer[dict[str, Any]]:
    """Return a new contract with the fees that run without an end, for this customer or another."""
    contract = shared.one(shared.contracts(request), contract_id)
    shared.linked(request, "customer_id", body.customer_id)
    with shared.told():
        new = copying.copy(
            contract_id=contract.pk,
            customer_id=body.customer_id,
            start=body.start,
            **shared.stamp(request),
        )
    return api.Answer(201, _full(request, new.pk))


def _brief(contract: Contract, worth: queries.Worth | None) -> dict[str, Any]:
    known = worth or queries.Worth()
    return {name: getattr(contract, name) for name in BRIEF} | {
        "id": contract.pk,
        "last_day": shared.last(contract.end),
        "annual": str(known.annual),
        "cycles": sorted(known.cycles),
    }


def _full(request: api.Request, contract_id: int) -> dict[str, Any]:
    contract = queries.in_full(contract_id, request.user)
    worth = queries.worth([contract_id], on=shared.today()).get(contract_id)
    return _brief(contract, worth) | {
        **{name: getattr(contract, name) for name in FULL},
        "lines": [line_shown(line) for line in contract.lines.all()],
        "agents": [
            {"party_id": agent.party_id, "share_basis_points": agent.share_bp}
            for agent in contract.agents.all()
        ],
        "covers": [
            {
                "id": cover.pk,
                "asset_id": cover.asset_id,
                "first_day": cover.start,
                "last_day": shared.last(cover.end),
            }
            for cover in contract.covers.all()
        ],
    }
