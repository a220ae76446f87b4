"""How allauth is led through the provider: with state, nonce and PKCE, and to known people only."""

from __future__ import annotations

import logging
import time
from typing import Any, NoReturn

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from canone.base.access import services
from canone.base.access.models import IdentityProvider, User
from canone.config import accounts, doors
from canone.config.oidc import asking, proof, standing, words
from canone.config.oidc import services as links
from canone.config.oidc.asking import Fault

AGAIN = "again"
"""The process of somebody who is signed in and shows once more who they are."""
logger = logging.getLogger(__name__)


class Provider(OpenIDConnectProvider):
    """The one that the owner entered."""

    pkce_enabled_default = True

    def get_oauth2_adapter(self, request: HttpRequest) -> Door:
        """Return what speaks to it."""
        return Door(request, self.sub_id)

    def get_scope(self) -> list[str]:
        """Return what is asked for: who it is, and their address."""
        return ["openid", "email"]

    def extract_extra_data(self, _data: Any) -> dict[str, Any]:
        """Return nothing: no more than the subject is kept."""
        return {}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the subject."""
        return str(data["person"].subject)

    def extract_common_fields(self, _data: Any) -> dict[str, Any]:
        """Return nothing: names and addresses are the owner's to enter."""
        return {}

    def extract_email_addresses(self, _data: Any) -> list[Any]:
        """Return none: they are compared, not kept."""
        return []


class Door(OpenIDConnectOAuth2Adapter):
    """Speaks to the provider through the guarded client."""

    def __init__(self, request: HttpRequest, provider_id: str) -> None:
        super().__init__(request, provider_id)
        self.stashed: dict[str, Any] = {}
        self.row = _row()

    @property
    def openid_config(self) -> NoReturn:
        """Raise: the description is asked for through `asking`."""
        raise AssertionError("allauth asks nobody by itself")

    @property
    def access_token_url(self) -> str:
        """Return where codes are turned into tokens."""
        return asking.described(self.row).token

    @property
    def authorize_url(self) -> str:
        """Return where people are sent."""
        return asking.described(self.row).authorization

    @property
    def basic_auth(self) -> bool:
        """Return nothing of use: `asking` knows how the secret is shown."""
        return False

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002
        """Return where the provider sends people back to."""
        return request.build_absolute_uri(reverse("oidc_callback"))

    def get_access_token_data(
        self,
        request: HttpRequest,
        app: SocialApp,
        client: Any,  # noqa: ARG002 (allauth's)
        pkce_code_verifier: str | None = None,
    ) -> dict[str, Any]:
        """Return the tokens for the code; raises Fault."""
        found = asking.described(self.row)
        if (said := request.GET.get("iss")) not in {None, found.issuer}:
            raise Fault("untrusted")
        if said is None and found.names_itself:
            raise Fault("untrusted")
        return asking.tokens(
            self.row,
            found,
            code=request.GET["code"],
            verifier=pkce_code_verifier or "",
            back=self.get_callback_url(request, app),
        )

    def complete_login(
        self,
        request: HttpRequest,
        app: SocialApp,  # noqa: ARG002 (allauth's)
        token: SocialToken,  # noqa: ARG002
        **kwargs: Any,
    ) -> SocialLogin:
        """Return whom the provider vouches for, its signature checked; raises Fault."""
        response, found = kwargs["response"], asking.described(self.row)
        claims = proof.read(
            response["id_token"],
            asking.keys(self.row, found),
            provider=self.row,
            found=found,
            nonce=str(self.stashed.get("nonce") or ""),
        )
        more: dict[str, Any] = {}
        if not claims.get("email") and found.userinfo:
            more = asking.userinfo(self.row, found, response["access_token"])
        who = proof.person(claims, more)
        login = self.get_provider().sociallogin_from_response(request, {"person": who})
        login.person = who
        return login


class Callback(OAuth2CallbackView):
    """Remembers what was agreed when the person was sent away."""

    adapter: Door

    def _get_state(self, request: HttpRequest, provider: Provider) -> tuple[Any, Any]:
        state, answer = super()._get_state(request, provider)
        self.adapter.stashed = state or {}
        return state, answer


