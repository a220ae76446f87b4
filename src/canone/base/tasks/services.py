"""Starting, stopping and taking up jobs; the only writer of this context's tables."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from canone.base.tasks import queries, queue, registry
from canone.base.tasks.models import Job, Schedule, WorkerSign
from canone.base.tasks.registry import Work

State = Job.State
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=30)


class NotPossibleError(Exception):
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
    _enqueue(job, at)
    return job


@transaction.atomic
def cancel(*, job: Job, at: datetime) -> Job:
    """Return the job: stopped when it waited, asked to stop when it runs.

    A job that has ended is a NotPossibleError.
    """
    job = _locked(job.pk)
    if job.state == State.WAITING:
        _leave_queue(job)
        return _end(job, State.CANCELLED, at)
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
    job = _locked(job.pk)
    if job.state not in {State.FAILED, State.CANCELLED}:
        raise NotPossibleError(_("Only what failed or was stopped can be started again."))
    if job.key and queries.active(job.key):
        raise NotPossibleError(_("The same work is under way already."))
    job.attempts, job.done, job.total, job.message = 0, 0, 0, ""
    job.error, job.reference, job.report = "", "", {}
    job.finished_at = job.cancel_requested_at = job.started_at = None
    _wait(job, at)
    return job


@transaction.atomic
def take(job_id: int, *, at: datetime) -> Job | None:
    """Return the job, running its next attempt; None when it is not waiting any more."""
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
    kept = _held(job_id, attempt).update(
        done=work.done, total=work.total, message=work.message[:400], heartbeat_at=at
    )
    return bool(kept)


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
        _held(job_id, attempt).update(heartbeat_at=at)


def leave(*, worker: str) -> None:
    """Return nothing; the worker is gone in good order."""
    WorkerSign.objects.filter(worker=worker).delete()


@transaction.atomic
def finish(*, job_id: int, attempt: int, work: Work, at: datetime) -> None:
    """Return nothing; the attempt has done the job."""
    if job := _locked_attempt(job_id, attempt):
        job.done, job.total, job.message = work.done, work.total, work.message[:400]
        job.report = work.result
        _end(job, State.DONE, at)


@transaction.atomic
def stop(*, job_id: int, attempt: int, work: Work, at: datetime) -> None:
    """Return nothing; the attempt has ended because somebody asked for it."""
    if job := _locked_attempt(job_id, attempt):
        job.report = work.result
        _end(job, State.CANCELLED, at)


@transaction.atomic
def give_back(*, job_id: int, attempt: int, at: datetime) -> None:
    """Return nothing; the attempt does not count, another worker takes the job."""
    if job := _locked_attempt(job_id, attempt):
        job.attempts -= 1
        _wait(job, at)


@transaction.atomic
def fail(
    *, job_id: int, attempt: int, error: str, reference: str, again: bool, at: datetime
) -> None:
    """Return nothing; the job has failed, or waits for its next attempt when `again`.

    Attempts are ever further apart, and end with the kind's limit.
    """
    job = _locked_attempt(job_id, attempt)
    if job is None:
        return
    job.error, job.reference = error, reference
    if again and job.attempts < job.max_attempts and not job.cancel_requested_at:
        _wait(job, at + wait_before(job.attempts))
    else:
        _end(job, State.CANCELLED if job.cancel_requested_at else State.FAILED, at)


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


@transaction.atomic
def run_schedule(*, at: datetime) -> list[Job]:
    """Return the jobs started because they are due; each due date starts one job in all."""
    started = []
    for rhythm in registry.rhythms():
        row, _made = Schedule.objects.get_or_create(name=rhythm.name, defaults={"next_due": at})
        if row.next_due > at:
            continue
        missed = (at - row.next_due) // rhythm.every
        claimed = Schedule.objects.filter(pk=row.pk, next_due=row.next_due).update(
            next_due=row.next_due + rhythm.every * (missed + 1)
        )
        if claimed:
            key = f"schedule:{rhythm.name}"
            started.append(start(rhythm.kind, params={}, by=None, at=at, key=key))
    return started


@transaction.atomic
def prune(*, at: datetime, scheduled_after: timedelta, others_after: timedelta) -> int:
    """Return how many ended jobs were forgotten: the schedule's sooner, unless they failed."""
    ended = Job.objects.exclude(state__in=Job.ACTIVE)
    scheduled = ended.filter(user=None, state=State.DONE, finished_at__lt=at - scheduled_after)
    forgotten, _models = scheduled.delete()
    more, _models = ended.filter(finished_at__lt=at - others_after).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=at - scheduled_after).delete()
    WorkerSign.objects.filter(seen_at__lt=at - scheduled_after).delete()
    return int(forgotten + more)


def _rescue(job_id: int, at: datetime, silent_since: datetime) -> int:
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id).first()
        if job is None:
            return 0
        if job.state == State.WAITING:
            if queue.is_in_order(job.queue_id, silent_since):
                return 0
            _wait(job, at)
            return 1
        beaten = job.heartbeat_at is not None and job.heartbeat_at >= silent_since
        if job.state != State.RUNNING or beaten:
            return 0
        job.error = str(_("The program that did this work ended unexpectedly."))
        if job.cancel_requested_at:
            _end(job, State.CANCELLED, at)
        elif job.attempts >= job.max_attempts:
            _end(job, State.FAILED, at)
        else:
            _wait(job, at)
    return 1


def _held(job_id: int, attempt: int) -> Any:
    return Job.objects.filter(pk=job_id, attempts=attempt, state=State.RUNNING)


def _locked(job_id: int) -> Job:
    return Job.objects.select_for_update().get(pk=job_id)


def _locked_attempt(job_id: int, attempt: int) -> Job | None:
    found: Job | None = _held(job_id, attempt).select_for_update().first()
    return found


def _end(job: Job, state: Job.State, at: datetime) -> Job:
    job.state, job.finished_at = state, at
    if state == State.DONE:
        job.error = job.reference = ""
    job.save()
    return job


def _wait(job: Job, due_at: datetime) -> None:
    job.state = State.WAITING
    _enqueue(job, due_at)


def _enqueue(job: Job, due_at: datetime) -> None:
    _leave_queue(job)
    job.due_at = due_at
    job.queue_id = queue.put(job.pk, due_at)
    job.save()


def _leave_queue(job: Job) -> None:
    if job.queue_id:
        queue.close(job.queue_id)
