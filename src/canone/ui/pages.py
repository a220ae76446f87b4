"""Every page is a function that carries the function permission it asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.shortcuts import render as django_render

from canone.base.access.models import User
from canone.ui.heads import Head

P = ParamSpec("P")
PART = 200


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


def render(
    request: HttpRequest, template: str, head: Head, *, status: int = 200, **context: object
) -> HttpResponse:
    """Return `template` (it extends ui/page.html) under `head`."""
    return django_render(request, template, {"head": head, **context}, status=status)


def fragment(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """Return a panel: bare for HTMX, inside the frame when its address is opened directly."""
    if request.headers.get("HX-Request"):
        return django_render(request, template, context)
    head = Head(str(context.get("title", "")))
    inside = {"head": head, "fragment": template, **context}
    return django_render(request, "ui/fragment_page.html", inside)


def done(request: HttpRequest, text: str, url: str) -> HttpResponse:
    """Return a redirect to `url`, where `text` reports what happened."""
    messages.success(request, text)
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return redirect(url)


def refused(request: HttpRequest, text: str, url: str) -> HttpResponse:
    """Return a redirect to `url`, where `text` says why nothing happened."""
    messages.error(request, text)
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return redirect(url)


def part(request: HttpRequest, rows: Sequence[Any] | QuerySet[Any]) -> Page[Any]:
    """Return those of a table's rows that `?page=` names; `ui/part.html` leads to the others.

    For tables on the page of something that may have thousands of rows; lists page by themselves.
    """
    return Paginator(rows, PART).get_page(request.GET.get("page"))
