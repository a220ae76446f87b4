"""The queue of django-tasks, as far as jobs use it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from canone.base.tasks import registry
from canone.base.tasks.models import Job

Place = DBTaskResult[Any, Any]


@task()
def run_job(job_id: int) -> None:
    """Return nothing after one attempt at the job; what happened stands in its row."""
    from canone.base.tasks import runner  # noqa: PLC0415 (the runner's services use this queue)

    runner.attempt(job_id)


def put(job_id: int, due_at: datetime) -> UUID:
    """Return the id of a new place in the queue, not to be taken before `due_at`."""
    return UUID(run_job.using(run_after=due_at).enqueue(job_id).id)


def close(queue_id: UUID) -> None:
    """Return nothing; the place is given up, whoever held it."""
    DBTaskResult.objects.filter(pk=queue_id, status=TaskResultStatus.READY).delete()
    DBTaskResult.objects.filter(pk=queue_id, status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.FAILED
    )


def is_in_order(queue_id: UUID | None, silent_since: datetime) -> bool:
    """Whether a waiting job will be taken: its place is free, or was taken a moment ago."""
    free = Q(status=TaskResultStatus.READY)
    taken = Q(status=TaskResultStatus.RUNNING, started_at__gte=silent_since)
    return DBTaskResult.objects.filter(free | taken, pk__in=[queue_id]).exists()


def take(worker: str) -> Place | None:
    """Return the next place that is due, held by `worker` now; None when there is none.

    Jobs of a kind that only a newer version knows are left to its workers.
    """
    strange = Job.objects.filter(state=Job.State.WAITING, queue_id__isnull=False).exclude(
        kind__in=registry.codes()
    )
    due = DBTaskResult.objects.ready().exclude(pk__in=strange.values("queue_id"))
    if not due.exists():
        return None
    with exclusive_transaction():
        place: Place | None = due.get_locked()
        if place is not None:
            place.claim(worker)
    return place


def run(place: Place) -> None:
    """Return nothing after running what stands at the place."""
    try:
        result = place.task.call(*place.args_kwargs["args"], **place.args_kwargs["kwargs"])
    except Exception as error:  # noqa: BLE001 (a task's error is kept with it, whatever it is)
        place.set_failed(error)
    else:
        place.set_successful(result)
