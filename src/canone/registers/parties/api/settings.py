"""Zones and payment terms: chosen from, added, changed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from canone.registers.parties import permissions
from canone.registers.parties.api import shared
from canone.registers.parties.models import PaymentTerms, Zone
from canone.registers.parties.rules.terms import (
    LONGEST,
    MOST,
    MOST_EXTRA,
    MOST_INSTALMENTS,
    YEAR,
)
from canone.registers.parties.services import settings as services
from canone.ui import api

router = api.Router(tags=["parties"])
Method = Literal["transfer", "direct_debit", "riba", "cash", "card", "cheque", "other"]
Names = dict[Literal["it", "en", "fr"], Annotated[str, Field(max_length=120)]]


class ZoneChange(api.Schema):
    """What changes of a zone; what is not sent stays."""

    name: str | None = Field(None, min_length=1, max_length=80)
    is_active: bool | None = None


class ZoneNew(ZoneChange):
    """A new zone."""

    name: str = Field(min_length=1, max_length=80)


class ZoneOut(api.Schema):
    """A zone."""

    id: int
    name: str
    is_active: bool


class TermsChange(api.Schema):
    """What changes of payment terms; what is not sent stays. `names` are sent together."""

    code: str | None = Field(None, min_length=1, max_length=20)
    names: Names | None = None
    method: Method | None = None
    first_days: int | None = Field(None, ge=0, le=LONGEST)
    instalments: int | None = Field(None, ge=1, le=MOST_INSTALMENTS)
    interval_days: int | None = Field(None, ge=1, le=LONGEST)
    month_end: bool | None = Field(None, description="moved to the end of the month reached")
    from_month_end: bool | None = Field(
        None, description="counted in real days from the end of the document's month"
    )
    extra_days: int | None = Field(None, ge=0, le=MOST_EXTRA)
    fixed_day: int | None = Field(None, ge=0, le=MOST, description="0: none")
    skipped_months: list[Annotated[int, Field(ge=1, le=YEAR)]] | None = None
    skip_day: int | None = Field(None, ge=1, le=MOST)
    is_active: bool | None = None


class TermsNew(TermsChange):
    """New payment terms, with a name in one language at least."""

    code: str = Field(min_length=1, max_length=20)
    names: Names


class TermsOut(api.Schema):
    """Payment terms, with their name per language."""

    id: int
    code: str
    names: dict[str, str]
    method: str
    first_days: int
    instalments: int
    interval_days: int
    month_end: bool
    from_month_end: bool
    extra_days: int
    fixed_day: int
    skipped_months: list[int]
    skip_day: int
    is_active: bool


@router.get("/zones", response=api.Paged[ZoneOut], summary="List zones")
@api.allows(permissions.VIEW)
def list_zones(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001 (all see all)
    """Return the zones."""
    return api.cut(Zone.objects.all(), page)


@router.post("/zones", response={201: ZoneOut}, summary="Add a zone")
@api.allows(permissions.SETTINGS)
def create_zone(request: api.Request, body: ZoneNew) -> api.Answer[Zone]:
    """Return the new zone."""
    made = services.create_zone(**shared.stamp(request), **shared.values(request, body))
    return api.Answer(201, made)


@router.patch("/zones/{zone_id}", response=ZoneOut, summary="Change a zone")
@api.allows(permissions.SETTINGS)
def change_zone(request: api.Request, zone_id: api.Id, body: ZoneChange) -> Zone:
    """Return the zone after the change."""
    shared.one(Zone.objects.all(), zone_id)
    values = shared.values(request, body)
    return services.update_zone(zone_id=zone_id, **shared.stamp(request), **values)


@router.get("/payment-terms", response=api.Paged[TermsOut], summary="List payment terms")
@api.allows(permissions.VIEW_COMMERCIAL)
def list_terms(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001 (all see all)
    """Return the payment terms."""
    return api.cut(PaymentTerms.objects.all(), page)


@router.post("/payment-terms", response={201: TermsOut}, summary="Add payment terms")
@api.allows(permissions.SETTINGS)
def create_terms(request: api.Request, body: TermsNew) -> api.Answer[PaymentTerms]:
    """Return the new payment terms."""
    made = services.create_terms(**shared.stamp(request), **shared.values(request, body))
    return api.Answer(201, made)


@router.patch("/payment-terms/{terms_id}", response=TermsOut, summary="Change payment terms")
@api.allows(permissions.SETTINGS)
def change_terms(request: api.Request, terms_id: api.Id, body: TermsChange) -> PaymentTerms:
    """Return the payment terms after the change; documents that are issued keep their dates."""
    shared.one(PaymentTerms.objects.all(), terms_id)
    values = shared.values(request, body)
    return services.update_terms(terms_id=terms_id, **shared.stamp(request), **values)
