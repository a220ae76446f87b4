"""Pages for what goes wrong: inside the frame where possible, with a reference to tell."""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from canone.base import engine, room
from canone.ui.middleware import reference

log = logging.getLogger("canone.pages")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Return the 404 page; it says the same of what is missing and of what is not theirs."""
    return _framed(request, "404.html", 404, {})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Return the 403 page."""
    return _framed(request, "403.html", 403, {})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Return the 400 page."""
    return _framed(request, "400.html", 400, {})


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form whose token is missing or old."""
    log.warning("a form was refused: %s", reason)
    return _framed(request, "403_csrf.html", 403, {})


def failed(request: HttpRequest) -> HttpResponse:
    """Return the 500 page with the reference under which the log has the failure.

    A full disk has a page of its own, which says what to do; so has a database that is away, or
    newer than this program.
    """
    error = sys.exc_info()[1]
    if room.is_full(error):
        return _framed(request, "507.html", 507, {})
    if engine.is_away(error) or engine.may_be_ahead():
        return unavailable(request)
    told = getattr(request, "reference", "") or reference()
    return _framed(request, "500.html", 500, {"reference": told})


def unavailable(request: HttpRequest) -> HttpResponse:
    """Return the 503 page, which asks nothing of the database: it is away, or being upgraded."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=503)
    else:
        answer = HttpResponse(loader.render_to_string("503.html"), status=503)
    answer["Retry-After"] = str(engine.RETRY_AFTER)
    return answer


def _framed(
    request: HttpRequest, template: str, status: int, context: dict[str, object]
) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=status)
    try:
        return render(request, template, {**context, "layout": "ui/base.html"}, status=status)
    except Exception:  # the bare page asks for nothing that may have failed
        log.exception("the frame of the %s page failed too", status)
        text = loader.render_to_string(template, {**context, "layout": "ui/bare.html"})
        return HttpResponse(text, status=status)
