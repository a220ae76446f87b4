"""Machines and their meters: found, read, added, changed."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from canone.registers.assets import queries
from canone.registers.assets.api import shared
from canone.registers.assets.models import Asset, Meter
from canone.registers.assets.permissions import CHANGE, VIEW
from canone.registers.assets.services import assets
from canone.ui import api

router = api.Router(tags=["machines"])
PLAIN = ("customer_id", "site_id", "name", "maker", "model", "serial", "notes", "is_active")


class AssetChange(api.Schema):
    """What changes of a machine; what is not sent stays."""

    customer_id: api.Id | None = None
    site_id: api.Id | None = None
    name: str | None = Field(None, max_length=160)
    maker: str | None = Field(None, max_length=80)
    model: str | None = Field(None, max_length=80)
    serial: str | None = Field(None, max_length=80)
    notes: str | None = Field(None, max_length=10_000)
    is_active: bool | None = None


class AssetNew(AssetChange):
    """A new machine at a customer."""

    customer_id: api.Id
    name: str = Field(max_length=160)


class MeterOut(api.Schema):
    """What counts on a machine; `opening` is what it showed before its first reading."""

    id: int
    asset_id: int
    name: str
    unit: str
    opening: int
    is_active: bool


class AssetBrief(api.Schema):
    """A machine."""

    id: int
    customer_id: int
    site_id: int | None
    name: str
    maker: str
    model: str
    serial: str
    notes: str
    is_active: bool


class AssetOut(AssetBrief):
    """A machine with its meters."""

    meters: list[MeterOut]


class MeterChange(api.Schema):
    """What changes of a meter; what is not sent stays."""

    name: str | None = Field(None, max_length=80)
    unit: str | None = Field(None, max_length=12)
    opening: int | None = Field(None, ge=0, le=10**15)
    is_active: bool | None = None


class MeterNew(MeterChange):
    """A new meter of a machine."""

    name: str = Field(max_length=80)


class AssetFilters(api.Schema):
    """Which machines are listed; `q` looks through names, serial numbers and customers."""

    q: str = Field("", max_length=200)
    customer_id: api.Id | None = None
    active: bool | None = None


FILTERS: Any = api.Query(...)


@router.get("/assets", response=api.Paged[AssetBrief], summary="List machines")
@api.allows(VIEW)
def list_assets(
    request: api.Request, filters: AssetFilters = FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the machines that you may see."""
    found = queries.matching(Asset.objects.visible_to(request.user), filters.q)
    if filters.customer_id is not None:
        found = found.filter(customer_id=filters.customer_id)
    if filters.active is not None:
        found = found.filter(is_active=filters.active)
    return api.cut(found.order_by("pk"), page)


@router.get("/assets/{asset_id}", response=AssetOut, summary="Read a machine")
@api.allows(VIEW)
def read_asset(request: api.Request, asset_id: api.Id) -> dict[str, Any]:
    """Return one machine with its meters."""
    return _full(shared.one(Asset.objects.visible_to(request.user), asset_id))


@router.post("/assets", response={201: AssetOut}, summary="Add a machine")
@api.allows(CHANGE)
def create_asset(request: api.Request, body: AssetNew) -> api.Answer[dict[str, Any]]:
    """Return the new machine, which has no meter yet."""
    values = shared.values(request, body.dict(exclude_unset=True))
    with shared.told():
        return api.Answer(201, _full(assets.create(**shared.stamp(request), **values)))


@router.patch("/assets/{asset_id}", response=AssetOut, summary="Change a machine")
@api.allows(CHANGE)
def change_asset(request: api.Request, asset_id: api.Id, body: AssetChange) -> dict[str, Any]:
    """Return the machine after the change."""
    row = shared.one(Asset.objects.visible_to(request.user), asset_id)
    values = shared.values(request, body.dict(exclude_unset=True))
    with shared.told():
        return _full(assets.update(asset_id=row.pk, **shared.stamp(request), **values))


@router.post("/assets/{asset_id}/meters", response={201: MeterOut}, summary="Add a meter")
@api.allows(CHANGE)
def add_meter(request: api.Request, asset_id: api.Id, body: MeterNew) -> api.Answer[Meter]:
    """Return the new meter."""
    row = shared.one(Asset.objects.visible_to(request.user), asset_id)
    values = shared.values(request, body.dict(exclude_unset=True))
    with shared.told():
        meter = assets.add_meter(asset=row, **shared.stamp(request), **values)
    return api.Answer(201, meter)


@router.patch("/meters/{meter_id}", response=MeterOut, summary="Change a meter")
@api.allows(CHANGE)
def change_meter(request: api.Request, meter_id: api.Id, body: MeterChange) -> Meter:
    """Return the meter after the change; another opening value changes what is charged next."""
    row = shared.one(queries.meters_of(request.user), meter_id)
    values = shared.values(request, body.dict(exclude_unset=True))
    with shared.told():
        return assets.update_meter(meter_id=row.pk, **shared.stamp(request), **values)


def _full(row: Asset) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in PLAIN} | {"id": row.pk}
    return shown | {"meters": list(row.meters.all())}
