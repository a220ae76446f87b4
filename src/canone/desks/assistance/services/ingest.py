"""Sessions come in, from whatever source, each once.

A row is known by (source, external_id). A row that is known already adds nothing; where the known
one was still open, the end that has arrived closes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from canone.base import bulk
from canone.desks.assistance.models import Accounting, DeviceRule, GroupRule, RemoteSession
from canone.desks.assistance.queries import mapping as known_as
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.services import mapping
from canone.registers.parties.models import Group

LONGEST_SECONDS = int(lengths.LONGEST.total_seconds())
COLUMNS = (
    "source", "external_id", "kind", "technician_id", "technician_name", "device_key",
    "device_name", "group_hint", "group_id", "started_at", "ended_at", "seconds",
    "extra_minutes", "note", "is_manual", "is_included", "import_batch", "updated_at",
    "technician_key",
)  # fmt: skip


class NotASessionError(ValueError):
    """The row contradicts itself; the text says how."""


@dataclass(frozen=True, slots=True)
class IngestRow:
    """One session as a source tells it; instants are aware, `seconds` defaults to their span."""

    external_id: str
    technician: str
    started_at: datetime
    ended_at: datetime | None
    technician_key: str = ""
    device_key: str = ""
    device_name: str = ""
    group_hint: str = ""
    seconds: int | None = None
    extra_minutes: int = 0
    note: str = ""
    kind: str = "remote"


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did."""

    seen: int
    new: int
    closed: int
    unassigned: int


def identity(technician: str, device: str, started_at: datetime, ended_at: datetime | None) -> str:
    """Return the key of a session whose source has none: a hash of who, where and when."""
    end = ended_at.timestamp() if ended_at else ""
    text = f"{technician.casefold()}\x1f{device.casefold()}\x1f{started_at.timestamp()}\x1f{end}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Resolver:
    """Finds the technician and the group of a row; reads what is known once."""

    def __init__(self, source: str) -> None:
        self.matcher = known_as.matcher(source)
        self.seen: dict[tuple[str, str], int | None] = {}
        self.placing = mapping.Placing(source)
        self.devices = dict(
            DeviceRule.objects.filter(source=source).values_list("device_key", "group_id")
        )
        self.hints: dict[str, int] = {
            name.casefold(): key for key, name in Group.objects.values_list("id", "name")
        }
        rules = GroupRule.objects.filter(source=source).values_list("hint", "group_id")
        self.hints.update((hint.casefold(), key) for hint, key in rules)

    def technician(self, row: IngestRow) -> int | None:
        """Return the user known under the row's key or name: learned, by mail, by alias."""
        key = (row.technician_key, row.technician)
        if key not in self.seen:
            self.seen[key] = self.matcher.find(*key)
        return self.seen[key]

    def group(self, row: IngestRow) -> int | None:
        """Return the group: the device's first, then the tool's group by rule or by name."""
        found = self.devices.get(row.device_key or row.device_name)
        if found is None and row.group_hint:
            found = self.hints.get(row.group_hint.casefold())
        return found


def write(
    rows: Iterable[IngestRow],
    *,
    source: str,
    at: datetime,
    batch: int | None = None,
    resolver: Resolver | None = None,
) -> Written:
    """Return what was new; all of `rows` is written in one transaction, or nothing.

    Raises NotASessionError for a row whose end lies before its start or that is too long.
    """
    known = resolver or Resolver(source)
    moment = bulk.instant(at)
    place = bulk.instants()
    ready = [_row(row, source, moment, batch, known, place) for row in rows]
    with transaction.atomic():
        new = bulk.insert_missing(RemoteSession, COLUMNS, ready)
        if new and known.placing:
            _count(known.placing, ready, new, source, at)
        closed = _close(ready, source) if new < len(ready) else 0
    inbox = sum(1 for row in ready if row[8] is None)
    return Written(seen=len(ready), new=new, closed=closed, unassigned=inbox)


