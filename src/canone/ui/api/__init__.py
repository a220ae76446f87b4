"""How every JSON operation behaves: who may, how pages are cut, how errors look.

A context's `api.py`:

    from canone.ui import api

    router = api.Router(tags=["parties"])

    @router.get("/parties", response=api.Paged[PartyOut])
    @api.allows(permissions.VIEW)
    def list_parties(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
        return api.cut(queries.visible_to(request.user), page)

    @router.post("/parties", response={201: PartyOut})
    @api.allows(permissions.EDIT)
    def create_party(request: api.Request, body: PartyIn) -> api.Answer: ...

The operation's function keeps its signature: `allows` says who may call it by session or token,
makes writes repeatable under an `Idempotency-Key`, and documents the errors. What is not yours
is `Http404`; a faulty value is a Django `ValidationError`; anything else that a caller should
know is an `api.Problem`.
"""

from ninja import Router, Schema
from ninja.params.functions import Query
from ninja.responses import Status as Answer

from canone.ui.api.addresses import addresses
from canone.ui.api.errors import Problem, invalid
from canone.ui.api.factory import create
from canone.ui.api.guard import Request, allows
from canone.ui.api.instants import Day, Instant
from canone.ui.api.paging import PAGE, Id, Page, Paged, Search, cut, part

__all__ = [
    "PAGE",
    "Answer",
    "Day",
    "Id",
    "Instant",
    "Page",
    "Paged",
    "Problem",
    "Query",
    "Request",
    "Router",
    "Schema",
    "Search",
    "addresses",
    "allows",
    "create",
    "cut",
    "invalid",
    "part",
]
