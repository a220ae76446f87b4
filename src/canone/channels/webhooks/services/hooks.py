"""Registers the addresses, their secrets, and switches them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base import outgoing, vault
from canone.base.access.functions import SETTINGS
from canone.base.history import services as history
from canone.channels.webhooks import queries
from canone.channels.webhooks.models import Delivery, Hook
from canone.channels.webhooks.rules import signing

if TYPE_CHECKING:
    from canone.base.access.models import User

MOST = 50
LONGEST_OVERLAP = timedelta(days=30)
WRONG = {
    "address": _("Enter a whole address, such as https://erp.example.com/canone."),
    "unencrypted": _("Without encryption (http) only this machine itself is told: use https."),
}
INSIDE = _("This address lies in the firm’s own network: an owner has to allow that.")


@transaction.atomic
def create(
    *, name: str, url: str, facts: Sequence[str], is_inside_allowed: bool, at: datetime, by: User
) -> tuple[Hook, str]:
    """Return a new hook and its secret, which is kept sealed and never shown again.

    Raises ValidationError by field.
    """
    if Hook.objects.count() >= MOST:
        raise ValidationError(_("No more than %(n)s addresses.") % {"n": MOST})
    secret = _secret()
    hook = Hook(created_at=at, created_by=by, secret=_sealed(secret))
    values = {"name": name, "url": url, "facts": facts, "is_inside_allowed": is_inside_allowed}
    _put(hook, values, by=by)
    _keep(hook, at=at, by=by)
    return hook, secret


@transaction.atomic
def change(*, hook_id: int, values: Mapping[str, Any], at: datetime, by: User) -> Hook:
    """Return the hook after the change; fields that are not given stay. ValidationError by field.

    With another host the leave to lie inside is the owner's to give again.
    """
    hook = Hook.objects.select_for_update().get(pk=hook_id)
    _put(hook, values, by=by)
    _keep(hook, at=at, by=by)
    return hook


@transaction.atomic
def rotate(*, hook_id: int, overlap: timedelta, at: datetime, by: User) -> tuple[Hook, str]:
    """Return the hook and its new secret; the one before signs too while the overlap lasts."""
    hook = Hook.objects.select_for_update().get(pk=hook_id)
    secret = _secret()
    hook.previous_secret = hook.secret if overlap else ""
    hook.previous_until = at + min(overlap, LONGEST_OVERLAP) if overlap else None
    hook.secret = _sealed(secret)
    _keep(hook, at=at, by=by)
    return hook, secret


@transaction.atomic
def switch_on(*, hook_id: int, at: datetime, by: User) -> Hook:
    """Return the hook, told again; what waited for it is due now."""
    hook = Hook.objects.select_for_update().get(pk=hook_id)
    hook.is_active, hook.off_reason, hook.off_at, hook.failing_since = True, "", None, None
    _keep(hook, at=at, by=by)
    waiting = Delivery.objects.filter(hook=hook, state=Delivery.State.WAITING)
    waiting.update(due_at=at, failures=0)
    return hook


@transaction.atomic
def switch_off(*, hook_id: int, at: datetime, by: User) -> Hook:
    """Return the hook, told nothing more; what waits stays, what happens meanwhile is not kept."""
    hook = Hook.objects.select_for_update().get(pk=hook_id)
    hook.is_active, hook.off_reason, hook.off_at = False, Hook.Off.HAND, at
    _keep(hook, at=at, by=by)
    return hook


@transaction.atomic
def remove(*, hook_id: int, by: User) -> None:
    """Return nothing; the hook is gone with its log."""
    with history.acting(by.pk):
        Hook.objects.get(pk=hook_id).delete()


def _put(hook: Hook, values: Mapping[str, Any], *, by: User) -> None:
    before = _host(hook.url)
    for name, value in values.items():
        setattr(hook, name, value.strip() if isinstance(value, str) else value)
    hook.facts = sorted(set(hook.facts))
    is_owner = by.may(SETTINGS)
    told: dict[str, Any] = {}
    if values.get("is_inside_allowed") and not is_owner:
        told["is_inside_allowed"] = [_("Only an owner allows this.")]
    if not is_owner and _host(hook.url) != before:
        hook.is_inside_allowed = False
    if not hook.name:
        told["name"] = [_("This field is required.")]
    if fault := _fault(hook):
        told["url"] = [fault]
    if "facts" in values and (fault := _unfit(hook.facts, by)):
        told["facts"] = [fault]
    if told:
        raise ValidationError(told)


def _unfit(codes: Sequence[str], by: User) -> Any:
    """Return what is wrong with the facts that were chosen, or None."""
    if not codes:
        return _("Choose at least one.")
    may = {fact.code for fact in queries.choices(by)}
    strange = ", ".join(code for code in codes if code not in may)
    return _("Not to be chosen: %(codes)s") % {"codes": strange} if strange else None


def _fault(hook: Hook) -> Any:
    try:
        host = outgoing.place(hook.url).host
    except outgoing.OutgoingError as error:
        return WRONG[error.code]
    return INSIDE if outgoing.is_inside(host) and not hook.is_inside_allowed else None


def _host(url: str) -> str:
    try:
        return outgoing.place(url).host
    except outgoing.OutgoingError:
        return ""


def _secret() -> str:
    return signing.text(secrets.token_bytes(signing.BYTES))


def _sealed(secret: str) -> str:
    return vault.seal(secret, purpose=queries.PURPOSE)


def _keep(hook: Hook, *, at: datetime, by: User) -> None:
    vars(hook)["_history_date"] = at
    with history.acting(by.pk):
        hook.save()
