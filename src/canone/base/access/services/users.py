"""Users, their roles and their switches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.access import functions
from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.access.services import notes
from canone.base.history import services as history

PROFILE = frozenset({"name", "language", "theme", "density", "single_keys", "aliases"})


class LastOwnerError(ValidationError):
    """Without an owner nobody could change settings and users any more."""

    def __init__(self) -> None:
        super().__init__(
            _("This is the last active owner. Make somebody else an owner first."),
            code="last_owner",
        )


@transaction.atomic
def create(
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    at: datetime,
    by: int | None,
    password: str | None = None,
    **profile: Any,
) -> User:
    """Return a new user; a taken address or a weak password is a ValidationError by field."""
    user = User(email=email.strip().lower(), name=name.strip(), **_profile(profile))
    if password:
        _check_password(password, user)
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    set_roles(user=user, roles=roles, at=at, by=by)
    return user


class AlreadySetUpError(Exception):
    """Somebody has an account: the first one was made before."""


@transaction.atomic
def create_first(*, email: str, name: str, password: str, at: datetime, **profile: Any) -> User:
    """Return the owner of an empty place; raises AlreadySetUpError when anybody has an account.

    Two at once are one: the journal's first line makes the second wait for the first.
    """
    history.append([history.Fact("access.set_up", "firm:1", "{}")], at=at, by=None)
    if User.objects.exists():
        raise AlreadySetUpError
    roles = [Role.OWNER]
    return create(email=email, name=name, roles=roles, password=password, at=at, by=None, **profile)


@transaction.atomic
def update(*, user: User, email: str | None = None, **profile: Any) -> User:
    """Return the user with a new profile; unknown fields are a TypeError."""
    if email is not None:
        user.email = email.strip().lower()
    for field, value in _profile(profile).items():
        setattr(user, field, value)
    user.full_clean(exclude=["password"])
    user.save()
    return user


@transaction.atomic
def revise(*, user: User, changes: Mapping[str, Any], at: datetime, by: int | None) -> None:
    """Return nothing after all the changes, or none: profile, roles, switches, is_active."""
    profile = dict(changes)
    roles, switches = profile.pop("roles", None), profile.pop("switches", None)
    active = profile.pop("is_active", None)
    if profile:
        update(user=user, **profile)
    if roles is not None:
        set_roles(user=user, roles=roles, at=at, by=by)
    if switches:
        switch(user=user, switches=switches, at=at, by=by)
    if active is not None:
        (activate if active else deactivate)(user=user, at=at, by=by)


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """Return nothing; a weak password is a ValidationError under `password`."""
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


@transaction.atomic
def set_roles(*, user: User, roles: Collection[Role], at: datetime, by: int | None) -> None:
    """Return nothing; the user holds exactly these roles from now on.

    Taking the role from the last active owner is a LastOwnerError.
    """
    wanted = {Role(role) for role in roles}
    held = {Role(grant.role) for grant in user.grants.select_for_update()}
    if wanted == held:
        return
    if Role.OWNER in held - wanted:
        _keep_an_owner(user)
    user.grants.filter(role__in=held - wanted).delete()
    for role in sorted(wanted - held):
        user.grants.create(role=role)
    _forget(user)
    notes.write("access.roles", user, {"roles": sorted(wanted)}, at, by)


@transaction.atomic
def switch(
    *, user: User, switches: Mapping[str, bool | None], at: datetime, by: int | None
) -> None:
    """Return nothing; each function is allowed, taken, or (None) left to the roles again."""
    for code, allowed in switches.items():
        functions.get(code)
        if allowed is None:
            user.switches.filter(code=code).delete()
        else:
            user.switches.update_or_create(code=code, defaults={"allowed": allowed})
    _forget(user)
    if switches:
        notes.write("access.switches", user, dict(switches), at, by)


@transaction.atomic
def deactivate(*, user: User, at: datetime, by: int | None) -> None:
    """Return nothing; the user and their tokens enter no more, what they did stays theirs."""
    if not user.is_active:
        return
    _keep_an_owner(user)
    user.is_active = False
    user.save()
    user.tokens.filter(revoked_at=None).update(revoked_at=at)
    notes.write("access.deactivated", user, {}, at, by)


@transaction.atomic
def activate(*, user: User, at: datetime, by: int | None) -> None:
    """Return nothing; the user may sign in again. Tokens stay revoked."""
    if user.is_active:
        return
    user.is_active = True
    user.save()
    notes.write("access.activated", user, {}, at, by)


def _profile(given: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(given) - PROFILE
    if unknown:
        raise TypeError(f"not in a profile: {', '.join(sorted(unknown))}")
    return dict(given)


def _check_password(password: str, user: User) -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


def _keep_an_owner(leaving: User) -> None:
    others = User.objects.select_for_update().filter(is_active=True, grants__role=Role.OWNER)
    owners = set(others.values_list("pk", flat=True))
    if owners == {leaving.pk}:
        raise LastOwnerError


def _forget(user: User) -> None:
    for cached in ("roles", "switched"):
        user.__dict__.pop(cached, None)
