"""The way in while nobody has an account: a secret address, and every page leading to it.

The secret lies in the data folder, readable by its owner alone. Whoever can read it can read the
database too, so the address shows that one is at home on this machine.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from canone.base.access import queries as access

FILE = "set-up"
OPEN = ("/set-up/", "/api/", "/hooks/", "/language/", "/static/", "/healthz", "/readyz", "/metrics")
"""What answers also before the set-up: the set-up itself, and what speaks to machines."""
Answer = Callable[[HttpRequest], HttpResponse]


def token() -> str:
    """Return the secret part of the address, made when there is none."""
    path = _path()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    text = secrets.token_urlsafe(32)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return text


def opens(text: str) -> bool:
    """Whether `text` is the secret, and nobody has an account yet."""
    path = _path()
    known = path.read_text().strip() if path.exists() else ""
    return bool(known) and constant_time_compare(known, text) and not access.anybody()


def settle() -> None:
    """Return nothing; the secret is there while nobody has an account, and gone afterwards."""
    if access.anybody():
        _path().unlink(missing_ok=True)
    else:
        token()


def _path() -> Path:
    return Path(settings.DATA) / FILE


class SetUpMiddleware:
    """Leads every page to the set-up while nobody has an account."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN) or request.user.is_authenticated or access.anybody():
            return self.answer(request)
        return redirect("set_up")
