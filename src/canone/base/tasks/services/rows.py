"""How a job's row moves from state to state, together with its place in the queue."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from canone.base.events import facts
from canone.base.tasks.events import JobFailed
from canone.base.tasks.models import Job
from canone.base.tasks.services import queue

State = Job.State


def held(job_id: int, attempt: int) -> QuerySet[Job]:
    """Return the job as long as the attempt still holds it, or nothing."""
    return Job.objects.filter(pk=job_id, attempts=attempt, state=State.RUNNING)


def locked(job_id: int) -> Job:
    """Return the job, held for this transaction."""
    return Job.objects.select_for_update().get(pk=job_id)


def locked_attempt(job_id: int, attempt: int) -> Job | None:
    """Return the job that the attempt holds, held for this transaction too; or None."""
    return held(job_id, attempt).select_for_update().first()


def end(job: Job, state: Job.State, at: datetime) -> Job:
    """Return the job, ended in `state`."""
    job.state, job.finished_at = state, at
    if state == State.DONE:
        job.error = job.reference = ""
    job.save()
    if state == State.FAILED:
        told = JobFailed(job.pk, job.kind, job.label, job.attempts, job.error, job.reference)
        facts.tell(JobFailed, [told], at=at)
    return job


def wait(job: Job, due_at: datetime) -> None:
    """Return nothing; the job waits for its next attempt."""
    job.state = State.WAITING
    enqueue(job, due_at)


def enqueue(job: Job, due_at: datetime) -> None:
    """Return nothing; the job has one place in the queue, a new one, and is saved."""
    leave_queue(job)
    job.due_at = due_at
    job.queue_id = queue.put(job.pk, due_at)
    job.save()


def leave_queue(job: Job) -> None:
    """Return nothing; the job has no place in the queue any more."""
    if job.queue_id:
        queue.close(job.queue_id)
