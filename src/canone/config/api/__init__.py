"""The API, mounted at /api/v1/: which context answers where."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import Router

from canone.channels.connectors import api as connectors
from canone.config.api import accounts, imports, jobs, me, users
from canone.desks.assistance import api as assistance
from canone.ledgers.allowances import api as allowances
from canone.ledgers.invoicing import api as invoicing
from canone.registers.catalog import api as catalog
from canone.registers.parties import api as parties
from canone.ui import api as conventions
from canone.ui.api import errors

ROOT = "/api/v1/"
DESCRIPTION = """What a page can do, the API can do.

Send `Authorization: Bearer canone_…`; tokens are made under your name in Canone, with the
functions they may use. Lists come in pages: pass `next` as `cursor`. A write with an
`Idempotency-Key` is done once, however often it is sent within a day. Every error has the same
body: `error` for programs, `detail` for people, in the language of `Accept-Language`, and
`fields` for the values that are not valid. Amounts are decimal text, instants are UTC.
`RateLimit-Remaining` says how many requests this minute still takes; after them comes a 429 with
`Retry-After`.
"""
ROUTERS: tuple[Router, ...] = (
    me.router,
    users.router,
    accounts.router,
    jobs.router,
    imports.router,
    catalog.router,
    parties.router,
    assistance.sessions,
    assistance.assignments,
    assistance.mapping,
    connectors.router,
    invoicing.router,
    allowances.router,
)

api = conventions.create(title="Canone", version="1", description=DESCRIPTION)
for router in ROUTERS:
    api.add_router("", router)


@cache
def schema() -> dict[str, Any]:
    """Return the OpenAPI description, made once."""
    return dict(api.get_openapi_schema(path_prefix=ROOT))


@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI description of all operations."""
    return JsonResponse(schema())


@csrf_exempt
def missing(_request: HttpRequest, _rest: str = "") -> HttpResponse:
    """Return the error body for an address that no operation has."""
    return errors.answer(errors.missing())


urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", openapi, name="api_schema"),
    *conventions.addresses(api),
    path("", missing, name="api_missing"),
    path("<path:_rest>", missing, name="api_missing"),
]
