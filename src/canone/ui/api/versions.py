"""No lost updates: what is read carries an `ETag`, a change may ask for it by `If-Match`.

The version of a thing is that of its answer to the caller: what they may not see changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import wraps
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from canone.ui.api import errors

CHANGES = frozenset({"PUT", "PATCH", "DELETE"})
Run = Callable[..., HttpResponseBase]


def tell(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Return the answer; what was read has its version in its head."""
    if request.method == "GET" and answer.status_code == 200:
        version = _version(answer)
        if version:
            answer["ETag"] = version
    return answer


def whole(run: Run) -> Run:
    """Return `run`; a change that names what was seen is compared and made in one transaction."""

    @wraps(run)
    def answer(request: HttpRequest, **values: Any) -> HttpResponseBase:
        if not _seen(request):
            return run(request, **values)
        with transaction.atomic():
            done = run(request, **values)
            if done.status_code >= 400:
                transaction.set_rollback(True)
        return done

    return answer


def check(request: HttpRequest) -> None:
    """Return nothing; a change of what is not what its caller saw is a Problem.

    What is not there is left to the change itself to refuse.
    """
    seen, match = _seen(request), request.resolver_match
    if not seen or match is None:
        return
    asked: Any = copy(request)
    asked.method, asked.is_own = "GET", True
    now = match.func(asked, **match.kwargs)
    if now.status_code == 404:
        return
    version = _version(now) if now.status_code == 200 else ""
    if not version or not {"*", version} & seen:
        text = _("It is not what you saw: read it again, then decide whether to change it.")
        raise errors.Problem(412, "changed", text)


def _seen(request: HttpRequest) -> set[str]:
    named = request.headers.get("If-Match", "") if request.method in CHANGES else ""
    return {part.strip() for part in named.split(",") if part.strip()}


def _version(answer: HttpResponseBase) -> str:
    """Return the version of an answer in JSON; nothing for a file."""
    if not isinstance(answer, HttpResponse):
        return ""
    if not answer.headers.get("Content-Type", "").startswith("application/json"):
        return ""
    return f'"{sha256(answer.content).hexdigest()[:32]}"'
