"""Customers and suppliers."""

from __future__ import annotations

from typing import Any, Literal

from canone.registers.parties import permissions, queries
from canone.registers.parties.api import shared
from canone.registers.parties.api.schemas import PartyChange, PartyNew, PartyOut
from canone.registers.parties.models import Party
from canone.registers.parties.services import parties
from canone.ui import api

router = api.Router(tags=["parties"])
COMMERCIAL = (
    "iban", "payment_terms_id", "reliability", "notes", "sdi_code", "pec", "vat_number",
    "tax_code", "siren", "siret",
)  # fmt: skip
"""What only holders of `parties.view_commercial` get; for others it is null."""


@router.get("/parties", response=api.Paged[PartyOut], summary="List customers and suppliers")
@api.allows(permissions.VIEW)
def list_parties(
    request: api.Request,
    page: api.Page = api.PAGE,
    q: api.Search = "",
    kind: Literal["", "customer", "supplier"] = "",
    active: bool | None = None,  # noqa: FBT001 (a parameter of the address)
) -> dict[str, Any]:
    """Return those the caller may see; `q` looks through names, numbers and towns."""
    found = queries.matching(Party.objects.visible_to(request.user), q)
    if kind:
        found = found.filter(**{f"is_{kind}": True})
    if active is not None:
        found = found.filter(is_active=active)
    cut = api.cut(found, page)
    return cut | {"items": [_shown(request, party) for party in cut["items"]]}


@router.get("/parties/{party_id}", response=PartyOut, summary="Read a customer or supplier")
@api.allows(permissions.VIEW)
def read_party(request: api.Request, party_id: api.Id) -> dict[str, Any]:
    """Return one party."""
    return _shown(request, shared.one(Party.objects.visible_to(request.user), party_id))


@router.post("/parties", response={201: PartyOut}, summary="Add a customer or supplier")
@api.allows(permissions.CHANGE)
def create_party(request: api.Request, body: PartyNew) -> api.Answer[dict[str, Any]]:
    """Return the new party."""
    party = parties.create(**shared.stamp(request), **shared.values(request, body))
    return api.Answer(201, _shown(request, party))


@router.patch("/parties/{party_id}", response=PartyOut, summary="Change a customer or supplier")
@api.allows(permissions.CHANGE)
def change_party(request: api.Request, party_id: api.Id, body: PartyChange) -> dict[str, Any]:
    """Return the party after the change."""
    shared.one(Party.objects.visible_to(request.user), party_id)
    values = shared.values(request, body)
    return _shown(request, parties.update(party_id=party_id, **shared.stamp(request), **values))


def _shown(request: api.Request, party: Party) -> dict[str, Any]:
    shown = {name: getattr(party, name) for name in PartyOut.model_fields}
    if not request.user.may(permissions.VIEW_COMMERCIAL):
        shown |= dict.fromkeys(COMMERCIAL)
    return shown
