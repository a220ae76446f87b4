"""The caller: what they may do, how they like it, where they are signed in, their tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from allauth.usersessions.models import UserSession
from django.shortcuts import get_object_or_404
from django.utils import timezone
from pydantic import Field

from canone.base.access import functions, queries, services
from canone.base.access.functions import SIGNED_IN
from canone.base.access.models import ApiToken, User
from canone.config import devices
from canone.config.api.accounts import Ended
from canone.ui import api

router = api.Router(tags=["me"])
Language = Literal["it", "en", "fr"]
Theme = Literal["system", "light", "dark"]
Density = Literal["compact", "roomy"]


class MeOut(api.Schema):
    """The caller; `functions` are those that this session or token may use."""

    id: int
    email: str
    name: str
    language: str
    theme: str
    density: str
    single_keys: bool
    roles: list[str]
    functions: list[str]


class MeChange(api.Schema):
    """What changes of what everybody decides for themselves; the rest stays."""

    name: str | None = Field(None, min_length=1, max_length=150)
    language: Language | None = None
    theme: Theme | None = None
    density: Density | None = None
    single_keys: bool | None = None


class OwnSessionOut(api.Schema):
    """Where the caller is signed in; `is_current` is the session that asks."""

    id: int
    device: str
    place: str
    since: datetime
    seen: datetime
    is_current: bool


class TokenOut(api.Schema):
    """A token of the caller's; its text was shown once and is kept nowhere."""

    id: int
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@router.get("/me", response=MeOut, summary="Who am I")
@api.allows(SIGNED_IN)
def me(request: api.Request) -> dict[str, Any]:
    """Return the caller and what they may do here."""
    return _told(request, request.user)


@router.patch("/me", response=MeOut, summary="Change my name, language and appearance")
@api.allows(SIGNED_IN)
def change_me(request: api.Request, body: MeChange) -> dict[str, Any]:
    """Return the caller after the change."""
    said = {name: value for name, value in body.model_dump().items() if value is not None}
    return _told(request, services.update(user=User.objects.get(pk=request.user.pk), **said))


@router.get("/me/sessions", response=api.Paged[OwnSessionOut], summary="Where I am signed in")
@api.allows(SIGNED_IN)
def list_own_sessions(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the caller's open sessions, the last seen first."""
    rows = UserSession.objects.purge_and_list(request.user)
    rows.sort(key=lambda row: row.last_seen_at, reverse=True)
    told = [
        {
            "id": row.pk,
            "device": devices.name(row.user_agent),
            "place": devices.place(row.ip),
            "since": row.created_at,
            "seen": row.last_seen_at,
            "is_current": row.session_key == request.session.session_key,
        }
        for row in rows
    ]
    return api.part(told, page)


@router.delete("/me/sessions", response=Ended, summary="End my sessions")
@api.allows(SIGNED_IN)
def end_own_sessions(request: api.Request, session: api.Id | None = None) -> dict[str, int]:
    """Return how many were ended: the one named, or all but the one that asks."""
    rows = UserSession.objects.filter(user=request.user)
    if session is not None:
        rows = rows.filter(pk=session)
    elif request.session.session_key:
        rows = rows.exclude(session_key=request.session.session_key)
    return {"count": len([row.end() for row in rows])}


@router.get("/me/tokens", response=api.Paged[TokenOut], summary="List my tokens")
@api.allows(SIGNED_IN)
def list_tokens(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the caller's tokens, newest first; those that were taken back too."""
    return api.cut(queries.tokens_of(request.user), page, newest_first=True)


@router.delete("/me/tokens/{token_id}", response={204: None}, summary="Take a token of mine back")
@api.allows(SIGNED_IN)
def revoke_token(request: api.Request, token_id: api.Id) -> api.Answer[None]:
    """Return nothing; it opens nothing any more. New tokens are made on their page alone."""
    token: ApiToken = get_object_or_404(queries.tokens_of(request.user), pk=token_id)
    if token.revoked_at is None:
        services.revoke_token(token=token, at=timezone.now(), by=request.user.pk)
    return api.Answer(204, None)


def _told(request: api.Request, user: User) -> dict[str, Any]:
    token = request.token
    held = [function.code for function in functions.all_functions() if user.may(function.code)]
    names = ("email", "name", "language", "theme", "density", "single_keys")
    return {
        "id": user.pk,
        **{name: getattr(user, name) for name in names},
        "roles": sorted(user.roles),
        "functions": [code for code in held if token is None or token.covers(code)],
    }
