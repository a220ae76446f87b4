"""The way in through the provider: the button, the way there, the way back."""

from __future__ import annotations

import secrets

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from canone.base.access.functions import SIGNED_IN
from canone.base.access.models import IdentityProvider
from canone.config import accounts
from canone.config.oidc import asking, flow, standing
from canone.ui.pages import PageRequest, page

LOGIN = "login"


@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the sign-in page, with the provider's button when there is one."""
    answer: HttpResponse = LoginView.as_view(extra_context={"provider": standing.in_use()})(request)
    return answer


@require_POST
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the provider.

    By a page that goes on by itself: a redirect after a form would need every host on the
    provider's way in the policy of our pages.
    """
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if limited:
        return limited
    process = flow.AGAIN if request.user.is_authenticated else LOGIN
    try:
        row, provider = _entered(request)
        answer = provider.redirect(
            request,
            process,
            next_url=get_next_redirect_url(request),
            **flow.params(secrets.token_urlsafe(32), process),
        )
    except asking.Fault as fault:
        return _refused(request, fault)
    shown = render(request, "account/provider_go.html", {"provider": row, "url": answer.url})
    shown["Refresh"] = f"0; url={answer.url}"
    return shown


@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Let in whom the provider vouches for."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if limited:
        return limited
    try:
        row, _provider = _entered(request)
        view = flow.Callback.adapter_view(flow.Door(request, standing.key(row)))
        answer: HttpResponse = view(request)
    except asking.Fault as fault:
        return _refused(request, fault)
    return answer


@require_GET
@page(SIGNED_IN)
def again(request: PageRequest) -> HttpResponse:
    """Show the button with which one shows once more who one is."""
    provider = standing.in_use()
    if provider is None or standing.connection(request.user) is None:
        return redirect(f"{reverse('account_reauthenticate')}?{request.GET.urlencode()}")
    ways = _other_ways(request)
    parts = {"provider": provider, "reauthentication_alternatives": ways}
    return render(request, "account/provider_again.html", parts)


def _other_ways(request: PageRequest) -> list[dict[str, str]]:
    """Return the other ways to show it, each going on where this one would."""
    from_here = request.GET.urlencode()
    found = accounts.Adapter(request).get_reauthentication_methods(request.user)
    others = [way for way in found if way["url"] != request.path]
    return [way | {"url": f"{way['url']}?{from_here}"} for way in others]


def _entered(request: HttpRequest) -> tuple[IdentityProvider, flow.Provider]:
    row = standing.in_use()
    if row is None:
        raise Http404
    try:
        return row, get_adapter(request).get_provider(request, standing.key(row))
    except SocialApp.DoesNotExist as error:  # taken away meanwhile
        raise Http404 from error


def _refused(request: HttpRequest, fault: asking.Fault) -> HttpResponse:
    answer: HttpResponse = flow.refusal(request, fault.code, **fault.values).response
    return answer
