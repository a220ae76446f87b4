"""Who may call an operation: by session, or by a token within its scopes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja.decorators import decorate_view
from ninja.operation import Operation
from ninja.utils import check_csrf, contribute_operation_callback

from canone.base.access import services as access
from canone.base.access.models import ApiToken, User
from canone.ui.api import errors
from canone.ui.api.idempotency import repeatable

F = TypeVar("F", bound=Callable[..., Any])


class Request(HttpRequest):
    """A request of somebody who may call the operation; `token` is None for a session."""

    user: User
    token: ApiToken | None


def allows(permission: str) -> Callable[[F], F]:
    """Return a decorator, below the router's, that opens an operation to holders of `permission`.

    Who is unknown gets 401, who lacks the function 403.
    """

    def decorate(view: F) -> F:
        view.permission = permission  # type: ignore[attr-defined]
        contribute_operation_callback(view, partial(_guard, permission))
        decorated: F = decorate_view(repeatable)(view)
        return decorated

    return decorate


def _guard(permission: str, operation: Operation) -> None:
    guards: list[Callable[..., Any]] = [Bearer(permission), Session(permission)]
    operation.auth_param = operation.auth_callbacks = guards
    operation.openapi_extra = {
        "x-permission": permission,
        "responses": {status: _documented(text) for status, text in ERRORS.items()},
        **(operation.openapi_extra or {}),
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

    def __init__(self, permission: str) -> None:
        self.permission = permission

    def __call__(self, request: Request) -> User | None:
        """Return the token's user; None when no token was sent."""
        identify(request)
        if request.token is None:
            return None
        if not request.token.covers(self.permission) or not request.user.may(self.permission):
            raise errors.forbidden()
        return request.user


class Session:
    """Lets in who is signed in in the browser; writes need the CSRF token too."""

    openapi_security_schema = {"type": "apiKey", "in": "cookie", "name": "sessionid"}

    def __init__(self, permission: str) -> None:
        self.permission = permission

    def __call__(self, request: Request) -> User | None:
        """Return the session's user; None when nobody is signed in."""
        user: object = request.user
        if not isinstance(user, User):
            return None
        if not user.may(self.permission):
            raise errors.forbidden()
        return user


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
