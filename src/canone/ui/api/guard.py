"""Who may call an operation: by session, or by a token within its scopes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja.decorators import decorate_view
from ninja.operation import Operation
from ninja.utils import check_csrf, contribute_operation_callback

from canone.base.access import services as access
from canone.base.access.functions import Role
from canone.base.access.models import ApiToken, User
from canone.ui import confirming
from canone.ui.api import errors, versions
from canone.ui.api.idempotency import repeatable

F = TypeVar("F", bound=Callable[..., Any])


class Request(HttpRequest):
    """A request of somebody who may call the operation; `token` is None for a session."""

    user: User
    token: ApiToken | None


def allows(permission: str, *, by_name: bool = False) -> Callable[[F], F]:
    """Return a decorator, below the router's, that opens an operation to holders of `permission`.

    Who is unknown gets 401, who lacks the function 403. `by_name` is for what a page asks a
    password for: a token opens it only if an owner made it and named the function, for "everything"
    is not enough; a session only while it is fresh.
    """

    def decorate(view: F) -> F:
        view.permission = permission  # type: ignore[attr-defined]
        contribute_operation_callback(view, partial(_guard, permission=permission, by_name=by_name))
        decorated: F = decorate_view(repeatable)(view)
        return decorated

    return decorate


def _guard(operation: Operation, *, permission: str, by_name: bool) -> None:
    guards: list[Callable[..., Any]] = [
        Bearer(permission, by_name=by_name),
        Session(permission, by_name=by_name),
    ]
    operation.auth_param = operation.auth_callbacks = guards
    own = operation.openapi_extra or {}
    changes = bool(versions.CHANGES & set(operation.methods))
    told = ERRORS | (CHANGED if changes else {})
    known = {status: _documented(text) for status, text in told.items()}
    operation.openapi_extra = {
        "x-permission": permission,
        "x-by-name": by_name,
        **own,
        "responses": known | own.get("responses", {}),
    }


ERRORS = {
    400: "The request could not be read.",
    401: "Nobody is signed in and no valid token was sent.",
    403: "The account or token may not do this.",
    404: "There is nothing at this address, or it is not yours.",
    409: "It contradicts what is there, or the idempotency key belongs to another request.",
    422: "A value is not valid; `fields` says which.",
    429: "Too many requests in a minute; `Retry-After` says for how many seconds to wait.",
}
CHANGED = {412: "`If-Match` names another version than what is there now."}
SCHEMA = {
    "type": "object",
    "required": ["error", "detail", "fields"],
    "properties": {
        "error": {"type": "string"},
        "detail": {"type": "string"},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "error", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "error": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def _documented(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": SCHEMA}}}


class Bearer:
    """Lets in by `Authorization: Bearer canone_…`."""

    openapi_security_schema = {"type": "http", "scheme": "bearer"}

    def __init__(self, permission: str, *, by_name: bool) -> None:
        self.permission, self.by_name = permission, by_name

    def __call__(self, request: Request) -> User | None:
        """Return the token's user; None when no token was sent."""
        identify(request)
        if request.token is None:
            return None
        if not request.token.covers(self.permission) or not request.user.may(self.permission):
            raise errors.forbidden()
        named = self.permission in request.token.scopes and Role.OWNER in request.user.roles
        if self.by_name and not named:
            text = _("Only an owner's token that names this function may do this.")
            raise errors.Problem(403, "not_named", text)
        versions.check(request)
        return request.user


class Session:
    """Lets in who is signed in in the browser; writes need the CSRF token too."""

    openapi_security_schema = {"type": "apiKey", "in": "cookie", "name": "sessionid"}

    def __init__(self, permission: str, *, by_name: bool) -> None:
        self.permission, self.by_name = permission, by_name

    def __call__(self, request: Request) -> User | None:
        """Return the session's user; None when nobody is signed in."""
        user: object = request.user
        if not isinstance(user, User):
            return None
        if not user.may(self.permission):
            raise errors.forbidden()
        if self.by_name:
            _must_be_fresh(request)
        versions.check(request)
        return user


def _must_be_fresh(request: Request) -> None:
    try:
        confirming.must_be_fresh(request)
    except ReauthenticationRequired as error:
        text = _("You showed who you are too long ago: sign in again.")
        raise errors.Problem(403, "not_fresh", text) from error


def identify(request: Request) -> User | None:
    """Return who asks, by token or session, once per request; None when nobody is known.

    A token that opens nothing is a 401, even when a session would do.
    """
    if not hasattr(request, "token"):
        request.token = None
        header = request.headers.get("Authorization", "")
        if header:
            request.token = _token(header)
            request.user = request.token.user
            if "Accept-Language" not in request.headers:
                translation.activate(request.user.language)
        elif isinstance(request.user, User) and check_csrf(request):
            raise errors.Problem(403, "csrf", _("The form is too old. Load the page again."))
    user: object = request.user
    return user if isinstance(user, User) else None


def _token(header: str) -> ApiToken:
    scheme, _space, text = header.partition(" ")
    token = None
    if scheme.lower() == "bearer":
        token = access.authenticate_token(text.strip(), at=timezone.now())
    if token is None:
        raise errors.Problem(401, "unauthenticated", _("Sign in, or send a valid token."))
    return token