class SocialAdapter(DefaultSocialAccountAdapter):
    """Lets in who already has an account here, and nobody else."""

    def list_apps(
        self,
        request: HttpRequest,  # noqa: ARG002 (allauth's)
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """Return the provider in use, in allauth's words."""
        row = standing.in_use()
        if row is None or provider not in {None, standing.key(row), OpenIDConnectProvider.id}:
            return []
        if client_id not in {None, row.client_id}:
            return []
        app = SocialApp(
            provider=OpenIDConnectProvider.id,
            provider_id=standing.key(row),
            name=row.name,
            client_id=row.client_id,
        )
        return [app]

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Provider:
        """Return the provider in use."""
        return Provider(request, app=self.get_app(request, provider, client_id))

    def get_requests_session(self) -> NoReturn:
        """Raise: nothing goes out but through the guarded client."""
        raise AssertionError("allauth asks nobody by itself")

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: str | None = None, **_more: Any
    ) -> NoReturn:
        """Raise the page that says why nobody is signed in."""
        del provider
        raise refusal(request, "cancelled" if error == AuthError.CANCELLED else "lost")

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Return nothing when the person may go on; raises the page that says why not."""
        row, who = _row(), sociallogin.person
        if sociallogin.state.get("process") == AGAIN:
            raise ImmediateHttpResponse(_shown_again(request, sociallogin))
        user = sociallogin.user if sociallogin.is_existing else _known(request, who)
        if AxesProxyHandler.is_locked(request, {"username": user.email}):
            raise ImmediateHttpResponse(accounts.locked_out(request, {}))
        if not user.is_active:
            raise ImmediateHttpResponse(redirect("account_inactive"))
        _must_have_come(request, user, row, is_connected=sociallogin.is_existing)
        if not sociallogin.is_existing:
            if SocialAccount.objects.filter(user=user, provider=standing.key(row)).exists():
                raise refusal(request, "other_subject")
            links.connect(request, sociallogin, user=user)


def refusal(request: HttpRequest, code: str, **values: object) -> ImmediateHttpResponse:
    """Return the page that says why nobody was signed in, to be raised."""
    logger.warning("not signed in through the provider: %s", code)
    provider = standing.in_use()
    context = {
        "text": words.of(code, values, provider.name if provider else ""),
        "again": request.user.is_authenticated,
    }
    status = 403 if code in words.REFUSED else 502
    return ImmediateHttpResponse(render(request, "account/provider.html", context, status=status))


def _row() -> IdentityProvider:
    row = standing.in_use()
    if row is None:
        raise SocialApp.DoesNotExist
    return row


def _known(request: HttpRequest, who: proof.Person) -> User:
    """Return the person with this address, which the provider has to have verified."""
    if not who.email or not who.is_verified:
        raise refusal(request, "unverified")
    user = User.objects.filter(email=who.email).first()
    if user is None:
        raise refusal(request, "unknown", email=who.email)
    return user


def _must_have_come(
    request: HttpRequest, user: User, row: IdentityProvider, *, is_connected: bool
) -> None:
    """Return nothing; whoever never came in before needs that the owner lets invited people in."""
    if is_connected or user.has_usable_password():
        return
    try:
        if not row.lets_invited_in:
            raise refusal(request, "password_first")
        services.use_invitation(user=user, at=timezone.now())
    except services.ClosedError as error:
        raise refusal(request, "invitation_closed") from error


def _shown_again(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """Return what the person wanted to do, when the provider has just asked them who they are."""
    proven, since = sociallogin.person.proven_at, sociallogin.state.get("since", 0)
    if not sociallogin.is_existing or sociallogin.user != request.user:
        raise refusal(request, "somebody_else")
    if proven is None or proven < since - proof.LEEWAY:
        raise refusal(request, "not_asked_again")
    account = sociallogin.account
    told = {"provider": account.provider, "uid": account.uid, "reauthenticated": True}
    record_authentication(request, sociallogin.user, standing.METHOD, **told)
    wanted = request.GET.copy()
    wanted["next"] = sociallogin.state.get("next") or "/"
    request.GET = wanted  # type: ignore[assignment]  # where allauth looks for it
    answer: HttpResponse = resume_request(request) or redirect("start")
    doors.know(answer, sociallogin.user)
    return answer


def params(nonce: str, process: str) -> dict[str, Any]:
    """Return what goes along to the provider, and what is kept for when the person is back."""
    told = {"nonce": nonce}
    if process == AGAIN:
        told |= {"prompt": "login", "max_age": "0"}
    return {"auth_params": told, "nonce": nonce, "since": time.time()}
