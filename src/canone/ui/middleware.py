"""The language of the person who asks, and a reference for every failure."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from canone.base.access.models import User
from canone.ui import zones

log = logging.getLogger("canone.pages")
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"
Answer = Callable[[HttpRequest], HttpResponse]


def reference() -> str:
    """Return a short code to say on the telephone: K7-2041."""
    letter, digit = secrets.choice(LETTERS), secrets.randbelow(10)
    return f"{letter}{digit}-{secrets.randbelow(10_000):04d}"


class PreferencesMiddleware:
    """Shows pages in the language that the signed-in person chose."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zones.forget()
        user = request.user
        if isinstance(user, User) and user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        return self.answer(request)


class ReferenceMiddleware:
    """Gives every unexpected failure a reference that stands in the log and on the page."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Log the failure under its reference; Django goes on to the 500 page.

        What is not there, or not theirs, is no failure; nor is that somebody has to show again who
        they are: allauth's middleware leads there.
        """
        if isinstance(error, Http404 | PermissionDenied | ReauthenticationRequired):
            return
        request.reference = reference()  # type: ignore[attr-defined]
        log.error("%s %s failed as %s: %r", request.method, request.path, request.reference, error)  # type: ignore[attr-defined]
