"""Lines of contracts: added, corrected, changed from a day on, ended, removed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from canone.desks.contracts.api import shared
from canone.desks.contracts.api.shapes import (
    ContractLineEndIn,
    ContractLineOut,
    LineChange,
    LineNew,
    LineRevise,
)
from canone.desks.contracts.models import Line
from canone.desks.contracts.permissions import CHANGE, VIEW
from canone.desks.contracts.services import lines
from canone.ui import api

router = api.Router(tags=["contracts"])
SAME = (
    "contract_id", "follows_id", "sequence", "kind", "article_id", "description", "vat_id",
    "is_on_request", "start", "counted_from", "timing", "anchor", "anchor_day", "month_offset",
    "day_basis", "amount_per", "sum_to_annual", "months", "billed_through", "meter_id", "included",
    "pricing", "tiers", "is_estimated", "grants", "granted", "is_kept", "tariff_id", "group_id",
)  # fmt: skip
"""What a line and its JSON call alike."""


@router.post(
    "/contracts/{contract_id}/lines",
    response={201: ContractLineOut},
    summary="Add a line to a contract",
)
@api.allows(CHANGE)
def add_line(
    request: api.Request, contract_id: api.Id, body: LineNew
) -> api.Answer[dict[str, Any]]:
    """Return the new line."""
    contract = shared.one(shared.contracts(request), contract_id)
    sent = body.dict(exclude_unset=True)
    if sent.get("unit_price") is None and sent.get("kind") != Line.Kind.TARIFF:
        raise api.invalid("unit_price", "required", _("Say what it costs; zero is a price too."))
    values = shared.values(request, sent)
    with shared.told():
        line = lines.add(contract_id=contract.pk, **shared.stamp(request), **values)
    return api.Answer(201, shown(line))


@router.get(
    "/contract-lines/{line_id}", response=ContractLineOut, summary="Read a line of a contract"
)
@api.allows(VIEW)
def read_line(request: api.Request, line_id: api.Id) -> dict[str, Any]:
    """Return one line."""
    return shown(shared.one(shared.lines(request), line_id))


@router.patch("/contract-lines/{line_id}", response=ContractLineOut, summary="Correct a line")
@api.allows(CHANGE)
def correct_line(request: api.Request, line_id: api.Id, body: LineChange) -> dict[str, Any]:
    """Return the line, changed from its first day on; the next run charges the difference."""
    line = shared.one(shared.lines(request), line_id)
    values = shared.values(request, body.dict(exclude_unset=True))
    with shared.told():
        return shown(lines.update(line_id=line.pk, **shared.stamp(request), **values))


@router.post(
    "/contract-lines/{line_id}/revise",
    response={201: ContractLineOut},
    summary="Change a line from a day on",
)
@api.allows(CHANGE)
def revise_line(
    request: api.Request, line_id: api.Id, body: LineRevise
) -> api.Answer[dict[str, Any]]:
    """Return the line that goes on from that day, in the same periods."""
    line = shared.one(shared.lines(request), line_id)
    sent = {n: v for n, v in body.dict(exclude_unset=True).items() if n not in {"day", "start"}}
    values = shared.values(request, sent)
    with shared.told():
        new = lines.revise(line_id=line.pk, day=body.day, **shared.stamp(request), **values)
    return api.Answer(201, shown(new))


@router.post("/contract-lines/{line_id}/end", response=ContractLineOut, summary="End a line")
@api.allows(CHANGE)
def end_line(request: api.Request, line_id: api.Id, body: ContractLineEndIn) -> dict[str, Any]:
    """Return the line; the next run gives back what is billed beyond its last day."""
    line = shared.one(shared.lines(request), line_id)
    with shared.told():
        ended = lines.end(line_id=line.pk, last_day=body.last_day, **shared.stamp(request))
    return shown(ended)


@router.delete(
    "/contract-lines/{line_id}", response={204: None}, summary="Remove a line never charged"
)
@api.allows(CHANGE)
def remove_line(request: api.Request, line_id: api.Id, reason: str = "") -> api.Answer[None]:
    """Return nothing; a line that was charged, or that another follows, is a 409."""
    line = shared.one(shared.lines(request), line_id)
    try:
        with shared.told():
            lines.remove(line_id=line.pk, reason=reason, **shared.stamp(request))
    except ProtectedError as error:
        raise api.Problem(
            409, "not_possible", _("Another line follows this one, or work was accounted by it.")
        ) from error
    return api.Answer(204, None)


def shown(line: Line) -> dict[str, Any]:
    """Return a line in JSON's words."""
    quantity = Decimal(line.quantity_micros).scaleb(-6).normalize()
    return {name: getattr(line, name) for name in SAME} | {
        "id": line.pk,
        "quantity": f"{quantity:f}",
        "unit_price": str(line.unit_price),
        "discount_basis_points": line.discount_bp,
        "last_day": shared.last(line.end),
        "cycle": {"unit": line.unit_of_cycle or "once", "every": line.every},
        "minimum": str(line.minimum),
    }
