"""Readings of meters: listed, recorded, removed."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from canone.registers.assets import queries
from canone.registers.assets.api import shared
from canone.registers.assets.models import Reading
from canone.registers.assets.permissions import READ, VIEW
from canone.registers.assets.services import readings
from canone.ui import api

router = api.Router(tags=["machines"])


class ReadingIn(api.Schema):
    """What a meter showed at the end of a day."""

    day: date = Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))
    value: int = Field(ge=0, le=10**15)
    source: Literal["typed", "customer", "remote"] = "typed"


class ReadingOut(api.Schema):
    """A reading."""

    id: int
    meter_id: int
    day: date
    value: int
    source: str


@router.get("/meters/{meter_id}/readings", response=api.Paged[ReadingOut], summary="List readings")
@api.allows(VIEW)
def list_readings(
    request: api.Request, meter_id: api.Id, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the readings of a meter in the order in which they were entered."""
    meter = shared.one(queries.meters_of(request.user), meter_id)
    return api.cut(Reading.objects.filter(meter=meter).order_by("pk"), page)


@router.post("/meters/{meter_id}/readings", response={201: ReadingOut}, summary="Record a reading")
@api.allows(READ)
def record_reading(request: api.Request, meter_id: api.Id, body: ReadingIn) -> api.Answer[Reading]:
    """Return the reading; it takes the place of another of the same day. No day is ahead."""
    meter = shared.one(queries.meters_of(request.user), meter_id)
    with shared.told():
        row = readings.record(
            meter_id=meter.pk,
            day=body.day,
            value=body.value,
            source=body.source,
            **shared.stamp(request),
        )
    return api.Answer(201, row)


@router.delete("/readings/{reading_id}", response={204: None}, summary="Remove a reading")
@api.allows(READ)
def remove_reading(request: api.Request, reading_id: api.Id, reason: str = "") -> api.Answer[None]:
    """Return nothing; the next run makes up for what was charged from it."""
    row = shared.one(queries.readings_of(request.user), reading_id)
    readings.remove(reading_id=row.pk, reason=reason, **shared.stamp(request))
    return api.Answer(204, None)
