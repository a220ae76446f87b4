"""A write that carries an `Idempotency-Key` is done once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.access import services as access
from canone.base.access.models import ApiToken, User
from canone.ui.api import errors, guard, limits, versions

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Run = Callable[..., HttpResponseBase]
LONGEST_KEY = 100


def repeatable(run: Run) -> Run:
    """Return `run` as the whole of one request: readable, known, and repeatable under a key.

    Successful answers are kept for a day and given again; a failed write leaves its key free.
    """

    whole = versions.whole(run)

    @wraps(run)
    def answer(request: HttpRequest, **values: Any) -> HttpResponseBase:
        budget = None
        try:
            _check_text(request)
            user, unknown = _who(request)
            if not hasattr(request, "is_own"):  # asked by us, to compare with what was seen
                budget = limits.spend(request, user)
            if unknown is not None:
                raise unknown
            if user is not None:
                _check_form(request)
            key = request.headers.get("Idempotency-Key", "")
            if not key or user is None or request.method in SAFE:
                return limits.tell(versions.tell(request, whole(request, **values)), budget)
            return limits.tell(_once(whole, request, values, user, key), budget)
        except limits.TooManyProblem as problem:
            return limits.refused(problem)
        except errors.Problem as problem:
            return limits.tell(errors.answer(problem), budget)

    return answer


def _who(request: HttpRequest) -> tuple[User | None, errors.Problem | None]:
    """Return who asks, and why nobody does: false tokens are counted by address."""
    try:
        return guard.identify(request), None  # type: ignore[arg-type]
    except errors.Problem as problem:
        return None, problem


@transaction.atomic
def _once(
    run: Run, request: HttpRequest, values: dict[str, Any], user: User, key: str
) -> HttpResponseBase:
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise errors.Problem(400, "bad_request", _("An idempotency key has up to 100 characters."))
    try:
        row = access.claim_answer(
            user=user, key=key, request_hash=_digest(request), at=timezone.now()
        )
    except access.KeyReusedError as error:
        raise errors.Problem(409, "idempotency", str(error)) from error
    if row.status:
        again = HttpResponse(
            access.kept_answer(row), status=row.status, content_type="application/json"
        )
        again["Idempotency-Replayed"] = "true"
        return again
    answer = run(request, **values)
    if answer.status_code >= 400 or not isinstance(answer, HttpResponse):
        transaction.set_rollback(True)
        return answer
    access.keep_answer(row=row, status=answer.status_code, answer=answer.content.decode())
    return answer


def _digest(request: HttpRequest) -> str:
    digest = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    token: ApiToken | None = getattr(request, "token", None)
    if token is not None:  # what a wider token was told is not told again to a narrower one
        digest.update(repr(sorted(token.scopes)).encode())
    if (request.content_type or "").startswith("multipart/"):
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode())
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                digest.update(repr((name, file.name)).encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _check_text(request: HttpRequest) -> None:
    """Return nothing; a NUL, which no PostgreSQL text can hold, is a Problem."""
    if "%00" in request.get_full_path() or "\0" in request.path:
        raise errors.Problem(400, "bad_request", _("A text cannot hold the character NUL."))


def _check_form(request: HttpRequest) -> None:
    """Return nothing; a form that is none, or holds a NUL, is a Problem, as with JSON."""
    if not (request.content_type or "").startswith("multipart/") or request.method in SAFE:
        return
    try:
        sent = request.POST.lists()
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise errors.Problem(400, "bad_request", _("The request could not be read.")) from error
    if any("\0" in text for _name, values in sent for text in values):
        raise errors.Problem(400, "bad_request", _("A text cannot hold the character NUL."))
