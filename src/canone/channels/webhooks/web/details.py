"""One webhook: how it stands, what it was told last, what can be done with it; one delivery."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.channels.webhooks import queries
from canone.channels.webhooks.models import Delivery, Hook
from canone.channels.webhooks.permissions import MANAGE
from canone.channels.webhooks.rules import payloads
from canone.channels.webhooks.services import hooks, replaying
from canone.channels.webhooks.web import looks
from canone.ui import formats, pages, timelines, zones
from canone.ui.confirming import confirmed
from canone.ui.heads import Action, Counter, Head, Link, Note, Tab
from canone.ui.pages import PageRequest, page

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RECENT = 10
SOON = timedelta(minutes=1)
BREAK = mark_safe("<br>")


@page(MANAGE)
def show(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show how a webhook stands, its latest deliveries and its settings."""
    hook = looks.found(pk)
    recent = queries.deliveries(pk)[:RECENT]
    return pages.render(
        request,
        "webhooks/hook.html",
        head(hook, tab="show"),
        hook=hook,
        settings=_settings(hook),
        deliveries=[
            (one, looks.delivery_state(one), looks.fact(one.message.fact), looks.said(one))
            for one in recent
        ],
        history=timelines.of(hook),
    )


@page(MANAGE)
def delivery(request: PageRequest, pk: int, delivery_id: int) -> HttpResponseBase:
    """Show what was sent, and every attempt with its answer."""
    row = _delivery(pk, delivery_id)
    hook = row.hook
    again = Action(_("Send again"), _url("again_one", row), "sync", post=True, main=True)
    actions = [again]
    if row.state == Delivery.State.WAITING:
        withdraw = Action(_("Withdraw"), _url("withdraw", row), "minus", post=True)
        actions = [withdraw] if not row.failures else [withdraw, again]
    head_ = Head(
        looks.fact(row.message.fact),
        crumbs=looks.crumbs(
            Link(hook.name, looks.url(hook)),
            Link(_("Log"), reverse("webhooks:log", args=[pk])),
        ),
        subtitle=row.message.webhook_id,
        actions=actions,
    )
    return pages.render(request, "webhooks/delivery.html", head_, body=_body(row), **_tried(row))


@page(MANAGE)
def attempts(request: PageRequest, pk: int, delivery_id: int) -> HttpResponseBase:
    """Answer the attempts alone, which ask again while one is about to be made."""
    row = _delivery(pk, delivery_id)
    return pages.fragment(
        request, "webhooks/attempts.html", title=looks.fact(row.message.fact), **_tried(row)
    )


@require_POST
@page(MANAGE)
def again_one(request: PageRequest, pk: int, delivery_id: int) -> HttpResponse:
    """Send one delivery again, under the id that it always had."""
    row = replaying.again(delivery_id=_delivery(pk, delivery_id).pk, at=timezone.now())
    return pages.done(request, _("It is sent again."), _url("delivery", row))


@require_POST
@page(MANAGE)
def withdraw(request: PageRequest, pk: int, delivery_id: int) -> HttpResponse:
    """Keep a delivery from being sent."""
    row = _delivery(pk, delivery_id)
    try:
        replaying.withdraw(delivery_id=row.pk)
    except replaying.NotPossibleError as error:
        return pages.refused(request, str(error), _url("delivery", row))
    return pages.done(request, _("It is not sent."), _url("delivery", row))


@require_POST
@page(MANAGE)
def test(request: PageRequest, pk: int) -> HttpResponse:
    """Send a test; its page shows the answer as soon as it is there."""
    row = replaying.test(hook_id=looks.found(pk).pk, at=timezone.now())
    return pages.done(request, _("A test is on its way."), _url("delivery", row))


@require_POST
@page(MANAGE)
@confirmed
def switch_on(request: PageRequest, pk: int) -> HttpResponse:
    """Tell it again."""
    hook = hooks.switch_on(hook_id=looks.found(pk).pk, at=timezone.now(), by=request.user)
    return pages.done(request, _("It is told again, and what waited first."), looks.url(hook))


@require_POST
@page(MANAGE)
def switch_off(request: PageRequest, pk: int) -> HttpResponse:
    """Tell it nothing more."""
    hook = hooks.switch_off(hook_id=looks.found(pk).pk, at=timezone.now(), by=request.user)
    return pages.done(request, _("It is told nothing more."), looks.url(hook))


@require_POST
@page(MANAGE)
def withdraw_all(request: PageRequest, pk: int) -> HttpResponse:
    """Keep everything that waits from being sent."""
    hook = looks.found(pk)
    count = replaying.withdraw_all(hook_id=pk)
    words = ngettext("%(n)s delivery is not sent.", "%(n)s deliveries are not sent.", count)
    return pages.done(request, words % {"n": count}, looks.url(hook))


