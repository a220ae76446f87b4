"""How allauth behaves here: nobody signs up, what matters is asked for twice, and is mailed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    record_authentication,
)
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base import vault
from canone.base.access import queries as access
from canone.base.access.models import User
from canone.base.firm import queries as firm
from canone.config import doors, notices
from canone.config.oidc import standing
from canone.ui import confirming

confirmed = confirming.confirmed
must_be_fresh = confirming.must_be_fresh
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PURPOSE = "access.second_factor"
SEALED = "gAAAA"
"""How every sealed text begins."""
WHITE = '<rect width="100%" height="100%" fill="#fff"/>'
STAGES = {"allauth.mfa.stages.AuthenticateStage": "canone.config.oidc.standing.FactorStage"}
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class Adapter(DefaultAccountAdapter):
    """Keeps the door: no sign-up, our texts, devices that are known again."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (allauth's)
        """Return that nobody may."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Return the subject without a site's name in brackets."""
        return subject

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address; what comes through a local socket has none and is from here."""
        return str(request.META.get("REMOTE_ADDR") or "127.0.0.1")

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Return where it goes on; the device is known from now on."""
        answer: HttpResponse = super().post_login(request, user, **options)
        doors.know(answer, user)
        return answer

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,  # noqa: ARG002 (allauth's)
        email: str | None = None,
    ) -> None:
        """Mail what changed, in the words of the house."""
        kind = template_prefix.rpartition("/")[2]
        notices.send(self.request, user, kind, to=email or user.email)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to show again who one is, named in our words."""
        names = {
            "reauthenticate": _("With your password"),
            "mfa_reauthenticate": _("With a code"),
            "mfa_reauthenticate:webauthn": _("With a passkey or security key"),
        }
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        named = [method | {"description": names[method["id"]]} for method in found]
        provider = standing.in_use() if isinstance(user, User) else None
        if provider and standing.connection(user):
            words = _("Through %(provider)s") % {"provider": provider.name}
            url = reverse("oidc_again")
            named.append({"id": "oidc", "description": words, "url": url})
        return named

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Whether it is; who can show it only through the provider is asked here."""
        user = self.request.user
        if not get_reauthentication_flows(user) and self.get_reauthentication_methods(user):
            must_be_fresh(self.request)
        return bool(super().is_reauthentication_required(app=app, **options))

    def get_login_stages(self) -> list[str]:
        """Return allauth's, with our own question for the second factor."""
        found: list[str] = super().get_login_stages()
        return [STAGES.get(path, path) for path in found]


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: sealed, and kept by who must have one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second factor: add another one first."
        )
    }

    def get_totp_issuer(self) -> str:
        """Return the firm, as the app on the telephone will list it."""
        return firm.firm().name

    def build_totp_svg(self, url: str) -> str:
        """Return the picture on white, to be read on dark pages too."""
        drawn = str(super().build_totp_svg(url))
        start = drawn.index(">", drawn.index("<svg")) + 1
        return f"{drawn[:start]}{WHITE}{drawn[start:]}"

    def encrypt(self, text: str) -> str:
        """Return the secret sealed."""
        return vault.seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret again; one of before they were sealed is as it is."""
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        return vault.unseal(encrypted_text, purpose=PURPOSE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another one is left, or none is needed."""
        if not access.needs_second_factor(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
        return bool(others.exclude(pk=authenticator.pk).exists())


def remember(request: HttpRequest, user: User) -> None:
    """Return nothing; the session knows that `user` has just shown who they are."""
    record_authentication(request, user, method="password", reauthenticated=True)


def locked_out(request: HttpRequest, credentials: Any, *_: Any) -> HttpResponse:  # noqa: ARG001
    """Return the page that says how long signing in is closed; status 429."""
    pause = timedelta(hours=settings.AXES_COOLOFF_TIME)
    context = {"minutes": max(1, round(pause.total_seconds() / 60))}
    return render(request, "account/locked_out.html", context, status=429)
