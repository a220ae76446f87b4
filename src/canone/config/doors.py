"""Devices that somebody signed in from: wrong passwords of strangers do not close the door to them.

Failed sign-ins are counted per mail address and network address. A device that is known counts by
itself, so whoever tries the passwords of another person from the same network, or behind the same
proxy, closes the door to strangers only.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from canone.base.access.models import User

COOKIE = "canone_device"
SALT = "access.device"
KNOWN = timedelta(days=180)


def know(answer: HttpResponse, user: User) -> None:
    """Return nothing; the browser that gets `answer` is known as one of the user's."""
    text = signing.dumps([user.email, secrets.token_hex(8)], salt=SALT)
    answer.set_cookie(
        COOKIE,
        text,
        max_age=KNOWN,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
        path="/accounts/",
    )


def counted_as(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """Return the name under which a sign-in is counted: the address, with the device if known."""
    said = credentials or {}
    typed = said.get("email") or said.get("username") or ""
    if not typed and request is not None:
        typed = request.POST.get("login", "")
    address = str(typed).strip().lower()[:200]
    known = _device(request)
    return f"{address} {known[1]}" if known and known[0] == address else address


def _device(request: HttpRequest | None) -> tuple[str, str] | None:
    if request is None or COOKIE not in request.COOKIES:
        return None
    try:
        address, device = signing.loads(request.COOKIES[COOKIE], salt=SALT, max_age=KNOWN)
    except (signing.BadSignature, ValueError):
        return None
    return str(address), str(device)
