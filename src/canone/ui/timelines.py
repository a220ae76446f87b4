"""What happened to a thing, as a timeline shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext

from canone.base.history import queries as history
from canone.ui import formats, zones

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after, as text."""

    field: StrOrPromise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what and when."""

    at: datetime
    who: str = ""
    what: StrOrPromise = ""
    changes: Sequence[Change] = ()
    reason: str = ""
    url: str = ""


def of(record: models.Model, *, limit: int = 100) -> list[Entry]:
    """Return the history of a record with `history = HistoricalRecords()`, newest first."""
    words = {"created": gettext("Created."), "deleted": gettext("Deleted.")}
    entries: list[Entry] = []
    changes = history.timeline(record, limit=limit)
    for (who, when), group in groupby(changes, key=lambda change: (change.who, change.when)):
        listed = list(group)
        what = " ".join(words[change.kind] for change in listed if change.kind in words)
        changed = tuple(
            Change(_upper(change.field), change.before or "–", change.after or "–")
            for change in listed
            if change.kind == "changed"
        )
        entries.append(Entry(when, who, what, changed))
    return entries


def last_change(record: models.Model) -> tuple[str, str]:
    """Return who changed the record last and at what time, for a conflict's page."""
    entries = of(record, limit=2)
    return (entries[0].who, formats.time_of(entries[0].at, zones.zone())) if entries else ("", "")


def _upper(word: StrOrPromise) -> str:
    text = str(word)
    return text[:1].upper() + text[1:]
