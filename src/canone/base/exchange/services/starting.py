"""Both passes as background work, one at a time per import."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from canone.base.exchange.models import ImportBatch
from canone.base.exchange.services.batches import ImportRefusedError
from canone.base.tasks import services as tasks
from canone.base.tasks.models import Job

State = ImportBatch.State
CHECK = "exchange.check"
WRITE = "exchange.write"


def start_check(batch: ImportBatch, *, url: str, at: datetime, by: int) -> Job:
    """Return the job of the first pass; `url` is where its result is shown."""
    if batch.profile_id is None:
        raise ImportRefusedError(_("Choose the columns first."))
    return _start(batch, CHECK, {"batch": batch.pk, "url": url}, at=at, by=by)


def start_write(batch: ImportBatch, *, good_only: bool, url: str, at: datetime, by: int) -> Job:
    """Return the job of the second pass; refused with bad rows unless `good_only`."""
    if batch.state not in (State.CHECKED, State.STOPPED, State.WRITING):
        raise ImportRefusedError(_("Only an import that is checked can be written."))
    if batch.bad and not (good_only or batch.good_only):
        raise ImportRefusedError(_("Correct the file, or choose to import the good rows."))
    params = {"batch": batch.pk, "good_only": good_only, "url": url}
    return _start(batch, WRITE, params, at=at, by=by)


@transaction.atomic
def _start(
    batch: ImportBatch, kind: str, params: dict[str, object], *, at: datetime, by: int
) -> Job:
    job = tasks.start(
        kind, params=params, by=by, at=at, key=f"exchange:{batch.pk}", label=batch.file.name
    )
    ImportBatch.objects.filter(pk=batch.pk).update(job=job.pk)
    batch.job = job.pk
    return job
