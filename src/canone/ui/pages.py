"""Every page is a function that carries the function permission it asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from canone.base.access.models import User

P = ParamSpec("P")


class PageRequest(HttpRequest):
    """A request of somebody who signed in; `user` is ours, `htmx` comes from the middleware."""

    user: User
    htmx: Any


View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def page(permission: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], Any]]:
    """Return a decorator that opens a page to holders of `permission` only.

    Who is not signed in is sent to the sign-in page; who may not see it gets 404, so that nothing
    is learned from the answer.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], Any]:
        @wraps(view)
        def guarded(request: PageRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = _who(request)
            if user is None:
                return _ask_to_sign_in(request)
            if not user.may(permission):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    answer = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request"):
        redirected = HttpResponse(status=204)
        redirected["HX-Redirect"] = answer.url
        return redirected
    return answer


def _who(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