@page(MANAGE)
def remove(request: PageRequest, pk: int) -> HttpResponse:
    """Ask, then take the webhook away with its log."""
    hook = looks.found(pk)
    if request.method == "POST":
        hooks.remove(hook_id=pk, by=request.user)
        return pages.done(request, _("Removed."), reverse("webhooks:list"))
    crumbs = looks.crumbs(Link(hook.name, looks.url(hook)))
    return pages.render(
        request, "webhooks/remove.html", Head(_("Remove"), crumbs=crumbs), hook=hook
    )


def head(hook: Hook, *, tab: str) -> Head:
    """Return the top of a webhook's pages."""
    log = reverse("webhooks:log", args=[hook.pk])
    return Head(
        hook.name,
        crumbs=looks.crumbs(),
        subtitle=hook.url,
        state=looks.hook_state(hook),
        actions=_actions(hook),
        counters=[
            Counter(formats.number(_count(hook, "waiting")), _("waiting"), f"{log}?state=waiting"),
            Counter(formats.number(_count(hook, "dead")), _("given up"), f"{log}?state=dead"),
        ],
        tabs=[
            Tab(_("Overview"), looks.url(hook), current=tab == "show"),
            Tab(_("Log"), log, current=tab == "log"),
        ],
        notes=_notes(hook),
    )


def _count(hook: Hook, name: str) -> int:
    return int(vars(hook)[name])


def _actions(hook: Hook) -> list[Action]:
    def action(title: str, name: str, icon: str, **more: Any) -> Action:
        return Action(title, reverse(f"webhooks:{name}", args=[hook.pk]), icon, **more)

    found = [
        action(_("Edit"), "edit", "pencil", key="e"),
        action(_("New secret"), "secret", "key"),
        action(_("Send a period again"), "period", "sync"),
        action(_("Remove"), "remove", "trash"),
    ]
    if _count(hook, "waiting"):
        found.append(action(_("Withdraw what waits"), "withdraw_all", "minus", post=True))
    if hook.is_active:
        found.append(action(_("Switch off"), "switch_off", "pause", post=True))
        return [*found, action(_("Send a test"), "test", "play", post=True, main=True)]
    found.append(action(_("Send a test"), "test", "play", post=True))
    return [*found, action(_("Switch on"), "switch_on", "check", post=True, main=True)]


def _notes(hook: Hook) -> list[Note]:
    if hook.off_reason == Hook.Off.GONE:
        said = _("The receiver answered that it is gone (410), so nothing more is sent.")
        return [Note("stop", f"{said} {_kept()}")]
    if hook.off_reason == Hook.Off.FAILING:
        said = _("For two days nothing was taken, so nothing more is sent.")
        return [Note("stop", f"{said} {_kept()}")]
    if hook.is_active and hook.failing_since:
        since = formats.instant(hook.failing_since, zones.zone())
        text = _("Since %(at)s nothing was taken. It is tried again, ever later, for two days.")
        return [Note("warn", text % {"at": since})]
    return []


def _kept() -> str:
    return _("What happens meanwhile is kept for 30 days and sent once it is switched on.")


def _settings(hook: Hook) -> list[tuple[StrOrPromise, object]]:
    found: list[tuple[StrOrPromise, object]] = [
        (
            _("It is told"),
            format_html_join(BREAK, "{}", ((one,) for one in queries.titles(hook.facts))),
        ),
        (_("In the firm’s own network"), _("allowed") if hook.is_inside_allowed else _("no")),
        (_("Secret"), _("kept sealed")),
    ]
    if hook.previous_until and hook.previous_until > timezone.now():
        until = formats.instant(hook.previous_until, zones.zone())
        found.append((_("The secret before signs too until"), until))
    return found


def _delivery(pk: int, delivery_id: int) -> Delivery:
    return get_object_or_404(queries.every_delivery(), pk=delivery_id, hook_id=pk)


def _url(name: str, row: Delivery) -> str:
    return reverse(f"webhooks:{name}", args=[row.hook_id, row.pk])


def _body(row: Delivery) -> str:
    message = row.message
    said = payloads.body(
        message_id=message.webhook_id,
        code=message.fact,
        version=message.version,
        at=message.told_at,
        said=message.data,
    )
    return json.dumps(json.loads(said), ensure_ascii=False, indent=2)


def _tried(row: Delivery) -> dict[str, Any]:
    waits = row.state == Delivery.State.WAITING
    sends = row.hook.is_active or row.message.fact == payloads.TEST
    return {
        "delivery": row,
        "state": looks.delivery_state(row),
        "attempts": [(one, looks.said(one)) for one in queries.attempts(row.pk)],
        "is_soon": waits and sends and row.due_at < timezone.now() + SOON,
        "poll": _url("attempts", row),
    }
