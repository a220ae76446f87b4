"""Reads of the journal and of the history of records."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, reduce
from itertools import pairwise
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.models import OuterRef, Q, Subquery, Value
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


def trace() -> str:
    """Return what differs once any business record was changed, or any fact closed."""
    tables = sorted(
        model._meta.db_table  # noqa: SLF001 (public Meta)
        for model in apps.get_models()
        if hasattr(model, "history_object") and hasattr(model, "history_id")
    )
    quoted = map(connection.ops.quote_name, tables)
    asked = ", ".join(f"(SELECT MAX(history_id) FROM {name})" for name in quoted)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        last = cursor.fetchone()
    return f"{head().seq}|{'|'.join(map(str, last))}"


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


def of_parts(
    model: type[models.Model], *, limit: int = 200, **where: Any
) -> list[tuple[Any, Change]]:
    """Return what changed on the records that ever fitted `where`, each with its version.

    Newest first, from their last versions; records that are gone are among them.
    """
    manager: Any = model.history  # type: ignore[attr-defined]
    name = model._meta.pk.attname  # noqa: SLF001 (public Meta)
    versions = list(
        manager.filter(**where)
        .select_related("history_user")
        .order_by("-history_date", "-history_id")[:limit]
    )
    before: dict[Any, Any] = {}
    found: list[tuple[Any, Change]] = []
    for version in reversed(versions):
        older = before.get(getattr(version, name))
        if version.history_type == "+":
            found.append((version, _whole(version, "created")))
        elif version.history_type == "-":
            found.append((version, _whole(version, "deleted")))
        elif older is not None:
            found += [(version, change) for change in _fields(version, older)]
        before[getattr(version, name)] = version
    found.reverse()
    return found


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
        if change.field not in STAMPS
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


JOURNAL = "history.journalentry"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WRITTEN = re.compile(r"[0-9a-f]{1,15}-[0-9a-f]{1,3}-[0-9a-f]{1,15}")
NAMES = (
    *("name", "title", "number", "code", "label", "description", "reference"),
    *("device_name", "hint", "key", "email"),
)
"""By which of its fields a record is called, the first that says something."""
STAMPS = frozenset({"created_at", "created_by", "updated_at", "updated_by"})
"""What the history says anyway."""
ACTS = {"+": "created", "~": "changed", "-": "deleted"}


class Place(NamedTuple):
    """Where a change stands among all, newest first: instant, kind of record, number there."""

    at: datetime
    kind: int
    number: int

    @property
    def text(self) -> str:
        """Return the place as `place` reads it, at most 40 characters."""
        micros = (self.at - EPOCH) // timedelta(microseconds=1)
        return f"{micros:x}-{self.kind:x}-{self.number:x}"


def place(text: str) -> Place:
    """Return the place that was written; a ValueError for what none of ours wrote."""
    if not WRITTEN.fullmatch(text):
        raise ValueError(text)
    micros, kind, number = (int(part, 16) for part in text.split("-"))
    try:
        return Place(EPOCH + timedelta(microseconds=micros), kind, number)
    except OverflowError as error:
        raise ValueError(text) from error


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes are looked for; what is empty leaves everything."""

    kind: str = ""
    by: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What somebody did to one record at once: `created`, `changed`, `deleted` or `closed`.

    A closed fact of the journal has its kind and subject as `name`, and no fields.
    """

    place: Place
    kind: str
    pk: str
    name: str
    who: str
    act: str
    fields: Sequence[Change] = ()
    reason: str = ""


@cache
def kinds() -> tuple[str, ...]:
    """Return every kind of record whose changes are kept, and the journal: labels, in order."""
    kept = [m._meta.label_lower for m in apps.get_models() if hasattr(m, "history")]  # noqa: SLF001 (public Meta)
    return tuple(sorted([*kept, JOURNAL]))


def changes(wanted: Wanted, *, limit: int, after: Place | None = None) -> list[Changed]:
    """Return what was changed, newest first, on all records together.

    A version that changed nothing that is kept, as a sign-in leaves one, is none.
    """
    told: list[Changed] = []
    while True:
        places = _places(wanted, limit, after)
        told += _read_all(places)
        if len(told) >= limit or len(places) < limit:
            return told[:limit]
        after = places[-1]


def _places(wanted: Wanted, limit: int, after: Place | None) -> list[Place]:
    # A question per kind, each along its index: one for all would sort every change ever made.
    chosen = [kind for kind in kinds() if wanted.kind in ("", kind)]
    arms = [_arm(kind, wanted, after)[:limit] for kind in chosen]
    return sorted((Place(*row) for arm in arms for row in arm), reverse=True)[:limit]


def _read_all(places: Sequence[Place]) -> list[Changed]:
    by_kind: dict[int, list[int]] = defaultdict(list)
    for one in places:
        by_kind[one.kind].append(one.number)
    found = {
        (number, key): change
        for number, keys in by_kind.items()
        for key, change in _read(number, keys).items()
    }
    listed = (found[one.kind, one.number] for one in places)
    return [one for one in listed if one.act != "changed" or one.fields or one.reason]


def _arm(kind: str, wanted: Wanted, after: Place | None) -> models.QuerySet[Any, Any]:
    """Return the places of one kind of record, newest first."""
    model, moment, key, who = _table(kind)
    number = kinds().index(kind)
    rows = model._default_manager.order_by(f"-{moment}", f"-{key}")  # noqa: SLF001 (public Meta)
    if wanted.by is not None:
        rows = rows.filter(**{who: wanted.by})
    if wanted.since:
        rows = rows.filter(**{f"{moment}__gte": wanted.since})
    if wanted.until:
        rows = rows.filter(**{f"{moment}__lt": wanted.until})
    if after:
        earlier = Q(**{f"{moment}__lt": after.at})
        if number < after.kind:
            earlier |= Q(**{moment: after.at})
        elif number == after.kind:
            earlier |= Q(**{moment: after.at, f"{key}__lt": after.number})
        rows = rows.filter(earlier)
    texts = _texts(model)
    for word in wanted.text.split()[:8]:
        rows = rows.filter(
            reduce(or_, (Q(**{f"{name}__icontains": word}) for name in texts), Q(pk=0))
        )
    constant = Value(number, output_field=models.IntegerField())
    found: models.QuerySet[Any, Any] = rows.annotate(kind_number=constant)
    return found.values_list(moment, "kind_number", key)


def _table(kind: str) -> tuple[type[models.Model], str, str, str]:
    """Return the table of versions, and its columns of instant, number and person."""
    if kind == JOURNAL:
        return JournalEntry, "at", "seq", "by"
    model: Any = apps.get_model(kind)
    return model.history.model, "history_date", "history_id", "history_user"


def _texts(model: type[models.Model]) -> list[str]:
    return [
        field.name
        for field in model._meta.concrete_fields  # noqa: SLF001 (public Meta)
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.name.startswith("history_")
        and field.name not in ("previous", "hash")
    ]


def _read(number: int, keys: list[int]) -> dict[int, Changed]:
    """Return the changes of one kind, with what stood there before."""
    kind = kinds()[number]
    model, _moment, _key, _by = _table(kind)
    if model is JournalEntry:
        rows = JournalEntry.objects.filter(pk__in=keys).select_related("by")
        return {row.seq: _closed(row, number) for row in rows}
    versions: Any = model._default_manager  # noqa: SLF001 (public Meta)
    earlier = versions.filter(
        Q(history_date__lt=OuterRef("history_date"))
        | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id")),
        id=OuterRef("id"),
    ).order_by("-history_date", "-history_id")
    rows = versions.filter(history_id__in=keys).select_related("history_user")
    listed = list(rows.annotate(earlier=Subquery(earlier.values("history_id")[:1])))
    before = versions.in_bulk([row.earlier for row in listed if row.earlier])
    return {row.history_id: _changed(row, before.get(row.earlier), number) for row in listed}


def _closed(row: JournalEntry, number: int) -> Changed:
    who = row.by.get_full_name() if row.by else ""
    name = f"{row.kind} {row.subject}"
    return Changed(Place(row.at, number, row.seq), JOURNAL, row.subject, name, who, "closed")


def _changed(version: Any, before: Any, number: int) -> Changed:
    told = version.history_type == "~" and before is not None
    return Changed(
        Place(version.history_date, number, version.history_id),
        kinds()[number],
        str(version.id),
        next((str(text) for name in NAMES if (text := getattr(version, name, ""))), ""),
        _who(version),
        ACTS[version.history_type],
        _fields(version, before) if told else (),
        version.history_change_reason or "",
    )


def every(wanted: Wanted, *, step: int = 500) -> Iterator[Changed]:
    """Yield all changes that are looked for, newest first, some hundreds in memory at a time."""
    after = None
    while found := changes(wanted, limit=step, after=after):
        yield from found
        after = found[-1].place
