"""Starting, stopping and starting again: what people do with jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from canone.base.tasks import queries, registry
from canone.base.tasks.models import Job
from canone.base.tasks.services import rows

State = Job.State


class NotPossibleError(ValidationError):
    """The job's state does not allow it."""


@transaction.atomic
def start(
    kind: str,
    *,
    params: dict[str, Any],
    by: int | None,
    at: datetime,
    key: str | None = None,
    label: str = "",
) -> Job:
    """Return a new job, to be run once the caller's transaction is committed.

    With a key, the job that waits or runs under it is returned instead of a second one.
    """
    declared = registry.get(kind)
    if key and (existing := queries.active(key)):
        return existing
    job = Job(
        kind=kind,
        label=label[:200],
        key=key or "",
        params=params,
        user_id=by,
        max_attempts=declared.max_attempts,
        created_at=at,
        due_at=at,
    )
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:
        if key and (existing := queries.active(key)):
            return existing
        raise
    rows.enqueue(job, at)
    return job


@transaction.atomic
def cancel(*, job: Job, at: datetime) -> Job:
    """Return the job: stopped when it waited, asked to stop when it runs.

    A job that has ended is a NotPossibleError.
    """
    job = rows.locked(job.pk)
    if job.state == State.WAITING:
        rows.leave_queue(job)
        return rows.end(job, State.CANCELLED, at)
    if job.state != State.RUNNING:
        raise NotPossibleError(_("This work has ended already."))
    job.cancel_requested_at = job.cancel_requested_at or at
    job.save(update_fields=["cancel_requested_at"])
    return job


@transaction.atomic
def retry(*, job: Job, at: datetime) -> Job:
    """Return the job, waiting again from its first attempt.

    A job that has not failed and was not stopped, or whose key is at work, is a NotPossibleError.
    """
    job = rows.locked(job.pk)
    if job.state not in {State.FAILED, State.CANCELLED}:
        raise NotPossibleError(_("Only what failed or was stopped can be started again."))
    if job.key and queries.active(job.key):
        raise NotPossibleError(_("The same work is under way already."))
    job.attempts, job.done, job.total, job.message = 0, 0, 0, ""
    job.error, job.reference, job.report = "", "", {}
    job.finished_at = job.cancel_requested_at = job.started_at = None
    rows.wait(job, at)
    return job
