"""One attempt at a job: taken, alive, ended; and taken up when its worker falls silent."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.tasks.models import Job, WorkerSign
from canone.base.tasks.registry import Work
from canone.base.tasks.services import queue, rows

State = Job.State
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=30)
LEAST_TAKEN_UP = 2
"""A job that is not tried again after a failure is, once, after the death of its worker."""


@transaction.atomic
def take(job_id: int, *, at: datetime) -> Job | None:
    """Return the job, running its next attempt; None when it is not waiting any more.

    It was started before if `started_at` is not `heartbeat_at`.
    """
    job = Job.objects.select_for_update().filter(pk=job_id, state=State.WAITING).first()
    if job is None:
        return None
    job.state = State.RUNNING
    job.attempts += 1
    job.started_at = job.started_at or at
    job.heartbeat_at = at
    job.save()
    return job


def save_progress(*, job_id: int, attempt: int, work: Work, at: datetime) -> bool:
    """Return whether the attempt still holds the job; its progress is kept, and a sign of life."""
    kept = rows.held(job_id, attempt).update(
        done=work.done, total=work.total, message=work.message[:400], heartbeat_at=at
    )
    return bool(kept)


def save_report(*, job_id: int, attempt: int, work: Work) -> bool:
    """Return whether the attempt still holds the job; its report is kept if it does.

    To the end of the transaction nobody else can take the job up.
    """
    return bool(rows.held(job_id, attempt).update(report=work.result))


def beat(*, worker: str, started_at: datetime, held: list[tuple[int, int]], at: datetime) -> None:
    """Return nothing; the worker and the attempts it holds (job, attempt) are alive at `at`."""
    WorkerSign.objects.update_or_create(
        worker=worker,
        defaults={"seen_at": at},
        create_defaults={
            "seen_at": at,
            "started_at": started_at,
        },
    )
    for job_id, attempt in held:
        rows.held(job_id, attempt).update(heartbeat_at=at)


def leave(*, worker: str) -> None:
    """Return nothing; the worker is gone in good order."""
    WorkerSign.objects.filter(worker=worker).delete()


@transaction.atomic
def finish(*, job_id: int, attempt: int, work: Work, at: datetime) -> None:
    """Return nothing; the attempt has done the job."""
    if job := rows.locked_attempt(job_id, attempt):
        job.done, job.total, job.message = work.done, work.total, work.message[:400]
        job.report = work.result
        rows.end(job, State.DONE, at)


@transaction.atomic
def stop(*, job_id: int, attempt: int, work: Work, at: datetime) -> None:
    """Return nothing; the attempt has ended because somebody asked for it."""
    if job := rows.locked_attempt(job_id, attempt):
        job.report = work.result
        rows.end(job, State.CANCELLED, at)


@transaction.atomic
def give_back(*, job_id: int, attempt: int, at: datetime) -> None:
    """Return nothing; the attempt does not count, another worker takes the job."""
    if job := rows.locked_attempt(job_id, attempt):
        job.attempts -= 1
        rows.wait(job, at)


@transaction.atomic
def fail(
    *, job_id: int, attempt: int, error: str, reference: str, again: bool, at: datetime
) -> None:
    """Return nothing; the job has failed, or waits for its next attempt when `again`.

    Attempts are ever further apart, and end with the kind's limit.
    """
    job = rows.locked_attempt(job_id, attempt)
    if job is None:
        return
    job.error, job.reference = error, reference
    if again and job.attempts < job.max_attempts and not job.cancel_requested_at:
        rows.wait(job, at + wait_before(job.attempts))
    else:
        rows.end(job, State.CANCELLED if job.cancel_requested_at else State.FAILED, at)


def wait_before(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: twice as long each time, a tenth apart."""
    plain: timedelta = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return plain * random.uniform(0.9, 1.1)  # noqa: S311 (spreads attempts, guards nothing)


def rescue(*, at: datetime, after: timedelta) -> int:
    """Return how many jobs were taken up because their worker is silent for `after`."""
    silent = Job.objects.filter(state=State.RUNNING, heartbeat_at__lt=at - after)
    lost = Job.objects.filter(state=State.WAITING, due_at__lt=at - after)
    rescued = 0
    for job_id in [*silent.values_list("pk", flat=True), *lost.values_list("pk", flat=True)]:
        rescued += _rescue(job_id, at, at - after)
    return rescued


def _rescue(job_id: int, at: datetime, silent_since: datetime) -> int:
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id).first()
        if job is None:
            return 0
        if job.state == State.WAITING:
            if queue.is_in_order(job.queue_id, silent_since):
                return 0
            rows.wait(job, at)
            return 1
        beaten = job.heartbeat_at is not None and job.heartbeat_at >= silent_since
        if job.state != State.RUNNING or beaten:
            return 0
        job.error = str(_("The program that did this work ended unexpectedly."))
        if job.cancel_requested_at:
            rows.end(job, State.CANCELLED, at)
        elif job.attempts >= max(job.max_attempts, LEAST_TAKEN_UP):
            rows.end(job, State.FAILED, at)
        else:
            rows.wait(job, at)
    return 1
