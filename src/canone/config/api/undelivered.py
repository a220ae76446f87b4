"""What one part of Canone could not tell another: listed, and told again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.access.functions import SETTINGS
from canone.base.events import queries, services
from canone.base.events.models import Delivery
from canone.ui import api

router = api.Router(tags=["events"])


class UndeliveredOut(api.Schema):
    """An event that one who should hear of it could not take, however often it was tried."""

    id: int
    event: str
    handler: str
    happened_at: datetime
    attempts: int
    error: str

    @staticmethod
    def resolve_event(row: Delivery) -> str:
        """Return what happened."""
        return row.event.kind

    @staticmethod
    def resolve_happened_at(row: Delivery) -> datetime:
        """Return when."""
        return row.event.published_at


class UndeliveredAgainIn(api.Schema):
    """Which ones are delivered again."""

    ids: list[api.Id] = Field(min_length=1, max_length=1_000)


class DeliveredAgain(api.Schema):
    """How many will be delivered again."""

    count: int


@router.get(
    "/undelivered", response=api.Paged[UndeliveredOut], summary="List events that were set aside"
)
@api.allows(SETTINGS)
def list_undelivered(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001
    """Return what was set aside, newest first."""
    return api.cut(queries.dead(), page, newest_first=True)


@router.post("/undelivered/again", response=DeliveredAgain, summary="Deliver events again")
@api.allows(SETTINGS)
def deliver_again(request: api.Request, body: UndeliveredAgainIn) -> dict[str, int]:  # noqa: ARG001
    """Return how many; where one is not set aside, none is delivered again."""
    found = list(queries.dead().filter(pk__in=body.ids))
    if len(found) != len(set(body.ids)):
        raise ValidationError({"ids": _("One of them is not set aside any more.")})
    for delivery in found:
        services.retry(delivery=delivery, at=timezone.now())
    return {"count": len(found)}
