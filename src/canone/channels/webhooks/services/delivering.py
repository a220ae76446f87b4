"""What is sent next to a hook, and how it went."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base import outgoing, vault
from canone.base.access import queries as access
from canone.base.access.functions import Role
from canone.base.firm import queries as firms
from canone.base.mail import registry
from canone.base.mail import services as mail
from canone.channels.webhooks import queries
from canone.channels.webhooks.models import Attempt, Delivery, Hook, Message
from canone.channels.webhooks.rules import payloads, signing, timetable

State = Delivery.State
LOGGED = 2_000
SAMPLE = {
    "hook": "Gestionale",
    "url": "https://erp.example.com/canone",
    "firm": "Assistenza Lario",
    "gone": "",
}
OFF = registry.declare("webhooks/off", _("A webhook has switched itself off"), SAMPLE)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery ready to be sent, without any row; `fault` where it cannot be."""

    delivery_id: int
    hook_id: int
    url: str
    is_inside_allowed: bool
    headers: dict[str, str]
    body: bytes
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a receiver answered, or the trouble that kept an answer away."""

    status: int | None = None
    trouble: str = ""
    milliseconds: int | None = None
    answer: bytes = b""


def parcels(*, busy: Collection[int], among: Collection[int] | None, at: datetime) -> list[Parcel]:
    """Return the next delivery of each hook, signed at that instant; `among` None means of all.

    Hooks that are busy are left alone.
    """
    found = []
    hooks = Hook.objects.exclude(pk__in=busy)
    for hook in (hooks if among is None else hooks.filter(pk__in=among)).order_by("pk"):
        delivery = queries.next_of(hook, at)
        if delivery is not None:
            found.append(_parcel(hook, delivery, at))
    return found


def send(parcel: Parcel) -> Outcome:
    """Return what came of one request; touches no table, so that any thread may do it."""
    if parcel.fault:
        return Outcome(trouble=parcel.fault)
    try:
        reply = outgoing.post(
            parcel.url,
            body=parcel.body,
            headers=parcel.headers,
            inside=parcel.is_inside_allowed,
            wanted=LOGGED,
        )
    except outgoing.OutgoingError as error:
        return Outcome(trouble=error.code)
    return Outcome(reply.status, "", reply.milliseconds, reply.start)


@transaction.atomic
def record(parcel: Parcel, outcome: Outcome, *, at: datetime) -> bool:
    """Return whether it was delivered; the attempt is in the log, and what follows is decided."""
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("message")
        .filter(pk=parcel.delivery_id)
        .first()
    )
    if delivery is None:
        return False
    Attempt.objects.create(
        delivery=delivery,
        at=at,
        url=parcel.url,
        status=outcome.status,
        trouble=outcome.trouble,
        milliseconds=outcome.milliseconds,
        answer=outcome.answer.decode(errors="replace").replace("\0", "�")[:LOGGED],
    )
    success = timetable.is_success(outcome.status)
    if delivery.state == State.WAITING:
        _settle(delivery, outcome, success=success, at=at)
    return success


def _settle(delivery: Delivery, outcome: Outcome, *, success: bool, at: datetime) -> None:
    is_test = delivery.message.fact == payloads.TEST
    delivery.status, delivery.trouble = outcome.status, outcome.trouble
    if success:
        delivery.state, delivery.done_at = State.DONE, at
    else:
        delivery.failures += 1
        wait = timetable.wait_after(delivery.failures, once=is_test)
        if wait is None:
            delivery.state = State.DEAD
        else:
            delivery.due_at = at + wait
            delivery.is_out_of_turn |= timetable.overtaken(delivery.failures)
    delivery.save()
    if not is_test:
        _judge(delivery.hook_id, outcome, success=success, at=at)


def _judge(hook_id: int, outcome: Outcome, *, success: bool, at: datetime) -> None:
    """Remember since when nothing is taken; switch off what is gone, or fails for days."""
    hook = Hook.objects.select_for_update().get(pk=hook_id)
    since = None if success else hook.failing_since or at
    if since != hook.failing_since:
        Hook.objects.filter(pk=hook_id).update(failing_since=since)
    if success or not hook.is_active:
        return
    if outcome.status == timetable.GONE:
        _switch_off(hook, Hook.Off.GONE, at)
    elif since is not None and at - since >= timetable.FAILING:
        _switch_off(hook, Hook.Off.FAILING, at)


def _switch_off(hook: Hook, reason: Hook.Off, at: datetime) -> None:
    hook.is_active, hook.off_reason, hook.off_at = False, reason, at
    vars(hook)["_history_date"] = at
    hook.save(update_fields=["is_active", "off_reason", "off_at"])
    words = {
        "hook": hook.name,
        "url": hook.url,
        "firm": firms.firm().name,
        "gone": "1" if reason == Hook.Off.GONE else "",
    }
    for owner in access.holders(Role.OWNER):
        letter = mail.Letter(
            to=owner.email,
            language=owner.language,
            template=OFF,
            words=words,
            owner=f"webhooks.hook:{hook.pk}",
            key=f"webhook:{hook.pk}:{at.isoformat()}:{owner.pk}",
        )
        mail.queue(letter, at=at, by=None)


def _parcel(hook: Hook, delivery: Delivery, at: datetime) -> Parcel:
    message: Message = delivery.message
    body = payloads.body(
        message_id=message.webhook_id,
        code=message.fact,
        version=message.version,
        at=message.told_at,
        said=message.data,
    )
    headers: dict[str, str] = {}
    fault = ""
    try:
        headers = signing.headers(
            queries.secrets(hook, at),
            message_id=message.webhook_id,
            timestamp=int(at.timestamp()),
            body=body,
        )
    except vault.SealError:
        fault = "secret"
    return Parcel(delivery.pk, hook.pk, hook.url, hook.is_inside_allowed, headers, body, fault)
