"""Reads of users."""

from __future__ import annotations

from django.db.models import QuerySet

from canone.base.access.functions import Role
from canone.base.access.models import ApiToken, User


def anybody() -> bool:
    """Whether somebody has an account."""
    return User.objects.exists()


def users() -> QuerySet[User]:
    """Return all users with their roles and switches, by name."""
    return User.objects.prefetch_related("grants", "switches").order_by("name", "pk")


def holders(role: Role) -> QuerySet[User]:
    """Return the active users that hold the role, by name."""
    return User.objects.filter(is_active=True, grants__role=role).order_by("name", "pk")


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Return the user's own API tokens, newest first; revoked ones too."""
    return user.tokens.order_by("-created_at", "-pk")
