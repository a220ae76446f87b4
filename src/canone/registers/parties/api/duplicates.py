"""Parties that may be one firm twice: all pairs, those of one party, and told apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from canone.registers.parties import permissions, queries
from canone.registers.parties.api import shared
from canone.registers.parties.models import Distinct, Party
from canone.registers.parties.services import parties
from canone.ui import api

router = api.Router(tags=["parties"])


class PairOut(api.Schema):
    """Two parties that may be one, and why; `likeness` is that of their names in percent."""

    first_id: int
    second_id: int
    reason: Literal["vat_number", "tax_code", "same_name", "similar_name"]
    likeness: int


class PartiesApartIn(api.Schema):
    """Two parties that are two."""

    first_id: api.Id
    second_id: api.Id


class PartiesApartOut(api.Schema):
    """The decision that two parties are two, the smaller id first."""

    first_id: int
    second_id: int
    decided_at: datetime
    decided_by_id: int | None


@router.get("/party-duplicates", response=api.Paged[PairOut], summary="List possible duplicates")
@api.allows(permissions.CHANGE)
def list_duplicates(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the pairs among the parties in use that the caller may see, strongest reason first."""
    found = [
        {
            "first_id": twin.first.pk,
            "second_id": twin.second.pk,
            "reason": twin.reason.value,
            "likeness": twin.likeness,
        }
        for twin in queries.duplicates(request.user)
    ]
    return api.part(found, page)


@router.post("/party-duplicates/apart", response=PartiesApartOut, summary="Tell two parties apart")
@api.allows(permissions.CHANGE)
def tell_parties_apart(request: api.Request, body: PartiesApartIn) -> Distinct:
    """Return the decision, the first one if it was taken before; they are not pointed out again."""
    first = _party(request, "first_id", body.first_id)
    second = _party(request, "second_id", body.second_id)
    if first == second:
        raise api.invalid("second_id", "same", _("Name two different parties."))
    return parties.tell_apart(first=first, second=second, **shared.stamp(request))


@router.get(
    "/parties/{party_id}/duplicates", response=api.Paged[int], summary="Find possible twins"
)
@api.allows(permissions.CHANGE)
def twins(request: api.Request, party_id: api.Id, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the ids of the parties that may be this one, the likeliest first."""
    party = shared.one(Party.objects.visible_to(request.user), party_id)
    found = queries.twins_of(
        request.user,
        name=party.name,
        vat_number=party.vat_number,
        tax_code=party.tax_code,
        party_id=party.pk,
    )
    return api.part([twin.second.pk for twin in found], page)


def _party(request: api.Request, field: str, pk: int) -> int:
    if not Party.objects.visible_to(request.user).filter(pk=pk).exists():
        raise api.invalid(field, "unknown", _("There is nothing with this id."))
    return pk
