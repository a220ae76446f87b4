"""Users, their roles and switches, for who may change the settings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.access import functions, queries, services
from canone.base.access.functions import SETTINGS, Role
from canone.base.access.models import User
from canone.config import notices
from canone.ui import api

router = api.Router(tags=["users"])
Language = Literal["it", "fr", "en"]
Alias = Annotated[str, Field(min_length=1, max_length=150)]
Aliases = Annotated[list[Alias], Field(max_length=50, description="names in other tools")]


class UserOut(api.Schema):
    """A user; `switches` are the functions an owner allowed (true) or took (false)."""

    id: int
    email: str
    name: str
    language: str
    aliases: list[str]
    is_active: bool
    roles: list[str]
    switches: dict[str, bool]
    last_login: datetime | None

    @staticmethod
    def resolve_roles(user: User) -> list[str]:
        """Return the roles' codes in order."""
        return sorted(user.roles)

    @staticmethod
    def resolve_switches(user: User) -> dict[str, bool]:
        """Return the functions that an owner switched."""
        return user.switched


class UserIn(api.Schema):
    """A new user, who chooses a password through a link or the page for forgotten ones."""

    email: str = Field(max_length=254)
    name: str = Field(max_length=150)
    language: Language = "it"
    roles: list[Role]
    aliases: Aliases = []


class UserChange(api.Schema):
    """What changes; the rest stays."""

    email: str | None = Field(None, max_length=254)
    name: str | None = Field(None, max_length=150)
    language: Language | None = None
    aliases: Aliases | None = None
    roles: list[Role] | None = None
    is_active: bool | None = None
    switches: dict[str, bool | None] | None = Field(
        None, description="function → true, false, or null to leave it to the roles"
    )


@router.get("/users", response=api.Paged[UserOut], summary="List users")
@api.allows(SETTINGS)
def list_users(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001 (owners see all)
    """Return all users, the switched-off ones too."""
    return api.cut(queries.users(), page)


@router.get("/users/{user_id}", response=UserOut, summary="Read a user")
@api.allows(SETTINGS)
def read_user(request: api.Request, user_id: api.Id) -> User:  # noqa: ARG001 (owners see all)
    """Return one user."""
    return _user(user_id)


@router.post("/users", response={201: UserOut}, summary="Add a user")
@api.allows(SETTINGS, by_name=True)
def create_user(request: api.Request, body: UserIn) -> api.Answer[User]:
    """Return the new user; an address that is taken is a 422."""
    made = services.create(**body.model_dump(), at=timezone.now(), by=request.user.pk)
    return api.Answer(201, _user(made.pk))


@router.patch("/users/{user_id}", response=UserOut, summary="Change a user")
@api.allows(SETTINGS, by_name=True)
def change_user(request: api.Request, user_id: api.Id, body: UserChange) -> User:
    """Return the changed user; nothing changes unless all of it can."""
    user = _user(user_id)
    changes = {name: value for name, value in body.model_dump().items() if value is not None}
    _check(request, user, changes)
    before = user.email
    services.revise(user=user, changes=changes, at=timezone.now(), by=request.user.pk)
    if user.email != before:
        notices.send(request, user, "mail_changed", to=before)
        services.withdraw_invitation(user=user, at=timezone.now(), by=request.user.pk)
    return _user(user_id)


def _user(user_id: int) -> User:
    return get_object_or_404(queries.users(), pk=user_id)


def _check(request: api.Request, user: User, changes: dict[str, Any]) -> None:
    """Return nothing; unknown functions, and shutting oneself out, are Problems."""
    known = {function.code for function in functions.all_functions()}
    switches = changes.get("switches", {})
    if unknown := sorted(set(switches) - known):
        raise api.invalid("switches", "unknown", ", ".join(unknown))
    if user == request.user and (
        changes.get("is_active") is False or switches.get(SETTINGS) is False
    ):
        raise api.Problem(409, "not_possible", _("You cannot shut yourself out."))
