"""Who changed what, on all records together, with the closed facts of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.access.functions import SETTINGS
from canone.base.history import queries
from canone.base.history.queries import Changed, Wanted
from canone.ui import api

router = api.Router(tags=["changes"])
FILTERS: Any = api.Query(...)


class FieldChanged(api.Schema):
    """A field, before and after, as pages write it."""

    field: str
    before: str
    after: str

    @staticmethod
    def resolve_field(change: queries.Change) -> str:
        """Return its name in the reader's language."""
        return str(change.field)


class RecordChange(api.Schema):
    """What somebody did to one record at once; a `closed` fact of the journal names its subject."""

    at: datetime
    kind: str
    id: str
    name: str
    who: str
    act: Literal["created", "changed", "deleted", "closed"]
    fields: Sequence[FieldChanged]
    reason: str

    @staticmethod
    def resolve_at(change: Changed) -> datetime:
        """Return when."""
        return change.place.at

    @staticmethod
    def resolve_id(change: Changed) -> str:
        """Return the record's own number."""
        return change.pk


class ChangesWanted(api.Schema):
    """Which changes are looked for; what is left out leaves everything."""

    kind: str = Field("", max_length=100, description="such as `parties.party`")
    user: api.Id | None = None
    since: api.Instant | None = None
    until: api.Instant | None = None
    text: str = Field("", max_length=100)


@router.get("/changes", response=api.Paged[RecordChange], summary="List changes of all records")
@api.allows(SETTINGS)
def list_changes(
    request: api.Request,  # noqa: ARG001 (owners see all)
    wanted: ChangesWanted = FILTERS,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return what was changed, newest first: versions of records and facts of the journal."""
    if wanted.kind and wanted.kind not in queries.kinds():
        raise api.invalid("kind", "unknown", _("There is no such kind of record."))
    try:
        after = queries.place(page.cursor) if page.cursor else None
    except ValueError as error:
        raise api.invalid("cursor", "cursor", _("Take the cursor from the page before.")) from error
    said = Wanted(wanted.kind, wanted.user, wanted.since, wanted.until, wanted.text)
    found = queries.changes(said, limit=page.limit + 1, after=after)
    items = found[: page.limit]
    return {"items": items, "next": items[-1].place.text if len(found) > page.limit else None}
