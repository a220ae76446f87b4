"""Reads of the webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, QuerySet

from canone.base import vault
from canone.base.events import facts
from canone.channels.webhooks.models import Attempt, Delivery, Hook
from canone.channels.webhooks.rules import payloads

if TYPE_CHECKING:
    from canone.base.access.models import User

State = Delivery.State
PURPOSE = "canone.webhooks.secret"
COLLECTING = Q(is_active=True) | Q(off_reason__in=[Hook.Off.GONE, Hook.Off.FAILING])
"""A hook that was switched off by itself goes on collecting what it has to be told."""


def hooks() -> QuerySet[Hook]:
    """Return every hook with how much waits, was given up, and when one was last delivered."""
    waiting = Count("deliveries", filter=Q(deliveries__state=State.WAITING))
    dead = Count("deliveries", filter=Q(deliveries__state=State.DEAD))
    last = Max("deliveries__done_at")
    return Hook.objects.annotate(waiting=waiting, dead=dead, last_done_at=last).order_by("name")


def hearers(code: str) -> list[int]:
    """Return the hooks that collect facts of this kind."""
    chosen = Hook.objects.filter(COLLECTING).values_list("pk", "facts")
    return [pk for pk, codes in chosen.order_by("pk") if code in codes]


def deliveries(hook_id: int) -> QuerySet[Delivery]:
    """Return what a hook was or will be told, with the messages."""
    return Delivery.objects.filter(hook_id=hook_id).select_related("message").order_by("-pk")


def every_delivery() -> QuerySet[Delivery]:
    """Return the deliveries of all hooks, with hook and message."""
    return Delivery.objects.select_related("hook", "message")


def attempts(delivery_id: int) -> QuerySet[Attempt]:
    """Return every attempt at a delivery, newest first."""
    return Attempt.objects.filter(delivery_id=delivery_id).order_by("-pk")


def secrets(hook: Hook, at: datetime) -> list[str]:
    """Return the secrets that sign today, the newest first; raises vault.SealError."""
    sealed = [hook.secret]
    if hook.previous_secret and hook.previous_until and hook.previous_until > at:
        sealed.append(hook.previous_secret)
    return [vault.unseal(one, purpose=PURPOSE) for one in sealed]


def next_of(hook: Hook, at: datetime) -> Delivery | None:
    """Return what a hook is told next, if it is due: what is out of turn first, then in order.

    A hook that is switched off is sent tests alone.
    """
    waiting = Delivery.objects.filter(hook=hook, state=State.WAITING).select_related("message")
    if not hook.is_active:
        waiting = waiting.filter(message__fact=payloads.TEST)
    aside = waiting.filter(is_out_of_turn=True, due_at__lte=at).order_by("pk").first()
    if aside is not None:
        return aside
    first = waiting.filter(is_out_of_turn=False).order_by("pk").first()
    return first if first is not None and first.due_at <= at else None


def is_due(at: datetime) -> bool:
    """Whether anything is to be sent now."""
    return any(next_of(hook, at) is not None for hook in Hook.objects.order_by("pk"))


def choices(user: User) -> list[facts.Fact]:
    """Return the kinds of facts that a person may have sent."""
    return [fact for fact in facts.every() if user.may(fact.sees)]


def titles(codes: Sequence[str]) -> list[str]:
    """Return what facts are called, by their codes; a code that is gone stands for itself."""
    known = {fact.code: str(fact.title) for fact in facts.every()}
    return [known.get(code, code) for code in codes]
