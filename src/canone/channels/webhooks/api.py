"""Webhooks as JSON: register, rotate, test, look into the log, send again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from pydantic import Field

from canone.channels.webhooks import queries
from canone.channels.webhooks.models import Attempt, Delivery, Hook
from canone.channels.webhooks.permissions import MANAGE
from canone.channels.webhooks.rules import payloads
from canone.channels.webhooks.services import hooks, replaying
from canone.ui import api

router = api.Router(tags=["webhooks"])
Name = Annotated[str, Field(max_length=80)]
Url = Annotated[str, Field(max_length=500)]
Codes = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)]


class FactOut(api.Schema):
    """A kind of fact; `example` is what would be sent, its schema stands under `webhooks`."""

    code: str
    title: str
    version: int
    function: str
    example: dict[str, Any]


class WebhookOut(api.Schema):
    """A webhook; `failing_since` is when the receiver began to take nothing."""

    id: int
    name: str
    url: str
    facts: list[str]
    is_inside_allowed: bool
    is_active: bool
    off_reason: str
    off_at: datetime | None
    failing_since: datetime | None
    previous_until: datetime | None
    waiting: int
    dead: int
    last_done_at: datetime | None
    created_at: datetime


class WebhookMade(WebhookOut):
    """A webhook with its secret, which is never told again."""

    secret: str


class WebhookIn(api.Schema):
    """A new webhook; only an owner lets it lie in the firm’s own network."""

    name: Name
    url: Url
    facts: Codes
    is_inside_allowed: bool = False


class WebhookChange(api.Schema):
    """What changes; the rest stays."""

    name: Name | None = None
    url: Url | None = None
    facts: Codes | None = None
    is_inside_allowed: bool | None = None


class NewSecretIn(api.Schema):
    """How long the secret before signs too."""

    overlap_hours: int = Field(24, ge=0, le=720)


class WebhookDelivery(api.Schema):
    """A delivery; `status` and `trouble` are of its last attempt."""

    id: int
    webhook_id: str
    fact: str
    version: int
    told_at: datetime
    state: Literal["waiting", "done", "dead", "withdrawn"]
    failures: int
    due_at: datetime
    done_at: datetime | None
    status: int | None
    trouble: str


class WebhookAttempt(api.Schema):
    """One attempt with the beginning of its answer."""

    id: int
    at: datetime
    url: str
    status: int | None
    trouble: str
    milliseconds: int | None
    answer: str


class WebhookDeliveryWhole(WebhookDelivery):
    """A delivery with what is sent."""

    data: dict[str, Any]


class AgainIn(api.Schema):
    """What happened from `start` up to before `end`."""

    start: api.Instant
    end: api.Instant
    undelivered_only: bool = True


class DeliveryCount(api.Schema):
    """How many deliveries it was."""

    deliveries: int


@router.get("/webhooks/facts", response=api.Paged[FactOut], summary="List what can be told")
@api.allows(MANAGE)
def list_facts(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return every kind of fact that you may have sent."""
    found = [
        {
            "code": fact.code,
            "title": str(fact.title),
            "version": fact.version,
            "function": fact.sees,
            "example": payloads.data(fact.example()),
        }
        for fact in queries.choices(request.user)
    ]
    return api.part(found, page)


