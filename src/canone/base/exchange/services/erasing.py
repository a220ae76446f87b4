"""Takes the uploaded files away that hold somebody's values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from canone.base.exchange import queries, readers
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.readers import Chunk
from canone.base.exchange.rules.faults import BadFileError
from canone.base.files import queries as stored
from canone.base.files import services as files
from canone.kernel.mentions import Words

State = ImportBatch.State
AT_WORK = (State.CHECKING, State.WRITING)
LEFT = b"erased\n"
"""What lies in the place of a file, so that the import's page still has one."""


def holding(words: Words) -> list[int]:
    """Return the imports, those at work apart, whose file, report or remarks hold the words."""
    batches = ImportBatch.objects.exclude(state__in=AT_WORK).select_related("file", "report")
    return [batch.pk for batch in batches.order_by("pk").iterator() if _holds(batch, words)]


def existing(ids: Iterable[int]) -> set[int]:
    """Return those of the imports that are there and not at work."""
    idle = ImportBatch.objects.exclude(state__in=AT_WORK)
    return set(idle.filter(pk__in=list(ids)).values_list("pk", flat=True))


def erase(ids: Collection[int], *, at: datetime) -> int:
    """Return how many imports have neither file, report nor remarks any more.

    What they wrote stays, and can still be undone.
    """
    for batch_id in ids:
        _erase(batch_id, at)
    return len(ids)


@transaction.atomic
def _erase(batch_id: int, at: datetime) -> None:
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    before = [batch.file] if batch.report is None else [batch.file, batch.report]
    paths = queries.working_files(batch)
    owner = f"exchange.batch:{batch.pk}"
    batch.file = files.store(LEFT, name="erased.txt", owner=owner, at=at, by=None)
    batch.report, batch.problems, batch.message = None, [], ""
    if batch.state not in (State.DONE, State.UNDONE):
        batch.state = State.FAILED
    batch.save(update_fields=["file", "report", "problems", "message", "state"])
    for file in before:
        files.delete(file, at_once=True)
    for path in paths:
        path.unlink(missing_ok=True)


def _holds(batch: ImportBatch, words: Words) -> bool:
    if words.are_in_data([batch.file.name, batch.problems, batch.message, batch.options]):
        return True
    path, spool = stored.path(batch.file), queries.spool(batch).with_suffix(".words")
    if not path.is_file():
        # a run that died between the bytes and the row
        return True
    try:
        shape, _rows = readers.inspect(path, batch.file.name, spool=spool)
        return any(_speaks(chunk, words) for chunk in readers.chunks(path, shape, spool=spool))
    except BadFileError:
        # what nobody can read may hold anything, and is of no use, but for what we left ourselves
        return path.read_bytes() != LEFT
    finally:
        spool.unlink(missing_ok=True)


def _speaks(chunk: Chunk, words: Words) -> bool:
    return words.are_in("\n".join(str(cell) for row in chunk.rows for cell in row if cell))
