"""The API, mounted at /api/v1/: which context answers where."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import Router

from canone.base.events import facts
from canone.channels.connectors import api as connectors
from canone.channels.webhooks import api as webhooks
from canone.channels.webhooks.rules import payloads
from canone.config.api import (
    accounts,
    backups,
    changes,
    erasing,
    firm,
    imports,
    jobs,
    letters,
    mail_server,
    me,
    numbers,
    paper,
    personal,
    provider,
    undelivered,
    users,
    views,
)
from canone.desks.assistance import api as assistance
from canone.desks.contracts import api as contracts
from canone.ledgers.allowances import api as allowances
from canone.ledgers.invoicing import api as invoicing
from canone.registers.assets import api as assets
from canone.registers.catalog import api as catalog
from canone.registers.parties import api as parties
from canone.ui import api as conventions
from canone.ui.api import errors

ROOT = "/api/v1/"
DESCRIPTION = """What a page can do, the API can do.

Send `Authorization: Bearer canone_…`; tokens are made under your name in Canone, with the
functions they may use. Lists come in pages: pass `next` as `cursor`. A write with an
`Idempotency-Key` is done once, however often it is sent within a day. What is read carries an
`ETag`; sent back as `If-Match` with a `PUT`, `PATCH` or `DELETE` of the same address, nothing is
changed once somebody else changed it: that is a 412. Every error has the same
body: `error` for programs, `detail` for people, in the language of `Accept-Language`, and
`fields` for the values that are not valid. Amounts are decimal text, instants are UTC.
`RateLimit-Remaining` says how many requests this minute still takes; after them comes a 429 with
`Retry-After`.
"""
ROUTERS: tuple[Router, ...] = (
    me.router,
    views.router,
    users.router,
    accounts.router,
    provider.router,
    firm.router,
    numbers.router,
    paper.router,
    mail_server.router,
    letters.router,
    undelivered.router,
    changes.router,
    erasing.router,
    personal.router,
    jobs.router,
    imports.router,
    backups.router,
    catalog.router,
    assets.router,
    parties.router,
    assistance.sessions,
    assistance.assignments,
    assistance.hours,
    assistance.mapping,
    assistance.inbox,
    connectors.router,
    webhooks.router,
    invoicing.router,
    allowances.router,
    contracts.router,
)

api = conventions.create(title="Canone", version="1", description=DESCRIPTION)
for router in ROUTERS:
    api.add_router("", router)


@cache
def schema() -> dict[str, Any]:
    """Return the OpenAPI description, made once."""
    return dict(api.get_openapi_schema(path_prefix=ROOT)) | {"webhooks": dict(_told())}


def _told() -> Iterator[tuple[str, Any]]:
    """Yield what a program that is told facts has to answer, as OpenAPI describes it."""
    for fact in facts.every():
        said = payloads.envelope(fact.code, fact.version, fact.kind)
        yield (
            fact.code,
            {
                "post": {
                    "summary": fact.code,
                    "description": said["properties"]["data"]["description"],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": said}},
                    },
                    "responses": {
                        "2XX": {"description": "Taken; anything else is tried again."},
                        "410": {"description": "Gone: nothing more is sent."},
                    },
                }
            },
        )


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