def _row(
    row: IngestRow,
    source: str,
    moment: Any,
    batch: int | None,
    known: Resolver,
    place: Callable[[datetime], Any],
) -> tuple[Any, ...]:
    seconds = _seconds(row)
    return (
        source,
        row.external_id,
        row.kind,
        known.technician(row),
        row.technician,
        row.device_key or row.device_name,
        row.device_name,
        row.group_hint,
        known.group(row),
        place(row.started_at),
        None if row.ended_at is None else place(row.ended_at),
        seconds,
        row.extra_minutes,
        row.note,
        False,
        False,
        batch,
        moment,
        row.technician_key[:160],
    )


def _count(
    placing: mapping.Placing, ready: Sequence[tuple[Any, ...]], new: int, source: str, at: datetime
) -> None:
    """Let the rules know how many of the new sessions they placed."""
    fresh = ready
    if new < len(ready):
        keys = [row[1] for row in ready]
        wrote: set[str] = set()
        for start in range(0, len(keys), bulk.CHUNK):
            found = RemoteSession.objects.filter(
                source=source, external_id__in=keys[start : start + bulk.CHUNK], updated_at=at
            )
            wrote.update(found.values_list("external_id", flat=True))
        fresh = [row for row in ready if row[1] in wrote]
    mapping.count(placing.used((row[5], row[7], row[18], row[4]) for row in fresh))


def _seconds(row: IngestRow) -> int | None:
    if row.ended_at is None:
        return None
    seconds = row.seconds
    if seconds is None:
        seconds = int((row.ended_at - row.started_at).total_seconds())
    if row.ended_at < row.started_at or seconds < 0:
        raise NotASessionError(f"{row.external_id}: ends before it starts")
    if seconds > LONGEST_SECONDS:
        raise NotASessionError(f"{row.external_id}: longer than a year")
    return seconds


def _close(ready: Sequence[tuple[Any, ...]], source: str) -> int:
    ended = {row[1]: row for row in ready if row[10] is not None}
    keys = list(ended)
    closed = 0
    for start in range(0, len(keys), bulk.CHUNK):
        open_ = RemoteSession.objects.filter(
            source=source,
            external_id__in=keys[start : start + bulk.CHUNK],
            ended_at__isnull=True,
            accounting__isnull=True,
        ).values_list("id", "external_id", "started_at", "note")
        changes = [_ending(ended[key], session_id, note) for session_id, key, _at, note in open_]
        closed += bulk.update(
            RemoteSession,
            ("started_at", "ended_at", "seconds", "note", "updated_at"),
            changes,
            where="ended_at IS NULL",
        )
    return closed


def _ending(row: tuple[Any, ...], session_id: int, note: str) -> tuple[Any, ...]:
    return (row[9], row[10], row[11], note or row[13], row[17], session_id)


class UsedError(Exception):
    """Sessions of the import are accounted or were worked on; `ids` names them."""

    def __init__(self, ids: list[int]) -> None:
        super().__init__(f"{len(ids)} sessions are in use")
        self.ids = ids


@transaction.atomic
def withdraw(*, batch: int) -> int:
    """Return how many sessions of an import were taken back; raises UsedError when any is in use.

    In use is what was ever accounted, or edited by a person after it came in.
    """
    held = RemoteSession.objects.select_for_update().filter(import_batch=batch)
    list(held.values_list("id", flat=True))  # nobody accounts one of them meanwhile
    used = Accounting.objects.filter(session__import_batch=batch).values_list(
        "session_id", flat=True
    )
    edited = RemoteSession.history.filter(import_batch=batch).values_list("id", flat=True)
    ids = sorted({*used, *edited})
    if ids:
        raise UsedError(ids)
    # Row by row, Django would write a line of history for each: the import's own record tells it.
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {bulk.table(RemoteSession)} WHERE import_batch = %s",  # noqa: S608
            [batch],
        )
        return int(cursor.rowcount)
