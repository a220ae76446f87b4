"""How webhooks look: states, and troubles in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.channels.webhooks import queries
from canone.channels.webhooks.models import Attempt, Delivery, Hook
from canone.channels.webhooks.rules import payloads, timetable
from canone.ui.heads import Link
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

States = Delivery.State
LOOKS = {
    States.WAITING: State("todo", gettext_lazy("Waiting")),
    States.DONE: State("done", gettext_lazy("Delivered")),
    States.DEAD: State("stop", gettext_lazy("Given up")),
    States.WITHDRAWN: State("idle", gettext_lazy("Withdrawn")),
}
TROUBLES: dict[str, StrOrPromise] = {
    "address": gettext_lazy("The address cannot be asked."),
    "unencrypted": gettext_lazy("The address is not encrypted."),
    "inside": gettext_lazy("The name leads into the firm’s own network, which is not allowed."),
    "unknown": gettext_lazy("Nobody knows this name."),
    "unreachable": gettext_lazy("The server takes no connection."),
    "certificate": gettext_lazy("The server’s certificate is not valid."),
    "silent": gettext_lazy("The server did not answer within 10 seconds."),
    "broken_off": gettext_lazy("The server broke the connection off."),
    "secret": gettext_lazy("The secret cannot be read any more: make a new one."),
}


def found(pk: int) -> Hook:
    """Return the hook with its counts, or answer 404."""
    hook = queries.hooks().filter(pk=pk).first()
    if hook is None:
        raise Http404
    return hook


def url(hook: Hook) -> str:
    """Return where the hook's page is."""
    return reverse("webhooks:show", args=[hook.pk])


def crumbs(*more: Link) -> Sequence[Link]:
    """Return the way to a page of the webhooks."""
    return [Link(_("Webhooks"), reverse("webhooks:list")), *more]


def hook_state(hook: Hook) -> State:
    """Return how a hook stands."""
    if not hook.is_active:
        if hook.off_reason == Hook.Off.HAND:
            return State("idle", _("Switched off"), "pause")
        return State("stop", _("Switched itself off"))
    if hook.failing_since:
        return State("warn", _("Trying again"))
    return State("done", _("Switched on"))


def delivery_state(delivery: Delivery) -> State:
    """Return how a delivery stands; one that failed and waits says so."""
    if delivery.state == States.WAITING and delivery.failures:
        return State("warn", _("Trying again"))
    return LOOKS[States(delivery.state)]


def fact(code: str) -> str:
    """Return what a fact is called."""
    return _("Test delivery") if code == payloads.TEST else queries.titles([code])[0]


def said(row: Delivery | Attempt) -> str:
    """Return what the receiver answered, in words."""
    if row.trouble:
        return str(TROUBLES.get(row.trouble, row.trouble))
    if row.status is None:
        return ""
    if timetable.is_success(row.status):
        return _("Taken (%(status)s)") % {"status": row.status}
    if 300 <= row.status < 400:
        return _("Sent elsewhere (%(status)s), which is not followed") % {"status": row.status}
    return _("Not taken (%(status)s)") % {"status": row.status}
