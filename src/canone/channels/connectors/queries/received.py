"""Reads of what arrived by itself: deliveries of programs, computers that tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from canone.channels.connectors.models import Delivery, Source
from canone.channels.connectors.rules.rustdesk import allowed
from canone.channels.connectors.rules.rustdesk.messages import Kind

MOST_COMPUTERS = 200


@dataclass(frozen=True, slots=True)
class Computer:
    """A computer that told something: what it is called, when it last did, whether it may."""

    device: str
    name: str
    last_at: datetime
    sessions: int
    known: bool


def deliveries(source_id: int) -> QuerySet[Delivery]:
    """Return what programs sent to a source."""
    return Delivery.objects.filter(source=source_id)


def computers(source: Source) -> list[Computer]:
    """Return the computers that told something in the last weeks, the latest first."""
    known = allowed.devices(str(source.settings.get("devices", "")))
    rows = (
        source.messages.values("device")
        .annotate(
            last=Max("received_at"),
            sessions=Count("pk", filter=Q(kind=Kind.LOGIN)),
            name=Max("note", filter=Q(kind=Kind.NAME)),
        )
        .order_by("-last", "device")[:MOST_COMPUTERS]
    )
    return [
        Computer(
            device=row["device"],
            name=row["name"] or "",
            last_at=row["last"],
            sessions=row["sessions"],
            known=not known or row["device"] in known,
        )
        for row in rows
    ]
