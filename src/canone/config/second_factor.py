"""Leads who must have a second factor to the page where it is set up, before anything else."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from canone.base.access import queries as access
from canone.base.access.models import User
from canone.config import accounts, notices
from canone.config.oidc import standing

OPEN = ("/accounts/", "/api/", "/language/", "/static/", "/healthz", "/readyz", "/metrics")
PAGES = "/accounts/2fa/"
Answer = Callable[[HttpRequest], HttpResponse]


def missing(user: User) -> bool:
    """Whether the user has to set up a second factor and has not."""
    return access.needs_second_factor(user) and not is_mfa_enabled(user, accounts.FACTORS)


def take(request: HttpRequest, user: User) -> int:
    """Return how many second factors were taken from the user, who is told by mail."""
    factors = list(Authenticator.objects.filter(user=user))
    for factor in factors:
        delete_and_cleanup(request, factor)
    if factors:
        notices.send(request, user, "factors_removed", to=user.email)
    return len(factors)


class SecondFactorMiddleware:
    """Shows nothing of the firm until the second factor is there."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        page = request.path.startswith(PAGES)
        if (page or not request.path.startswith(OPEN)) and self._asks(request, user):
            if not page:
                return redirect("mfa_index")
            request.second_factor_missing = True  # type: ignore[attr-defined] # the page says so
        return self.answer(request)

    @staticmethod
    def _asks(request: HttpRequest, user: object) -> bool:
        if not isinstance(user, User) or not missing(user):
            return False
        return not standing.is_second_factor(request, user)
