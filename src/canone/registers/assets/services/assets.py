"""Assets and their meters are written here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.registers.assets.models import Asset, Meter
from canone.registers.parties.services import records

FIELDS = ("customer", "site", "name", "maker", "model", "serial", "notes", "is_active")
METER = ("asset", "name", "unit", "opening", "is_active")
OTHER_CUSTOMER = _("This site belongs to another customer.")


@transaction.atomic
def create(*, at: datetime, by: int | None, **values: Any) -> Asset:
    """Return a new asset of `customer`; faults are a ValidationError by field."""
    asset = Asset()
    records.put(asset, values, FIELDS)
    return records.keep(asset, faults(asset), at=at, by=by)


@transaction.atomic
def update(*, asset_id: int, at: datetime, by: int | None, **values: Any) -> Asset:
    """Return the asset after the change; fields that are not given stay."""
    asset = Asset.objects.select_for_update().get(pk=asset_id)
    if records.put(asset, values, FIELDS):
        records.keep(asset, faults(asset), at=at, by=by)
    return asset


@transaction.atomic
def add_meter(*, at: datetime, by: int | None, **values: Any) -> Meter:
    """Return a new meter of `asset`."""
    meter = Meter()
    records.put(meter, values, METER)
    return records.keep(meter, records.faults(meter, {}), at=at, by=by)


@transaction.atomic
def update_meter(*, meter_id: int, at: datetime, by: int | None, **values: Any) -> Meter:
    """Return the meter after the change; it stays with its asset."""
    meter = Meter.objects.select_for_update().get(pk=meter_id)
    values.pop("asset", None)
    if records.put(meter, values, METER):
        records.keep(meter, records.faults(meter, {}), at=at, by=by)
    return meter


def faults(asset: Asset) -> records.Faults:
    """Return everything that is wrong with an asset in memory, by field."""
    special: records.Faults = {}
    if asset.site is not None and asset.site.party_id != asset.customer_id:
        special["site"] = [OTHER_CUSTOMER]
    return records.faults(asset, special)
