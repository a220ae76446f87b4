"""How allauth behaves here: nobody signs up, users are added by an owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from canone.base.access.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Adapter(DefaultAccountAdapter):
    """Keeps the door: no sign-up, mail with the firm's sender."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (allauth's)
        """Return that nobody may."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Return the subject without a site's name in brackets."""
        return subject


def remember(request: HttpRequest, user: User) -> None:
    """Return nothing; the session knows that `user` has just given their password."""
    record_authentication(request, user, method="password")


def locked_out(request: HttpRequest, credentials: Any, *_: Any) -> HttpResponse:  # noqa: ARG001
    """Return the page that says how long signing in is closed; status 429."""
    pause = timedelta(hours=settings.AXES_COOLOFF_TIME)
    context = {"minutes": max(1, round(pause.total_seconds() / 60))}
    return render(request, "account/locked_out.html", context, status=429)


def entry_link(request: HttpRequest, user: User) -> str:
    """Return the address where `user` chooses a password; it works once, for three days."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return str(get_adapter(request).get_reset_password_from_key_url(key))
