"""Lists come in pages: `?cursor=…&limit=…`, stable while rows are added."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.params.functions import Query
from pydantic import Field

from canone.ui.api.errors import Problem

LARGEST = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST)]
Search = Annotated[str, Field(max_length=200)]
"""What a list is searched for."""
T = TypeVar("T")
M = TypeVar("M", bound=Model)


class Page(Schema):
    """Which part of a list: at most `limit` items after `cursor`."""

    cursor: str = Field("", max_length=40, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


PAGE: Any = Query(...)


class Paged(Schema, Generic[T]):
    """A part of a list; `next` is null at its end."""

    items: list[T]
    next: str | None


def cut(rows: QuerySet[M], page: Page, *, newest_first: bool = False) -> dict[str, Any]:
    """Return the page of the rows, by id; a cursor that none of ours wrote is a Problem."""
    if page.cursor:
        last = _read(page.cursor)
        rows = rows.filter(pk__lt=last) if newest_first else rows.filter(pk__gt=last)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: page.limit + 1])
    items = found[: page.limit]
    further = len(found) > page.limit
    return {"items": items, "next": _write(items[-1].pk) if further else None}


def part(rows: Sequence[T], page: Page) -> dict[str, Any]:
    """Return the page of rows that no table holds, by their place among them."""
    start = _read(page.cursor) if page.cursor else 0
    end = start + page.limit
    return {"items": rows[start:end], "next": _write(end) if end < len(rows) else None}


def _write(last: int) -> str:
    return urlsafe_b64encode(f"c{last}".encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        last = int(text[1:]) if text[:1] == "c" and text[1:].isdecimal() else -1
    except ValueError:
        last = -1
    if not 0 <= last <= LARGEST:
        fault = {"field": "cursor", "error": "cursor", "detail": _("This value is not valid.")}
        raise Problem(422, "invalid", _("Take the cursor from the page before."), [fault])
    return last
