"""Keeps a program of the old version from writing into the tables of a newer one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from canone.base import engine
from canone.ui import errors
from canone.ui.api import errors as api

READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
Answer = Callable[[HttpRequest], HttpResponse]


class VersionMiddleware:
    """Turns writes away while the tables are newer than the program; the next start takes them.

    What only reads is shown as long as it can be; where it cannot, the error's page says why.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READS or not engine.is_ahead():
            return self.answer(request)
        return (
            api.unavailable() if request.path.startswith("/api/") else errors.unavailable(request)
        )
