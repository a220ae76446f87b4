"""Publishing and delivering; the only writer of the outbox."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from canone.base.events import facts, registry, rules
from canone.base.events.models import Delivery, Event

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

logger = logging.getLogger("canone.events")
BATCH = 100


@transaction.atomic
def publish(event: DataclassInstance) -> None:
    """Return nothing; every handler will hear the event once this transaction is committed.

    An event that is a fact too (see `facts`) is told outside with it.
    """
    kind = rules.kind_of(type(event))
    row = Event.objects.create(kind=kind, payload=rules.encode(event))
    Delivery.objects.bulk_create(
        Delivery(event=row, handler=name) for name in registry.handlers_of(kind)
    )
    facts.tell(type(event), [event], at=None)


def deliver(*, at: datetime, limit: int = BATCH, as_of: datetime | None = None) -> int:
    """Return how many due deliveries were tried, oldest first, each in its own transaction.

    Handlers are told that it is `at`, or `as_of` where a past is being written.
    """
    due = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=at)
    tried = 0
    for delivery_id in list(due.order_by("due_at", "id").values_list("pk", flat=True)[:limit]):
        tried += _deliver(delivery_id, as_of or at)
    return tried


@transaction.atomic
def retry(*, delivery: Delivery, at: datetime) -> None:
    """Return nothing; a delivery that was set aside is tried again."""
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.DEAD).update(
        state=Delivery.State.WAITING, attempts=0, due_at=at
    )


@transaction.atomic
def prune(*, before: datetime) -> int:
    """Return how many events were forgotten that all heard before that instant."""
    told = Event.objects.filter(published_at__lt=before).exclude(
        pk__in=Delivery.objects.exclude(state=Delivery.State.DONE).values("event_id")
    )
    _rows, forgotten = told.delete()
    return forgotten.get(Event._meta.label, 0)  # noqa: SLF001 (Django's public Meta)


def _deliver(delivery_id: int, at: datetime) -> int:
    try:
        return _deliver_once(delivery_id, at)
    except Exception as error:
        logger.warning("delivery %s failed", delivery_id, exc_info=True)
        _postpone(delivery_id, f"{type(error).__name__}: {error}", at)
        return 1


@transaction.atomic
def _deliver_once(delivery_id: int, at: datetime) -> int:
    """Return 1 after the handler ran; its work and the mark that it ran are one transaction."""
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(pk=delivery_id, state=Delivery.State.WAITING)
        .first()
    )
    if delivery is None:
        return 0
    event = delivery.event
    handler = registry.handlers_of(event.kind)[delivery.handler]
    handler(rules.decode(registry.event_class(event.kind), event.payload), at=at)
    Delivery.objects.filter(pk=delivery_id).update(
        state=Delivery.State.DONE, done_at=at, attempts=delivery.attempts + 1, error=""
    )
    return 1


@transaction.atomic
def _postpone(delivery_id: int, error: str, at: datetime) -> None:
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    delivery.attempts += 1
    delivery.error = error[:2_000]
    delivery.due_at = at + rules.wait_before(delivery.attempts)
    if delivery.attempts >= rules.MAX_ATTEMPTS:
        delivery.state = Delivery.State.DEAD
    delivery.save()
