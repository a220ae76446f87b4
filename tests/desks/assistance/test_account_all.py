"""The run over all pending sessions: whatever ends an attempt, each session is told of once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from tests.make import assistance as make
from tests.make.assistance import NOON
from tests.people import people

from canone.base.tasks import runner, services, worker
from canone.base.tasks.models import Job
from canone.base.tasks.services import attempts
from canone.desks.assistance import tasks
from canone.desks.assistance.models import Accounting
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.services import accounting, booking
from canone.ledgers.invoicing.models import Charge

pytestmark = pytest.mark.django_db
PRICE = 4_400
MINUTE = timedelta(minutes=1)


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Job:
    """Return a run over three sessions, which goes from one to the next."""
    group = make.priced_group()
    for number in range(3):
        make.session(group, start=NOON + timedelta(hours=2 * number))
    monkeypatch.setattr(runner, "LOOK_EVERY", 0)
    one_by_one = partial(accounting.account_next, limit=1)
    monkeypatch.setattr(accounting, "account_next", one_by_one)
    return services.start(
        tasks.ACCOUNT_ALL,
        params={"scope": Scope().to_params(), "total": 3},
        by=people().owner.pk,
        at=timezone.now(),
    )


def before_charges(monkeypatch: pytest.MonkeyPatch, step: Callable[[int], None]) -> None:
    """Let `step` come in between while the nth batch is being written."""
    book, count = booking.book, iter(range(1, 10))

    def booked(*given: Any, seal: booking.Seal, **named: Any) -> booking.Booked:
        def sealed(done: booking.Booked) -> None:
            step(next(count))
            seal(done)

        return book(*given, seal=sealed, **named)

    monkeypatch.setattr(booking, "book", booked)


def told(job: Job) -> dict[str, int]:
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    return dict(job.report["tally"])


def test_a_run_tells_what_it_did(job: Job) -> None:
    worker.drain()
    assert told(job) == {"count": 3, "cents": 3 * PRICE, "minutes": 3 * 42}


def test_a_worker_that_was_stopped_in_between_is_counted(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_charges(monkeypatch, lambda batch: runner.stopping.set() if batch == 2 else None)
    runner.attempt(job.pk)
    assert Accounting.objects.count() == 2
    runner.stopping.clear()
    worker.drain()
    assert told(job) == {"count": 3, "cents": 3 * PRICE, "minutes": 3 * 42}


def test_a_worker_taken_for_dead_writes_nothing_more(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_up(batch: int) -> None:
        if batch == 2:
            Job.objects.update(state=Job.State.WAITING)

    before_charges(monkeypatch, taken_up)
    runner.attempt(job.pk)
    assert (Accounting.objects.count(), Charge.objects.count()) == (1, 1)
    attempts.rescue(at=timezone.now() + 2 * MINUTE, after=MINUTE)
    runner.attempt(job.pk)
    assert told(job) == {"count": 3, "cents": 3 * PRICE, "minutes": 3 * 42}
