"""Log lines that say for whom they were written: the request and the person, as text or JSON."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}")
HEADER = "X-Request-ID"

_request: ContextVar[str] = ContextVar("request", default="")
_user: ContextVar[str] = ContextVar("user", default="")


class RequestMiddleware:
    """Gives every request a number, the proxy's if it sent one, and sends it back."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        number = given if NUMBER.fullmatch(given) else secrets.token_hex(6)
        _request.set(number)
        _user.set("")
        # they stay until the next request: Django logs a refusal after the last middleware
        response = self.answer(request)
        response[HEADER] = number
        return response


class UserMiddleware:
    """Notes who asks, for the lines that follow; it stands behind the one that knows."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        note_user(request.user.pk)
        return self.answer(request)


def note_user(pk: int | None) -> None:
    """Return nothing; lines of this request carry the person's number from here on."""
    _user.set("" if pk is None else str(pk))


def whose() -> tuple[str, str]:
    """Return the numbers of the request at work and of the person who asks; empty without."""
    return _request.get(), _user.get()


HIDDEN = "***"
_NAMES = (
    r"pass(?:word|phrase|wd)?|secret|token|api[_-]?key|authorization|cookie|sessionid|signature"
)
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(canone_[0-9a-f]{8})_[\w-]+"), r"\1_" + HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 " + HIDDEN),
    (
        re.compile(
            rf"(?i)(\w*(?:{_NAMES})\w*[\"']?\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s\"',;&)}}]+)"
        ),
        r"\1" + HIDDEN,
    ),
    (re.compile(r"(://[^\s/:@]+:)[^\s/@]+@"), r"\1" + HIDDEN + "@"),
    # addresses that are secrets themselves: setting up, a new password, a device that sends
    (re.compile(r"/[\w-]{28,}(?=[/?\s\"']|$)"), "/" + HIDDEN),
    (
        re.compile(
            r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?-----END \1PRIVATE KEY-----", re.DOTALL
        ),
        "PRIVATE KEY " + HIDDEN,
    ),
)


_WAY_IN = re.compile(r"/[\w-]{28,}")


def without_secrets(text: str) -> str:
    """Return what may be written down: keys, passwords and secret addresses are left out."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def without_ways_in(text: str) -> str:
    """Return a text that others may read: the secret parts of its addresses are left out."""
    return _WAY_IN.sub("/" + HIDDEN, text)


class Text(logging.Formatter):
    """One line of text; request and person at its end where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = f"{record.levelname} {record.name}: {without_secrets(super().format(record))}"
        if number := _request.get():
            who = f" user={_user.get()}" if _user.get() else ""
            first, separator, rest = line.partition("\n")
            line = f"{first} [request={number}{who}]{separator}{rest}"
        return line


class Json(logging.Formatter):
    """One JSON object a line: time (UTC), process, level, logger, message, request, user, error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "process": os.environ.get("CANONE_PROCESS", ""),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
            "request": _request.get(),
            "user": _user.get(),
            "error": without_secrets(self.formatException(record.exc_info))
            if record.exc_info
            else "",
        }
        return json.dumps({key: value for key, value in said.items() if value}, ensure_ascii=False)
