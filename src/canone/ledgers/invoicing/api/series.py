"""Series of documents in JSON: which number what, how far they came, a new one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from pydantic import Field

from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.api import shared
from canone.ledgers.invoicing.api.documents import DocumentKind
from canone.ledgers.invoicing.models import Series
from canone.ledgers.invoicing.queries import series as queries
from canone.ledgers.invoicing.services.series import save as keep
from canone.ui import api

router = api.Router(tags=["invoicing"])
Kinds = list[DocumentKind]


class SeriesOut(api.Schema):
    """A series of numbers; `next_number` and `last_day` are of this year."""

    id: int
    code: str
    title: str
    kinds: list[DocumentKind]
    is_default: bool
    is_active: bool
    next_number: int
    last_day: date | None


class SeriesChange(api.Schema):
    """What changes of a series; the name of one that documents bear stays."""

    code: str | None = Field(None, min_length=1, max_length=6, description="letters and digits")
    title: str | None = Field(None, max_length=80)
    kinds: Kinds | None = None
    is_default: bool | None = None
    is_active: bool | None = None


class SeriesNew(SeriesChange):
    """A new series, and what it numbers."""

    code: str = Field(min_length=1, max_length=6, description="letters and digits")
    kinds: Kinds


@router.get("/series", response=api.Paged[SeriesOut], summary="List series of numbers")
@api.allows(permissions.ISSUE)
def list_series(
    request: api.Request,  # noqa: ARG001 (they belong to the firm)
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return the series of invoices, credit notes and pro-formas."""
    cut = api.cut(Series.objects.all(), page)
    return cut | {"items": [_told(row) for row in cut["items"]]}


@router.post("/series", response={201: SeriesOut}, summary="Begin a series of documents")
@api.allows(permissions.SETTINGS)
def create_series(request: api.Request, body: SeriesNew) -> api.Answer[dict[str, Any]]:
    """Return the new series; made the default, it takes that from another."""
    return api.Answer(201, _told(_kept(request, body)))


@router.patch("/series/{series_id}", response=SeriesOut, summary="Change a series of documents")
@api.allows(permissions.SETTINGS)
def change_series(request: api.Request, series_id: api.Id, body: SeriesChange) -> dict[str, Any]:
    """Return the series after the change; its numbers follow each other whatever changes."""
    row = shared.one(Series.objects.all(), series_id)
    return _told(_kept(request, body, row.pk))


def _kept(request: api.Request, body: SeriesChange, pk: int | None = None) -> Series:
    said = {name: value for name, value in body.model_dump().items() if value is not None}
    kinds = said.pop("kinds", None)
    if kinds is not None:
        said |= {flag: kind in kinds for kind, flag in queries.FLAGS.items()}
    try:
        return keep(by=request.user.pk, series_id=pk, **said)
    except ValidationError as error:
        raise _by_kinds(error) from error


def _by_kinds(error: ValidationError) -> ValidationError:
    """Return the faults under the names that callers know: one list instead of three switches."""
    if not hasattr(error, "error_dict"):
        return error
    known = error.error_dict
    flags = frozenset(queries.FLAGS.values())
    return ValidationError({"kinds" if name in flags else name: known[name] for name in known})


def _told(row: Series) -> dict[str, Any]:
    kinds = [kind for kind, flag in queries.FLAGS.items() if getattr(row, flag)]
    coming = queries.foreseen(kinds[0], row.code, shared.today()) if kinds else None
    names = ("code", "title", "is_default", "is_active")
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in names},
        "kinds": kinds,
        "next_number": coming.number if coming else 1,
        "last_day": coming.last_day if coming else None,
    }
