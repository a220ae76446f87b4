"""Invitations: made, renewed, withdrawn, used once to choose a password."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.access import queries
from canone.base.access.functions import Role
from canone.base.access.models import Invitation, RolePolicy, User
from canone.base.access.services import notes, users
from canone.base.history import services as history

VALID = timedelta(days=7)


class ClosedError(Exception):
    """The invitation was used, withdrawn or has run out."""


@transaction.atomic
def invite(*, user: User, at: datetime, by: int | None) -> tuple[Invitation, str]:
    """Return the invitation and its secret, which is never shown again; earlier ones end."""
    if not user.is_active:
        raise ValidationError(_("Switch the user on first."), code="inactive")
    secret = secrets.token_urlsafe(32)
    fresh = {
        "digest": queries.digest(secret),
        "made_at": at,
        "made_by_id": by,
        "expires_at": at + VALID,
        "withdrawn_at": None,
        "used_at": None,
    }
    made, _new = Invitation.objects.update_or_create(user=user, defaults=fresh)
    notes.write("access.invited", user, {"until": made.expires_at.isoformat()}, at, by)
    return made, secret


@transaction.atomic
def withdraw_invitation(*, user: User, at: datetime, by: int | None) -> bool:
    """Return whether there was one that still opened; it opens nothing any more."""
    found = Invitation.objects.select_for_update(of=("self",)).select_related("user")
    row = found.filter(user=user).first()
    if row is None or not row.opens(at):
        return False
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    notes.write("access.invitation_withdrawn", user, {}, at, by)
    return True


@transaction.atomic
def accept_invitation(*, secret: str, password: str, at: datetime) -> User:
    """Return the user, who has the password now; raises ClosedError.

    A weak password is a ValidationError under `password`, and the invitation stays open.
    """
    found = Invitation.objects.select_for_update(of=("self",)).select_related("user")
    row = found.filter(digest=queries.digest(secret)).first()
    if row is None or not row.opens(at):
        raise ClosedError
    users.set_password(user=row.user, password=password)
    _used(row, at)
    return row.user


@transaction.atomic
def use_invitation(*, user: User, at: datetime) -> None:
    """Return nothing; the invited person came in without a password; raises ClosedError.

    Somebody else has to vouch for who they are. Who was never invited, but added, needs none.
    """
    found = Invitation.objects.select_for_update(of=("self",)).select_related("user")
    row = found.filter(user=user).first()
    if row is None:
        return
    if not row.opens(at):
        raise ClosedError
    _used(row, at)


@transaction.atomic
def ask_second_factor(*, roles: Collection[Role], at: datetime, by: int | None) -> None:
    """Return nothing; whoever holds one of these roles, and nobody else, needs a second factor."""
    wanted = {Role(role) for role in roles}
    if wanted == queries.roles_with_second_factor():
        return
    for role in Role:
        RolePolicy.objects.update_or_create(role=role, defaults={"second_factor": role in wanted})
    said = history.canonical({"roles": sorted(wanted)})
    history.append([history.Fact("access.second_factor", "firm:1", said)], at=at, by=by)


def _used(row: Invitation, at: datetime) -> None:
    row.used_at = at
    row.save(update_fields=["used_at"])
    notes.write("access.invitation_used", row.user, {}, at, row.user.pk)
