"""Mandates for direct debits: read, entered, changed, revoked."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.utils import timezone
from pydantic import Field

from canone.base.firm import queries as firm
from canone.registers.parties import permissions
from canone.registers.parties.api import shared
from canone.registers.parties.models import Mandate
from canone.registers.parties.rules.mandates import standing
from canone.registers.parties.services import mandates as services
from canone.ui import api

router = api.Router(tags=["parties"])


class MandateChange(api.Schema):
    """What changes of a mandate; what is not sent stays."""

    reference: str | None = Field(None, min_length=1, max_length=35)
    scheme: Literal["core", "b2b"] | None = None
    use: Literal["recurrent", "once"] | None = None
    signed_on: date | None = None
    holder: str | None = Field(None, max_length=140)
    iban: str | None = None
    notes: str | None = None


class MandateNew(MandateChange):
    """A new mandate of a customer."""

    party_id: api.Id
    reference: str = Field(min_length=1, max_length=35)
    signed_on: date
    iban: str


class MandateRevoked(api.Schema):
    """From when it is not drawn upon."""

    on: date


class MandateOut(api.Schema):
    """A mandate; `standing` is how it stands today: `in_force`, `unsigned` or `revoked`."""

    id: int
    party_id: int
    reference: str
    scheme: str
    use: str
    signed_on: date
    holder: str
    iban: str
    revoked_on: date | None
    notes: str
    standing: str

    @staticmethod
    def resolve_standing(row: Mandate) -> str:
        """Return how it stands today."""
        today = timezone.now().astimezone(firm.zone()).date()
        return standing(row.terms(), [today]).value


@router.get("/mandates", response=api.Paged[MandateOut], summary="List mandates")
@api.allows(permissions.VIEW_COMMERCIAL)
def list_mandates(
    request: api.Request, page: api.Page = api.PAGE, party_id: api.Id | None = None
) -> dict[str, Any]:
    """Return the mandates, of one customer where it is given."""
    return api.cut(shared.of(Mandate.objects.visible_to(request.user), party_id), page)


@router.get("/mandates/{mandate_id}", response=MandateOut, summary="Read a mandate")
@api.allows(permissions.VIEW_COMMERCIAL)
def read_mandate(request: api.Request, mandate_id: api.Id) -> Mandate:
    """Return one mandate."""
    return shared.one(Mandate.objects.visible_to(request.user), mandate_id)


@router.post("/mandates", response={201: MandateOut}, summary="Add a mandate")
@api.allows(permissions.CHANGE)
def create_mandate(request: api.Request, body: MandateNew) -> api.Answer[Mandate]:
    """Return the new mandate."""
    made = services.create(**shared.stamp(request), **shared.values(request, body))
    return api.Answer(201, made)


@router.patch("/mandates/{mandate_id}", response=MandateOut, summary="Change a mandate")
@api.allows(permissions.CHANGE)
def change_mandate(request: api.Request, mandate_id: api.Id, body: MandateChange) -> Mandate:
    """Return the mandate after the change; one that was revoked stays as it is."""
    shared.one(Mandate.objects.visible_to(request.user), mandate_id)
    values = shared.values(request, body)
    return services.update(mandate_id=mandate_id, **shared.stamp(request), **values)


@router.post("/mandates/{mandate_id}/revocation", response=MandateOut, summary="Revoke a mandate")
@api.allows(permissions.CHANGE)
def revoke_mandate(request: api.Request, mandate_id: api.Id, body: MandateRevoked) -> Mandate:
    """Return the mandate; one that was revoked before keeps its day."""
    shared.one(Mandate.objects.visible_to(request.user), mandate_id)
    return services.revoke(mandate_id=mandate_id, on=body.on, **shared.stamp(request))
