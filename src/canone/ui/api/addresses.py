"""The API's addresses: words before placeholders, and errors in the one body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern
from django.urls import path as address
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.operation import PathView

from canone.ui.api import errors

View = Callable[..., HttpResponseBase]


def addresses(api: NinjaAPI) -> list[URLPattern]:
    """Return the addresses of all operations, in an order in which none hides another.

    Their names begin with `api_`: a page may be called like the operation that does the same.
    """
    found = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    found.sort(key=lambda one: _order(str(one.pattern)))
    return [
        address(
            str(one.pattern),
            _whole(one.callback, _operations(one.callback)),
            name=f"api_{one.name}",
        )
        for one in found
    ]


def _order(route: str) -> list[bool]:
    """Return what sorts `sessions/account` before `sessions/<id>`."""
    return [part.startswith("<") for part in route.split("/")]


def _operations(callback: View) -> PathView:
    cells = getattr(callback, "__closure__", None) or ()
    return next(cell.cell_contents for cell in cells if isinstance(cell.cell_contents, PathView))


def _whole(callback: View, view: PathView) -> View:
    methods = sorted({method for operation in view.operations for method in operation.methods})

    def answer(request: HttpRequest, **values: Any) -> HttpResponseBase:
        if request.method in methods or not view.operations:
            return callback(request, **values)
        refused = errors.answer(errors.Problem(405, "method", _("This address does not do that.")))
        refused["Allow"] = ", ".join(methods)
        return refused

    # the guard of each operation looks at the CSRF token where a session asks
    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return answer
