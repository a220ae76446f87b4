"""Machines, meters and readings."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from tests.make import parties

from canone.registers.assets.models import Asset, Meter, Reading
from canone.registers.assets.services import assets, readings
from canone.registers.parties.models import Party

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_number = count(1)


def asset(of: Party | None = None, **fields: Any) -> Asset:
    """Return a multifunction printer of a customer, a new one unless given."""
    given: dict[str, Any] = {"name": "Multifunzione", "serial": f"SN{next(_number):06d}"}
    return assets.create(at=AT, by=None, **{"customer": of or parties.party()} | given | fields)


def meter(of: Asset | None = None, **fields: Any) -> Meter:
    """Return a meter of black copies."""
    given: dict[str, Any] = {"name": f"Copie {next(_number)}", "unit": "copie"} | fields
    return assets.add_meter(at=AT, by=None, asset=of or asset(), **given)


def reading(of: Meter, day: date, value: int) -> Reading:
    """Return what a meter showed at the end of a day, told in the evening if not later."""
    at = max(AT, datetime.combine(day, time(20), UTC))
    return readings.record(meter_id=of.pk, day=day, value=value, at=at, by=None)
