"""Reads of the outbox."""

from datetime import datetime

from django.db.models import QuerySet

from canone.base.events.models import Delivery


def dead() -> QuerySet[Delivery]:
    """Return the deliveries that were set aside, newest first, with their events."""
    return (
        Delivery.objects.filter(state=Delivery.State.DEAD).select_related("event").order_by("-id")
    )


def overdue(before: datetime) -> int:
    """Return how many deliveries have waited since before that instant."""
    return Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lt=before).count()
