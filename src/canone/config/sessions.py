"""When and from where each session was last seen: written now and then, not on every page."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

EVERY = 300
MOST = 10_000
Answer = Callable[[HttpRequest], HttpResponse]


class SeenMiddleware:
    """Notes every five minutes, and when the network address changes."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.seen: dict[tuple[str, str], float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            self._note(request, (key, request.META.get("REMOTE_ADDR", "")))
        return self.answer(request)

    def _note(self, request: HttpRequest, place: tuple[str, str]) -> None:
        now = time.monotonic()
        if now - self.seen.get(place, -EVERY) < EVERY:
            return
        if len(self.seen) >= MOST:
            self.seen.clear()
        self.seen[place] = now
        try:
            UserSession.objects.create_from_request(request)
        except OperationalError:
            # Somebody else writes: the page matters more, and the next one notes it.
            self.seen.pop(place)
