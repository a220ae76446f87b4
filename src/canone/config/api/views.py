"""The caller's saved views: filters of lists, each under a name."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404
from pydantic import Field, StringConstraints

from canone.base.access.functions import SIGNED_IN
from canone.ui import api, services
from canone.ui.models import SavedView

router = api.Router(tags=["me"])
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class ViewIn(api.Schema):
    """A filter to keep: `page` is the list's key as other views of it carry it.

    `query` is what stands after the question mark of the list's address.
    """

    page: Short
    name: Short
    query: str = Field("", max_length=4000)


class ViewOut(api.Schema):
    """A filter of one list under a name."""

    id: int
    page: str
    name: str
    query: str


@router.get("/me/views", response=api.Paged[ViewOut], summary="List my saved views")
@api.allows(SIGNED_IN)
def list_views(request: api.Request, page: api.Page = api.PAGE, of: str = "") -> dict[str, Any]:
    """Return the views that the caller keeps; `of` is the key of one list."""
    rows = SavedView.objects.filter(user=request.user)
    return api.cut(rows.filter(page=of) if of else rows, page)


@router.post("/me/views", response={201: ViewOut}, summary="Keep a view")
@api.allows(SIGNED_IN)
def keep_view(request: api.Request, body: ViewIn) -> api.Answer[SavedView]:
    """Return the view; one of the same list and name is overwritten, as on the page."""
    made = services.save_view(user=request.user, page=body.page, name=body.name, query=body.query)
    return api.Answer(201, made)


@router.delete("/me/views/{view_id}", response={204: None}, summary="Forget a view of mine")
@api.allows(SIGNED_IN)
def drop_view(request: api.Request, view_id: api.Id) -> api.Answer[None]:
    """Return nothing; the view is gone."""
    if not services.forget_view(user=request.user, pk=view_id):
        raise Http404
    return api.Answer(204, None)
