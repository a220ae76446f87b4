"""One body for every error: `{"error", "detail", "fields": [{"field", "error", "detail"}]}`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    SuspiciousOperation,
    ValidationError,
)
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from ninja import NinjaAPI
from ninja import errors as ninja

from canone.base import engine, room
from canone.ui.api import faults
from canone.ui.middleware import reference

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger("canone.api")
Field = dict[str, str]


class Problem(Exception):  # noqa: N818 (what the caller gets, not a failure of ours)
    """An answer that is no success: its status, a code for programs, a sentence for people."""

    def __init__(
        self, status: int, error: str, detail: StrOrPromise, fields: Sequence[Field] = ()
    ) -> None:
        super().__init__(error)
        self.status, self.error, self.detail, self.fields = status, error, detail, fields


def body(error: str, detail: StrOrPromise, fields: Sequence[Field] = ()) -> dict[str, Any]:
    """Return the body of an error."""
    return {"error": error, "detail": str(detail), "fields": list(fields)}


def answer(problem: Problem) -> HttpResponse:
    """Return the problem as an answer."""
    said = body(problem.error, problem.detail, problem.fields)
    return JsonResponse(said, status=problem.status)


def forbidden() -> Problem:
    """Return what a caller gets whose user or token lacks the function."""
    return Problem(403, "forbidden", _("Your account or token may not do this."))


def unreadable() -> Problem:
    """Return what a caller gets whose request Django refuses to take apart."""
    return Problem(400, "bad_request", _("The request could not be read."))


def missing() -> Problem:
    """Return what a caller gets who asks for what is not there, or not theirs."""
    return Problem(404, "not_found", _("There is nothing at this address."))


def invalid(field: str, error: str, detail: StrOrPromise) -> Problem:
    """Return what a caller gets for one value that is not valid."""
    return _invalid([{"field": field, "error": error, "detail": str(detail)}])


def _of_http(error: ninja.HttpError) -> Problem:
    known = {
        400: ("bad_request", _("The request could not be read.")),
        401: ("unauthenticated", _("Sign in, or send a valid token.")),
        403: ("forbidden", _("Your account or token may not do this.")),
        404: ("not_found", _("There is nothing at this address.")),
        429: ("too_many", _("Too many requests. Wait a little.")),
    }
    code, detail = known.get(error.status_code, ("error", error.message))
    return Problem(error.status_code, code, detail)


def _of_request(error: ninja.ValidationError) -> Problem:
    return _invalid([_field(fault) for fault in error.errors])


def _of_value(error: ValidationError) -> Problem:
    return _invalid(list(_fields(error)))


def _invalid(fields: list[Field]) -> Problem:
    count = ngettext("%(n)s value is not valid.", "%(n)s values are not valid.", len(fields))
    return Problem(422, "invalid", count % {"n": len(fields)}, fields)


def _fields(error: ValidationError) -> Iterator[Field]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for name, found in by_field.items():
        for fault in found:
            yield {
                "field": "" if name == NON_FIELD_ERRORS else name,
                "error": str(fault.code or "invalid"),
                "detail": " ".join(fault.messages),
            }


def _field(fault: dict[str, Any]) -> Field:
    place = [str(part) for part in fault["loc"]]
    # "body", the parameter's own name, then the field; a path or query has no parameter between
    inner = place[2:] if place[0] in {"body", "form"} and len(place) > 2 else place[1:]
    return {"field": ".".join(inner), "error": fault["type"], "detail": faults.say(fault)}


def _unexpected(request: HttpRequest, error: Any) -> HttpResponse:
    code = reference()
    logger.error("%s %s failed as %s", request.method, request.path, code, exc_info=error)
    # tests and error collectors listen here, as they do for pages
    got_request_exception.send(sender=None, request=request)
    if room.is_full(error):
        full = _("The disk of the server is full: nothing was saved. Make room, then try again.")
        return answer(Problem(507, "disk_full", full))
    if engine.is_away(error) or engine.may_be_ahead():
        return unavailable()
    detail = _("Something went wrong on our side. Quote %(reference)s when you ask for help.")
    return answer(Problem(500, "unexpected", detail % {"reference": code}))


def unavailable() -> HttpResponse:
    """Return what a caller gets while the database is away, or newer than this program."""
    said = answer(
        Problem(503, "unavailable", _("Canone is being upgraded or restarted. Try again soon."))
    )
    said["Retry-After"] = str(engine.RETRY_AFTER)
    return said


def install(api: NinjaAPI) -> None:
    """Return nothing; the API answers every failure with the one body."""
    to_problem: dict[type[Exception], Callable[[Any], Problem]] = {
        Problem: lambda problem: problem,
        ninja.HttpError: _of_http,
        ninja.ValidationError: _of_request,
        ValidationError: _of_value,
        Http404: lambda _error: missing(),
        PermissionDenied: lambda _error: forbidden(),
        SuspiciousOperation: lambda _error: unreadable(),
    }
    for kind, convert in to_problem.items():
        api.add_exception_handler(kind, _handler(convert))
    api.add_exception_handler(Exception, _unexpected)


def _handler(convert: Callable[[Any], Problem]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda _request, error: answer(convert(error))
