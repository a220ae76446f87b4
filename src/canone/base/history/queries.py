"""Reads of the journal and of the history of records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from canone.base.history.models import JournalEntry, JournalHead
from canone.base.history.rules import Fact, Head, Link

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record changed; `kind` is `created`, `changed` or `deleted`.

    A record's creation and end are one change each, without a field.
    """

    who: str
    when: datetime
    kind: str
    field: StrOrPromise
    before: str
    after: str


def head() -> Head:
    """Return the last entry's number and hash; zero before the first."""
    row = JournalHead.objects.filter(pk=1).first()
    return Head(row.seq, row.hash) if row else Head()


def facts_of(subject: str) -> models.QuerySet[JournalEntry]:
    """Return the journal's entries about `subject`, oldest first."""
    return JournalEntry.objects.filter(subject=subject).select_related("by").order_by("seq")


def links() -> Iterator[Link]:
    """Return all entries in order, a few thousand in memory at a time."""
    rows = JournalEntry.objects.order_by("seq").values_list(
        "seq", "at", "by_id", "kind", "subject", "payload", "previous", "hash"
    )
    for seq, at, by, kind, subject, payload, previous, digest in rows.iterator(chunk_size=2_000):
        yield Link(seq, at, by, Fact(kind, subject, payload), previous, digest)


def timeline(record: models.Model, *, limit: int = 200) -> list[Change]:
    """Return what changed on a record with `history`, newest first, from its last versions."""
    manager: Any = record.__class__.history  # type: ignore[attr-defined]
    query = manager.filter(**{record._meta.pk.attname: record.pk})  # noqa: SLF001 (public Meta)
    versions = list(
        query.select_related("history_user").order_by("-history_date", "-history_id")[: limit + 1]
    )
    changes: list[Change] = []
    for newer, older in pairwise([*versions, None]):
        if newer.history_type == "+":
            changes.append(_whole(newer, "created"))
        elif newer.history_type == "-":
            changes.append(_whole(newer, "deleted"))
        elif older is not None:
            changes.extend(_fields(newer, older))
    return changes


def _whole(version: Any, kind: str) -> Change:
    return Change(_who(version), version.history_date, kind, "", "", "")


def _fields(newer: Any, older: Any) -> list[Change]:
    who, when = _who(newer), newer.history_date
    return [
        Change(
            who,
            when,
            "changed",
            _label(newer, change.field),
            _text(newer, change.field, change.old),
            _text(newer, change.field, change.new),
        )
        for change in newer.diff_against(older).changes
    ]


def _who(version: Any) -> str:
    return version.history_user.get_full_name() if version.history_user else ""


def _label(version: Any, name: str) -> StrOrPromise:
    try:
        label: StrOrPromise = version.instance_type._meta.get_field(name).verbose_name  # noqa: SLF001 (public Meta)
    except FieldDoesNotExist:
        return name
    return label


def _text(version: Any, name: str, value: Any) -> str:
    """Return the value as a page shows it: the choice's word, the name of what it points at."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    field = version.instance_type._meta.get_field(name)  # noqa: SLF001 (public Meta)
    if isinstance(field, models.ForeignKey):
        related = field.related_model._default_manager.filter(pk=value).first()  # noqa: SLF001
        return str(getattr(related, "name", None) or getattr(related, "title", None) or value)
    return str(dict(field.flatchoices).get(value, value)) if field.choices else str(value)
