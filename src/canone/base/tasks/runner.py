"""One attempt at a job: whatever happens in it ends in the job's row."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from canone.base import engine, room
from canone.base.firm import queries as firm
from canone.base.history import services as history
from canone.base.tasks import registry
from canone.base.tasks.models import Job
from canone.base.tasks.registry import (
    CancelledJobError,
    JobError,
    LostJobError,
    StoppingError,
    TransientError,
    Work,
)
from canone.base.tasks.services import attempts

logger = logging.getLogger("canone.tasks")
LOOK_EVERY = 0.5
TRANSIENT = (TransientError, OperationalError, InterfaceError, ConnectionError, TimeoutError)
RECONNECT_AFTER = (0.2, 0.5, 1, 2, 4, 8, 15)

stopping = threading.Event()
_held: set[tuple[int, int]] = set()
_lock = threading.Lock()


class Watch:
    """The desk of a job in the database: twice a second it keeps progress and looks for a stop."""

    def __init__(self, job_id: int, attempt: int) -> None:
        self.job_id, self.attempt = job_id, attempt
        self.kept = self.looked = float("-inf")

    def keep(self, work: Work) -> None:
        """Return nothing after keeping the progress, or raise what ends the job."""
        moment = time.monotonic()
        if moment - self.kept >= LOOK_EVERY:
            self.kept = moment
            if not attempts.save_progress(
                job_id=self.job_id, attempt=self.attempt, work=work, at=timezone.now()
            ):
                raise LostJobError
        self.check()

    def seal(self, work: Work) -> None:
        """Return nothing; the report stands or falls with the transaction at hand."""
        if not attempts.save_report(job_id=self.job_id, attempt=self.attempt, work=work):
            raise LostJobError

    def check(self) -> None:
        """Return nothing, or raise what ends the job."""
        if stopping.is_set():
            raise StoppingError
        moment = time.monotonic()
        if moment - self.looked < LOOK_EVERY:
            return
        self.looked = moment
        row = Job.objects.only("state", "attempts", "cancel_requested_at").get(pk=self.job_id)
        if row.state != Job.State.RUNNING or row.attempts != self.attempt:
            raise LostJobError
        if row.cancel_requested_at:
            raise CancelledJobError


def held() -> list[tuple[int, int]]:
    """Return the attempts (job, attempt) that this process is at."""
    with _lock:
        return sorted(_held)


def attempt(job_id: int) -> None:
    """Return nothing after one attempt; nothing at all when the job is not waiting any more."""
    job = attempts.take(job_id, at=timezone.now())
    if job is None:
        return
    work = Work(
        params=job.params,
        user_id=job.user_id,
        job_id=job.pk,
        attempt=job.attempts,
        again=job.started_at != job.heartbeat_at,
        desk=Watch(job.pk, job.attempts),
        result=job.report,
    )
    language = job.user.language if job.user else firm.firm().language
    with _holding(job), history.acting(job.user_id), translation.override(language):
        ending = _run(job, work)
        _insist(ending)


def _run(job: Job, work: Work) -> Callable[[], None]:
    """Return how the attempt ended, to be written down."""
    try:
        registry.get(job.kind).run(work)
    except CancelledJobError:
        return lambda: attempts.stop(
            job_id=job.pk, attempt=work.attempt, work=work, at=timezone.now()
        )
    except StoppingError:
        return lambda: attempts.give_back(job_id=job.pk, attempt=work.attempt, at=timezone.now())
    except LostJobError:
        logger.warning("job %s was given to another worker", job.pk)
        return lambda: None
    except Exception as error:
        if engine.may_be_ahead():
            logger.warning("job %s met newer tables: left to others", job.pk, exc_info=True)
            return lambda: attempts.give_back(
                job_id=job.pk, attempt=work.attempt, at=timezone.now()
            )
        return _failure(job, work, error)
    return lambda: attempts.finish(
        job_id=job.pk, attempt=work.attempt, work=work, at=timezone.now()
    )


def _failure(job: Job, work: Work, error: Exception) -> Callable[[], None]:
    full = room.is_full(error)
    again = full or isinstance(error, TRANSIENT)
    reference = ""
    if isinstance(error, JobError | ValidationError):
        said = "\n".join(error.messages) if isinstance(error, ValidationError) else str(error)
    else:
        reference = secrets.token_hex(4)
        logger.error(
            "job %s (%s) failed, reference %s", job.pk, job.kind, reference, exc_info=error
        )
        said = _("Something went wrong that Canone did not expect.")
        if full:
            said = _("The disk of the server is full. Make room there.")
        elif again:
            said = _("The database or another service could not be reached.")
    return lambda: attempts.fail(
        job_id=job.pk,
        attempt=work.attempt,
        error=said,
        reference=reference,
        again=again,
        at=timezone.now(),
    )


def _insist(write: Callable[[], None]) -> None:
    """Return nothing once it is written, with patience for a database that is away.

    When patience ends the error goes up; the job is rescued later, because nobody speaks for it.
    """
    for pause in RECONNECT_AFTER:
        try:
            write()
        except (OperationalError, InterfaceError) as error:
            logger.warning("the end of a job could not be written, trying again", exc_info=True)
            engine.reclaim(error)
            connection.close_if_unusable_or_obsolete()
            time.sleep(pause)
        else:
            return
    write()


@contextmanager
def _holding(job: Job) -> Iterator[None]:
    mine = (job.pk, job.attempts)
    with _lock:
        _held.add(mine)
    try:
        yield
    finally:
        with _lock:
            _held.discard(mine)
