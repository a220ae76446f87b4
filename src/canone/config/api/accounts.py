"""How users come in: invitations, sessions, second factors, connections; who needs what."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.access import queries, services
from canone.base.access.functions import SETTINGS, Role
from canone.base.access.models import Invitation, User
from canone.config import accounts, devices, inviting, second_factor
from canone.config.oidc import services as links
from canone.config.oidc import standing
from canone.ui import api

router = api.Router(tags=["users"])
State = Literal["open", "used", "withdrawn", "run_out"]


class InvitationOut(api.Schema):
    """How an invitation stands; its link is told once, when it is made."""

    user_id: int
    state: State
    made_at: datetime
    expires_at: datetime

    @staticmethod
    def resolve_state(row: Invitation) -> State:
        """Return how it stands now."""
        if row.used_at:
            return "used"
        if row.withdrawn_at:
            return "withdrawn"
        return "open" if timezone.now() < row.expires_at else "run_out"


class InvitedOut(api.Schema):
    """A new invitation: the link to hand over, shown only now."""

    user_id: int
    link: str
    expires_at: datetime


class InviteIn(api.Schema):
    """How the link reaches the person."""

    by_mail: bool = Field(default=False, description="mail the link; otherwise hand it over")


class SignedInOut(api.Schema):
    """Where somebody is signed in."""

    id: int
    device: str
    place: str
    since: datetime
    seen: datetime


class DoorOut(api.Schema):
    """What a user comes in with."""

    has_password: bool
    has_second_factor: bool
    is_connected: bool
    sessions: list[SignedInOut]


class Ended(api.Schema):
    """How many were ended or taken."""

    count: int


class SignInRules(api.Schema):
    """Of which roles a second factor is asked."""

    second_factor: list[Role]


@router.get("/invitations", response=api.Paged[InvitationOut], summary="List invitations")
@api.allows(SETTINGS)
def list_invitations(
    request: api.Request,  # noqa: ARG001 (owners see all)
    state: State | None = None,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return all invitations, or those in one state."""
    return api.cut(queries.invitations(state=state or "", at=timezone.now()), page)


@router.post(
    "/users/{user_id}/invitation", response={201: InvitedOut}, summary="Invite a user, or again"
)
@api.allows(SETTINGS, by_name=True)
def invite_user(
    request: api.Request, user_id: api.Id, body: InviteIn
) -> api.Answer[dict[str, Any]]:
    """Return the link; earlier ones end. Who is switched off is a 409."""
    user = _user(user_id)
    try:
        made, link = inviting.invite(request, user, by=request.user, by_mail=body.by_mail)
    except ValidationError as error:
        raise api.Problem(409, "not_possible", " ".join(error.messages)) from error
    said = {"user_id": user.pk, "link": link, "expires_at": made.expires_at}
    return api.Answer(201, said)


@router.delete(
    "/users/{user_id}/invitation", response={204: None}, summary="Withdraw an invitation"
)
@api.allows(SETTINGS, by_name=True)
def withdraw_invitation(request: api.Request, user_id: api.Id) -> api.Answer[None]:
    """Return nothing; without an open invitation a 409."""
    user = _user(user_id)
    if not services.withdraw_invitation(user=user, at=timezone.now(), by=request.user.pk):
        raise api.Problem(409, "not_possible", _("There is no open invitation."))
    return api.Answer(204, None)


@router.get("/users/{user_id}/door", response=DoorOut, summary="How a user comes in")
@api.allows(SETTINGS)
def read_door(request: api.Request, user_id: api.Id) -> dict[str, Any]:  # noqa: ARG001
    """Return with what a user comes in, and where they are signed in."""
    user = _user(user_id)
    return {
        "has_password": user.has_usable_password(),
        "has_second_factor": is_mfa_enabled(user, accounts.FACTORS),
        "is_connected": standing.connection(user) is not None,
        "sessions": [
            {
                "id": row.pk,
                "device": devices.name(row.user_agent),
                "place": devices.place(row.ip),
                "since": row.created_at,
                "seen": row.last_seen_at,
            }
            for row in UserSession.objects.purge_and_list(user)
        ],
    }


@router.delete("/users/{user_id}/sessions", response=Ended, summary="End a user's sessions")
@api.allows(SETTINGS, by_name=True)
def end_sessions(
    request: api.Request,  # noqa: ARG001 (owners end all)
    user_id: api.Id,
    session: api.Id | None = None,
) -> dict[str, int]:
    """Return how many were ended: the one named, or all."""
    rows = UserSession.objects.filter(user=_user(user_id))
    if session is not None:
        rows = rows.filter(pk=session)
    return {"count": len([row.end() for row in rows])}


@router.delete(
    "/users/{user_id}/second-factors", response=Ended, summary="Take a user's second factors"
)
@api.allows(SETTINGS, by_name=True)
def take_factors(request: api.Request, user_id: api.Id) -> dict[str, int]:
    """Return how many were taken; one's own are taken on one's own page."""
    user = _user(user_id)
    if user.pk == request.user.pk:
        raise api.Problem(409, "not_possible", _("Your own stand on your own page."))
    return {"count": second_factor.take(request, user)}


@router.delete(
    "/users/{user_id}/provider", response={204: None}, summary="Take a user's connection"
)
@api.allows(SETTINGS, by_name=True)
def disconnect_user(request: api.Request, user_id: api.Id) -> api.Answer[None]:
    """Return nothing; the next sign-in through the provider makes a new connection."""
    user = _user(user_id)
    if not links.disconnect(request, user=user, at=timezone.now(), by=request.user.pk):
        raise api.Problem(409, "not_possible", _("There is no connection."))
    return api.Answer(204, None)


@router.get("/sign-in", response=SignInRules, summary="Who needs a second factor")
@api.allows(SETTINGS)
def read_rules(request: api.Request) -> dict[str, Any]:  # noqa: ARG001 (the firm's)
    """Return the roles of which a second factor is asked."""
    return {"second_factor": sorted(queries.roles_with_second_factor())}


@router.put("/sign-in", response=SignInRules, summary="Ask a second factor of roles")
@api.allows(SETTINGS, by_name=True)
def change_rules(request: api.Request, body: SignInRules) -> dict[str, Any]:
    """Return the roles as they are now."""
    services.ask_second_factor(roles=body.second_factor, at=timezone.now(), by=request.user.pk)
    return {"second_factor": sorted(queries.roles_with_second_factor())}


def _user(user_id: int) -> User:
    return get_object_or_404(queries.users(), pk=user_id)
