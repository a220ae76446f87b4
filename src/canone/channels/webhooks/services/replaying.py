"""Sends again what was sent, tests a hook, and forgets what is old."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.channels.webhooks import queries
from canone.channels.webhooks.models import Delivery, Hook, Message
from canone.channels.webhooks.rules import payloads

State = Delivery.State
BATCH = 2_000


class NotPossibleError(Exception):
    """The delivery's state does not allow it."""


@transaction.atomic
def again(*, delivery_id: int, at: datetime) -> Delivery:
    """Return the delivery, to be sent next whatever waits, under the id that it always had."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    delivery.state, delivery.failures, delivery.due_at = State.WAITING, 0, at
    delivery.is_out_of_turn, delivery.done_at = True, None
    delivery.save()
    return delivery


@transaction.atomic
def again_of_period(
    *, hook_id: int, start: datetime, end: datetime, undelivered_only: bool, at: datetime
) -> int:
    """Return how many deliveries of facts from `start` up to before `end` are sent again.

    In the order in which they happened; tests are not among them.
    """
    found = Delivery.objects.filter(
        hook_id=hook_id, message__told_at__gte=start, message__told_at__lt=end
    ).exclude(message__fact=payloads.TEST)
    if undelivered_only:
        found = found.exclude(state=State.DONE)
    return found.update(
        state=State.WAITING, failures=0, due_at=at, done_at=None, is_out_of_turn=False
    )


@transaction.atomic
def withdraw(*, delivery_id: int) -> Delivery:
    """Return the delivery, not to be sent; one that does not wait is a NotPossibleError."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.state != State.WAITING:
        raise NotPossibleError(_("Only what waits can be withdrawn."))
    delivery.state = State.WITHDRAWN
    delivery.save(update_fields=["state"])
    return delivery


@transaction.atomic
def withdraw_all(*, hook_id: int) -> int:
    """Return how many deliveries of a hook waited and are not sent any more."""
    waiting = Delivery.objects.filter(hook_id=hook_id, state=State.WAITING)
    return waiting.update(state=State.WITHDRAWN)


@transaction.atomic
def test(*, hook_id: int, at: datetime) -> Delivery:
    """Return the delivery of a message that says nothing, sent once, to a hook on or off."""
    hook = Hook.objects.get(pk=hook_id)
    message = Message.objects.create(
        fact=payloads.TEST,
        version=1,
        data={"hook": hook.name, "facts": queries.titles(hook.facts)},
        nonce=secrets.token_hex(3),
        told_at=at,
    )
    return Delivery.objects.create(hook=hook, message=message, is_out_of_turn=True, due_at=at)


def prune(*, before: datetime) -> int:
    """Return how many messages older than that were forgotten with their log, in short steps."""
    gone = 0
    while True:
        with transaction.atomic():
            old = Message.objects.filter(told_at__lt=before).order_by("pk")
            chosen = list(old.values_list("pk", flat=True)[:BATCH])
            Message.objects.filter(pk__in=chosen).delete()
        gone += len(chosen)
        if len(chosen) < BATCH:
            return gone