@router.get("/webhooks", response=api.Paged[WebhookOut], summary="List webhooks")
@api.allows(MANAGE)
def list_hooks(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001 (of the firm)
    """Return all webhooks."""
    return api.cut(queries.hooks(), page)


@router.post("/webhooks", response={201: WebhookMade}, summary="Register a webhook")
@api.allows(MANAGE, by_name=True)
def create_hook(request: api.Request, body: WebhookIn) -> api.Answer[Any]:
    """Return the new webhook with its secret, told this once."""
    made, secret = hooks.create(**body.model_dump(), at=timezone.now(), by=request.user)
    return api.Answer(201, _made(made.pk, secret))


@router.get("/webhooks/{hook_id}", response=WebhookOut, summary="Read a webhook")
@api.allows(MANAGE)
def read_hook(request: api.Request, hook_id: api.Id) -> Hook:  # noqa: ARG001 (of the firm)
    """Return one webhook."""
    return _hook(hook_id)


@router.patch("/webhooks/{hook_id}", response=WebhookOut, summary="Change a webhook")
@api.allows(MANAGE, by_name=True)
def change_hook(request: api.Request, hook_id: api.Id, body: WebhookChange) -> Hook:
    """Return the webhook after the change."""
    _hook(hook_id)
    values = {name: value for name, value in body.model_dump().items() if value is not None}
    hooks.change(hook_id=hook_id, values=values, at=timezone.now(), by=request.user)
    return _hook(hook_id)


@router.delete("/webhooks/{hook_id}", response={204: None}, summary="Remove a webhook")
@api.allows(MANAGE)
def remove_hook(request: api.Request, hook_id: api.Id) -> api.Answer[None]:
    """Return nothing; it is gone with its log."""
    _hook(hook_id)
    hooks.remove(hook_id=hook_id, by=request.user)
    return api.Answer(204, None)


@router.post("/webhooks/{hook_id}/secret", response={201: WebhookMade}, summary="Make a new secret")
@api.allows(MANAGE, by_name=True)
def rotate(request: api.Request, hook_id: api.Id, body: NewSecretIn) -> api.Answer[Any]:
    """Return the webhook with its new secret; the one before signs too while the overlap lasts."""
    _hook(hook_id)
    overlap = timedelta(hours=body.overlap_hours)
    made, secret = hooks.rotate(
        hook_id=hook_id, overlap=overlap, at=timezone.now(), by=request.user
    )
    return api.Answer(201, _made(made.pk, secret))


@router.post("/webhooks/{hook_id}/on", response=WebhookOut, summary="Switch a webhook on")
@api.allows(MANAGE, by_name=True)
def switch_on(request: api.Request, hook_id: api.Id) -> Hook:
    """Return the webhook; what waited for it is sent first."""
    _hook(hook_id)
    hooks.switch_on(hook_id=hook_id, at=timezone.now(), by=request.user)
    return _hook(hook_id)


@router.post("/webhooks/{hook_id}/off", response=WebhookOut, summary="Switch a webhook off")
@api.allows(MANAGE)
def switch_off(request: api.Request, hook_id: api.Id) -> Hook:
    """Return the webhook, told nothing more."""
    _hook(hook_id)
    hooks.switch_off(hook_id=hook_id, at=timezone.now(), by=request.user)
    return _hook(hook_id)


@router.post("/webhooks/{hook_id}/test", response={202: WebhookDelivery}, summary="Send a test")
@api.allows(MANAGE)
def test(request: api.Request, hook_id: api.Id) -> api.Answer[Any]:  # noqa: ARG001 (of the firm)
    """Return the delivery of a test; its attempt shows soon what was answered."""
    _hook(hook_id)
    made = replaying.test(hook_id=hook_id, at=timezone.now())
    return api.Answer(202, _delivery(_row(hook_id, made.pk)))


@router.get(
    "/webhooks/{hook_id}/deliveries",
    response=api.Paged[WebhookDelivery],
    summary="List the deliveries of a webhook",
)
@api.allows(MANAGE)
def list_deliveries(
    request: api.Request,  # noqa: ARG001 (of the firm)
    hook_id: api.Id,
    state: Literal["waiting", "done", "dead", "withdrawn"] | None = None,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return what it was or will be told, newest first, for 30 days."""
    _hook(hook_id)
    rows = queries.deliveries(hook_id)
    part = api.cut(rows.filter(state=state) if state else rows, page, newest_first=True)
    return part | {"items": [_delivery(row) for row in part["items"]]}


@router.post(
    "/webhooks/{hook_id}/deliveries/again", response=DeliveryCount, summary="Send a period again"
)
@api.allows(MANAGE)
def again_of_period(request: api.Request, hook_id: api.Id, body: AgainIn) -> dict[str, int]:  # noqa: ARG001 (of the firm)
    """Return how many deliveries are sent again, in the order in which it happened."""
    _hook(hook_id)
    count = replaying.again_of_period(hook_id=hook_id, **body.model_dump(), at=timezone.now())
    return {"deliveries": count}


@router.post(
    "/webhooks/{hook_id}/deliveries/withdraw", response=DeliveryCount, summary="Withdraw what waits"
)
@api.allows(MANAGE)
def withdraw_all(request: api.Request, hook_id: api.Id) -> dict[str, int]:  # noqa: ARG001 (of the firm)
    """Return how many deliveries waited and are not sent any more."""
    _hook(hook_id)
    return {"deliveries": replaying.withdraw_all(hook_id=hook_id)}


@router.get(
    "/webhooks/{hook_id}/deliveries/{delivery_id}",
    response=WebhookDeliveryWhole,
    summary="Read a delivery",
)
@api.allows(MANAGE)
def read_delivery(request: api.Request, hook_id: api.Id, delivery_id: api.Id) -> dict[str, Any]:  # noqa: ARG001 (of the firm)
    """Return one delivery with what is sent."""
    row = _row(hook_id, delivery_id)
    return _delivery(row) | {"data": row.message.data}


@router.get(
    "/webhooks/{hook_id}/deliveries/{delivery_id}/attempts",
    response=api.Paged[WebhookAttempt],
    summary="List the attempts at a delivery",
)
@api.allows(MANAGE)
def list_attempts(
    request: api.Request,  # noqa: ARG001 (of the firm)
    hook_id: api.Id,
    delivery_id: api.Id,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return every attempt, newest first, with the beginning of the answer."""
    rows = Attempt.objects.filter(delivery=_row(hook_id, delivery_id))
    return api.cut(rows, page, newest_first=True)


@router.post(
    "/webhooks/{hook_id}/deliveries/{delivery_id}/again",
    response=WebhookDelivery,
    summary="Send a delivery again",
)
@api.allows(MANAGE)
def again(request: api.Request, hook_id: api.Id, delivery_id: api.Id) -> dict[str, Any]:  # noqa: ARG001 (of the firm)
    """Return the delivery, sent next, under the id that it always had."""
    replaying.again(delivery_id=_row(hook_id, delivery_id).pk, at=timezone.now())
    return _delivery(_row(hook_id, delivery_id))


@router.post(
    "/webhooks/{hook_id}/deliveries/{delivery_id}/withdraw",
    response=WebhookDelivery,
    summary="Withdraw a delivery",
)
@api.allows(MANAGE)
def withdraw(request: api.Request, hook_id: api.Id, delivery_id: api.Id) -> dict[str, Any]:  # noqa: ARG001 (of the firm)
    """Return the delivery, not to be sent; one that does not wait is a 409."""
    try:
        replaying.withdraw(delivery_id=_row(hook_id, delivery_id).pk)
    except replaying.NotPossibleError as error:
        raise api.Problem(409, "not_possible", str(error)) from error
    return _delivery(_row(hook_id, delivery_id))


def _hook(hook_id: int) -> Hook:
    found = queries.hooks().filter(pk=hook_id).first()
    if found is None:
        raise Http404
    return found


def _made(hook_id: int, secret: str) -> dict[str, Any]:
    hook = _hook(hook_id)
    return {name: getattr(hook, name) for name in WebhookOut.model_fields} | {"secret": secret}


def _row(hook_id: int, delivery_id: int) -> Delivery:
    return get_object_or_404(queries.every_delivery(), pk=delivery_id, hook_id=hook_id)


def _delivery(row: Delivery) -> dict[str, Any]:
    message = row.message
    known = ("id", "state", "failures", "due_at", "done_at", "status", "trouble")
    return {name: getattr(row, name) for name in known} | {
        "webhook_id": message.webhook_id,
        "fact": message.fact,
        "version": message.version,
        "told_at": message.told_at,
    }
