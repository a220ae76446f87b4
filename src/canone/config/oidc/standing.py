"""What a session through the provider is worth: whether it stands for a second factor."""

from __future__ import annotations

from hashlib import sha256

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest

from canone.base.access import queries
from canone.base.access.models import IdentityProvider, User

METHOD = "socialaccount"


def key(provider: IdentityProvider) -> str:
    """Return the name of the provider in connections: another issuer has others."""
    return f"oidc-{sha256(provider.issuer.encode()).hexdigest()[:16]}"


def in_use() -> IdentityProvider | None:
    """Return the provider through which people may sign in."""
    found = queries.provider()
    return found if found and found.is_active else None


def connection(user: User) -> SocialAccount | None:
    """Return the user's connection with the provider that is in use."""
    provider = in_use()
    if provider is None:
        return None
    return SocialAccount.objects.filter(user=user, provider=key(provider)).first()


def is_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this session began at a provider whose own second factor counts, says the owner."""
    records = get_authentication_records(request, user)
    through = {one.get("provider") for one in records if one.get("method") == METHOD}
    if not through:
        return False
    provider = in_use()
    return provider is not None and provider.is_second_factor and key(provider) in through


class FactorStage(AuthenticateStage):
    """Asks for the second factor, unless the provider's own one counts."""

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if isinstance(user, User) and is_second_factor(request, user):
            return False
        return bool(super()._should_handle(request))
