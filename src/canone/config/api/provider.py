"""The provider that people may sign in through: read, entered, tried, taken away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from pydantic import Field

from canone.base.access import queries, services
from canone.base.access.functions import SETTINGS
from canone.base.access.models import IdentityProvider
from canone.config.oidc import asking, entering
from canone.ui import api

router = api.Router(tags=["users"])


class ProviderOut(api.Schema):
    """The provider as it was entered; its secret is never told.

    `callback` is the address to enter there, under which people come back.
    """

    name: str
    issuer: str
    hosts: list[str]
    client_id: str
    has_secret: bool
    lets_invited_in: bool
    is_second_factor: bool
    is_active: bool
    callback: str
    updated_at: datetime | None


class ProviderIn(api.Schema):
    """The provider, whole. An empty secret keeps the known one while issuer and client id stay."""

    name: str = Field(min_length=1, max_length=60, description="on the button")
    issuer: str = Field(min_length=1, max_length=300)
    hosts: list[str] = Field([], max_length=20, description="further hosts that may be asked")
    client_id: str = Field(min_length=1, max_length=300)
    secret: str = Field("", max_length=500)
    lets_invited_in: bool = True
    is_second_factor: bool = False
    is_active: bool = True


class ProviderTried(api.Schema):
    """Whether the provider can be read, and what it said."""

    answers: bool
    text: str


@router.get("/sign-in/provider", response=ProviderOut, summary="Read the sign-in provider")
@api.allows(SETTINGS)
def read_provider(request: api.Request) -> dict[str, Any]:
    """Return what is entered; without a provider a 404."""
    row = queries.provider()
    if row is None:
        raise Http404
    return _told(request, row)


@router.put("/sign-in/provider", response=ProviderOut, summary="Enter the sign-in provider")
@api.allows(SETTINGS, by_name=True)
def enter_provider(request: api.Request, body: ProviderIn) -> dict[str, Any]:
    """Return it as it is kept. There is one: another takes its place."""
    row = services.set_provider(_read(body), at=timezone.now(), by=request.user.pk)
    asking.forget()
    return _told(request, row)


@router.post("/sign-in/provider/try", response=ProviderTried, summary="Try a sign-in provider")
@api.allows(SETTINGS, by_name=True)
def try_provider(request: api.Request, body: ProviderIn) -> entering.Tried:  # noqa: ARG001 (of the firm)
    """Return what the provider says of itself; nothing is kept."""
    return entering.tried(_read(body))


@router.delete("/sign-in/provider", response={204: None}, summary="Take the sign-in provider away")
@api.allows(SETTINGS, by_name=True)
def remove_provider(request: api.Request) -> api.Answer[None]:
    """Return nothing; connections stay for when the same one is entered again."""
    if not services.remove_provider(at=timezone.now(), by=request.user.pk):
        raise Http404
    asking.forget()
    return api.Answer(204, None)


def _read(body: ProviderIn) -> services.Provider:
    said, faults = body.model_dump(), {}
    for name, read in (("issuer", entering.issuer), ("hosts", entering.hosts)):
        try:
            said[name] = read(said[name])
        except ValidationError as error:
            faults[name] = error.error_list
    if faults:
        raise ValidationError(faults)
    return services.Provider(**said)


def _told(request: api.Request, row: IdentityProvider) -> dict[str, Any]:
    names = ("name", "issuer", "hosts", "client_id", "updated_at")
    switches = ("lets_invited_in", "is_second_factor", "is_active")
    return {
        **{name: getattr(row, name) for name in (*names, *switches)},
        "has_secret": bool(row.secret),
        "callback": request.build_absolute_uri(reverse("oidc_callback")),
    }
