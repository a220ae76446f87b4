"""Second pass: the staged rows are written, chunk by chunk, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from canone.base import bulk
from canone.base.events import facts
from canone.base.exchange import importers, queries
from canone.base.exchange.events import ImportFinished
from canone.base.exchange.importers import Run
from canone.base.exchange.models import ImportBatch, ImportedRow
from canone.base.exchange.progress import Progress, Silent
from canone.base.exchange.services.batches import ImportRefusedError

State = ImportBatch.State
READY = (State.CHECKED, State.STOPPED, State.WRITING)


def write(
    batch_id: int,
    *,
    good_only: bool = False,
    at: datetime,
    by: int | None,
    progress: Progress | None = None,
    again: bool = False,
) -> ImportBatch:
    """Return the batch, written to its end; `again` also one whose end was written before.

    With bad rows it is refused unless `good_only`. A write that was stopped or killed goes on
    where it was: how far it came is stored with the rows themselves.
    """
    progress = progress or Silent()
    done = ImportBatch.objects.filter(pk=batch_id, state=State.DONE).first() if again else None
    if done is not None:
        return _tidied(done)
    batch = _begin(batch_id, good_only=good_only)
    try:
        run = importers.get(batch.importer).prepare(queries.setup(batch, at=at, by=by))
        for number, rows in enumerate(queries.staged_chunks(batch), start=1):
            if number <= batch.position:
                continue
            progress.check_cancelled()
            batch = _chunk(run, batch_id, number, rows, at=at, by=by)
            progress.progress(batch.new + batch.changed + batch.known, batch.good, "")
    except BaseException:
        with suppress(DatabaseError):  # then it stays as it is, and the next start goes on
            ImportBatch.objects.filter(pk=batch_id, state=State.WRITING).update(state=State.STOPPED)
        raise
    _end(batch, at)
    return _tidied(batch)


def _tidied(batch: ImportBatch) -> ImportBatch:
    for path in queries.working_files(batch):
        path.unlink(missing_ok=True)
    return batch


@transaction.atomic
def _begin(batch_id: int, *, good_only: bool) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state not in READY:
        raise ImportRefusedError(_("Only an import that is checked can be written."))
    if batch.bad and not (good_only or batch.good_only):
        raise ImportRefusedError(
            _("Nothing was written: %(bad)s of %(total)s rows cannot be read.")
            % {"bad": batch.bad, "total": batch.total}
        )
    if not queries.staged(batch).exists():
        raise ImportRefusedError(_("The checked rows are gone. Check the file again."))
    batch.state, batch.good_only = State.WRITING, good_only or batch.good_only
    batch.save(update_fields=["state", "good_only"])
    return batch


@transaction.atomic
def _end(batch: ImportBatch, at: datetime) -> None:
    batch.state, batch.finished_at = State.DONE, at
    batch.save(update_fields=["state", "finished_at"])
    told = ImportFinished(
        import_id=batch.pk,
        importer=batch.importer,
        file=batch.file.name,
        total=batch.total,
        new=batch.new,
        changed=batch.changed,
        known=batch.known,
    )
    facts.tell(ImportFinished, [told], at=at)


@transaction.atomic
def _chunk(
    run: Run, batch_id: int, number: int, rows: Sequence[Any], *, at: datetime, by: int | None
) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.position >= number:
        return batch
    written = run.write([tuple(row) for row in rows], batch=batch_id, at=at, by=by)
    if written.ids:
        bulk.insert(ImportedRow, ("batch_id", "row"), ((batch_id, row) for row in written.ids))
    batch.new += written.new
    batch.changed += written.changed
    batch.known += written.known
    batch.position = number
    batch.save(update_fields=["new", "changed", "known", "position"])
    return batch
