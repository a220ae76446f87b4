"""The counters behind all series of numbers: how far each has come, and where one begins."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from pydantic import Field

from canone.base.access.functions import SETTINGS
from canone.base.numbering import queries, services
from canone.base.numbering.models import Counter
from canone.ui import api, zones

router = api.Router(tags=["firm"])


class CounterOut(api.Schema):
    """A series in a year; `day` is that of the last number's document, null before the first."""

    series: str
    year: int
    number: int
    day: date | None


class CounterIn(api.Schema):
    """A series, and the last number that it was given elsewhere this year; 0 begins with 1."""

    series: str = Field(min_length=1, max_length=10, description="letters and digits")
    number: int = Field(0, ge=0, le=999_999_999)
    day: date | None = Field(None, description="of the document with that number")


@router.get("/counters", response=api.Paged[CounterOut], summary="List counters of numbers")
@api.allows(SETTINGS)
def list_counters(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001 (of the firm)
    """Return every series and year that is known, by name, the newest year first."""
    return api.part(queries.series(), page)


@router.post("/counters", response={201: CounterOut}, summary="Begin a series of numbers")
@api.allows(SETTINGS)
def begin_counter(request: api.Request, body: CounterIn) -> api.Answer[Counter]:  # noqa: ARG001 (of the firm)
    """Return the counter of this year; a series that goes on by itself already is a 422."""
    today = timezone.now().astimezone(zones.zone()).date()
    return api.Answer(201, services.take_up(**body.model_dump(), today=today))
