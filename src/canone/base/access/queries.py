"""Reads of users."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from canone.base import vault
from canone.base.access.functions import Role
from canone.base.access.models import ApiToken, IdentityProvider, Invitation, RolePolicy, User

PROVIDER = "access.identity_provider"
"""What the secret of the provider is sealed for."""


def anybody() -> bool:
    """Whether somebody has an account."""
    return User.objects.exists()


def users() -> QuerySet[User]:
    """Return all users with their roles and switches, by name."""
    found = User.objects.select_related("invitation").prefetch_related("grants", "switches")
    return found.order_by("name", "pk")


def holders(role: Role) -> QuerySet[User]:
    """Return the active users that hold the role, by name."""
    return User.objects.filter(is_active=True, grants__role=role).order_by("name", "pk")


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Return the user's own API tokens, newest first; revoked ones too."""
    return user.tokens.order_by("-created_at", "-pk")


def digest(secret: str) -> str:
    """Return what is kept of a secret that is itself kept nowhere."""
    return sha256(secret.encode()).hexdigest()


def invitation(secret: str) -> Invitation | None:
    """Return the invitation with this secret, with its user; whether it still opens it says."""
    found = Invitation.objects.select_related("user")
    return found.filter(digest=digest(secret)).first()


def invitations(*, state: str, at: datetime) -> QuerySet[Invitation]:
    """Return the invitations, or those that are open, used, withdrawn or run_out."""
    found = Invitation.objects.order_by("pk")
    waiting = found.filter(used_at=None, withdrawn_at=None)
    ways = {
        "": found,
        "used": found.exclude(used_at=None),
        "withdrawn": found.filter(used_at=None).exclude(withdrawn_at=None),
        "open": waiting.filter(expires_at__gt=at),
        "run_out": waiting.filter(expires_at__lte=at),
    }
    return ways[state]


def roles_with_second_factor() -> frozenset[Role]:
    """Return the roles of which the firm asks a second factor."""
    found = RolePolicy.objects.filter(second_factor=True)
    return frozenset(Role(role) for role in found.values_list("role", flat=True))


def needs_second_factor(user: User) -> bool:
    """Whether one of the user's roles asks for a second factor."""
    roles = user.roles
    return bool(roles) and RolePolicy.objects.filter(role__in=roles, second_factor=True).exists()


def provider() -> IdentityProvider | None:
    """Return the provider that is entered, in use or not."""
    return IdentityProvider.objects.filter(pk=1).first()


def provider_secret(row: IdentityProvider) -> str:
    """Return the secret that was agreed with the provider; raises SealError."""
    return vault.unseal(row.secret, purpose=PROVIDER) if row.secret else ""
