from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.make import access
from tests.people import people

from canone.base.access.functions import Role
from canone.base.tasks import queries, registry, runner, services, worker
from canone.base.tasks.models import Job, Schedule
from canone.base.tasks.registry import JobError, Work
from canone.base.tasks.services import attempts, schedule
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
State = Job.State
does: list[Any] = []


def run(work: Work) -> None:
    for number, step in enumerate(list(does), 1):
        if isinstance(step, Exception):
            raise step
        step(work)
        work.progress(number, len(does), f"step {number}")
    work.report({"lines": [["steps", len(does)]]})


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    does.clear()
    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr(registry, "_rhythms", {})
    monkeypatch.setattr(runner, "LOOK_EVERY", 0)
    registry.job("test.run", title="Run", max_attempts=3)(run)
    yield
    runner.stopping.clear()


def start(**given: Any) -> Job:
    return services.start("test.run", **{"params": {}, "by": None, "at": timezone.now(), **given})


def after_drain(job: Job) -> Job:
    worker.drain()
    job.refresh_from_db()
    return job


def make_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(due_at=AT)
    DBTaskResult.objects.update(run_after=AT)


def test_a_job_runs_once_with_its_parameters_and_keeps_progress_and_report() -> None:
    seen = []
    does.append(lambda work: seen.append((work.params, work.user_id, work.attempt)))
    user = access.user()
    job = after_drain(start(params={"ids": [1, 2]}, by=user.pk))
    assert seen == [({"ids": [1, 2]}, user.pk, 1)]
    assert (job.state, job.done, job.total, job.message) == (State.DONE, 1, 1, "step 1")
    assert job.report == {"lines": [["steps", 1]]}
    assert job.finished_at is not None
    assert worker.drain() == 0


def test_an_unknown_kind_is_not_started() -> None:
    with pytest.raises(KeyError):
        services.start("test.other", params={}, by=None, at=AT)


def test_a_key_is_at_work_once() -> None:
    job = start(key="all:7")
    assert start(key="all:7") == job
    assert start(key="all:8") != job
    after_drain(job)
    assert start(key="all:7") != job


def test_changes_of_records_carry_the_name_of_who_started_the_job() -> None:
    user = access.user()
    does.append(lambda _work: Party.objects.create(code="C1", name="Bianchi"))
    after_drain(start(by=user.pk))
    assert Party.history.get().history_user == user  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (JobError("No session is left"), "No session is left"),
        (ValidationError(["one", "two"]), "one\ntwo"),
    ],
)
def test_what_cannot_be_done_fails_at_once_and_says_why(error: Exception, said: str) -> None:
    does.append(error)
    job = after_drain(start())
    assert (job.state, job.error, job.reference, job.attempts) == (State.FAILED, said, "", 1)


def test_an_unexpected_error_shows_a_reference_and_nothing_of_the_inside(
    caplog: pytest.LogCaptureFixture,
) -> None:
    does.append(ZeroDivisionError("secret"))
    job = after_drain(start())
    assert job.state == State.FAILED
    assert "secret" not in job.error
    assert len(job.reference) == 8
    assert job.reference in caplog.text
    assert "ZeroDivisionError: secret" in caplog.text


def test_a_database_that_is_away_is_tried_again_ever_later_and_not_for_ever() -> None:
    does.append(OperationalError("server closed the connection"))
    job = start()
    for attempt in (1, 2):
        before = timezone.now()
        job = after_drain(job)
        assert (job.state, job.attempts) == (State.WAITING, attempt)
        wait = job.due_at - before
        assert timedelta(seconds=9 * attempt) <= wait <= timedelta(seconds=13 * attempt)
        assert worker.drain() == 0
        make_due(job)
    assert (after_drain(job).state, job.attempts) == (State.FAILED, 3)


def test_a_second_attempt_that_works_leaves_no_error() -> None:
    does.append(OperationalError())
    job = after_drain(start())
    does.clear()
    make_due(job)
    assert (after_drain(job).state, job.error, job.reference) == (State.DONE, "", "")


def test_a_waiting_job_that_is_stopped_never_runs() -> None:
    job = start()
    services.cancel(job=job, at=AT)
    assert worker.drain() == 0
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (State.CANCELLED, AT)
    with pytest.raises(services.NotPossibleError):
        services.cancel(job=job, at=AT)


def test_a_running_job_that_is_stopped_ends_at_its_next_sign() -> None:
    does.append(lambda work: work.report({"notes": ["so far"]}))
    does.append(lambda work: services.cancel(job=Job.objects.get(), at=AT))
    does.append(lambda work: pytest.fail("it went on"))
    job = after_drain(start())
    assert (job.state, job.done, job.report) == (State.CANCELLED, 2, {"notes": ["so far"]})


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_what_failed_or_was_stopped_starts_again_from_the_beginning(state: str) -> None:
    does.append(JobError("no"))
    job = start()
    if state == State.CANCELLED:
        services.cancel(job=job, at=AT)
    after_drain(job)
    does.clear()
    services.retry(job=job, at=timezone.now())
    assert (after_drain(job).state, job.error, job.attempts) == (State.DONE, "", 1)
    with pytest.raises(services.NotPossibleError):
        services.retry(job=job, at=AT)


def test_nothing_starts_again_while_its_key_is_at_work() -> None:
    first = start(key="all")
    services.cancel(job=first, at=AT)
    start(key="all")
    with pytest.raises(services.NotPossibleError):
        services.retry(job=first, at=AT)


def test_a_worker_that_stops_gives_its_job_back_uncounted() -> None:
    does.append(lambda work: runner.stopping.set())
    job = start()
    runner.attempt(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.WAITING, 0)
    runner.stopping.clear()
    does.clear()
    assert (after_drain(job).state, job.attempts) == (State.DONE, 1)


def silent(job: Job) -> Job:
    """A job whose worker was killed a while ago: taken, and nobody speaks for it."""
    place = DBTaskResult.objects.get(pk=job.queue_id)
    place.claim("dead")
    taken = attempts.take(job.pk, at=AT)
    assert taken is not None
    return taken


MINUTE = timedelta(seconds=60)


def test_a_job_of_a_silent_worker_is_taken_up_and_done() -> None:
    job = silent(start())
    assert attempts.rescue(at=AT + MINUTE, after=MINUTE) == 0
    assert attempts.rescue(at=AT + MINUTE + timedelta(seconds=1), after=MINUTE) == 1
    make_due(job)
    assert (after_drain(job).state, job.attempts) == (State.DONE, 2)
    assert not DBTaskResult.objects.running().exists()


def test_what_an_attempt_sealed_is_there_for_the_next_one() -> None:
    seen: list[Any] = []
    does.append(lambda work: seen.append((work.again, work.result.get("written"))))
    does.append(lambda work: work.seal({"written": work.attempt}))
    does.append(lambda work: runner.stopping.set())
    job = start()
    runner.attempt(job.pk)
    runner.stopping.clear()
    does.pop()
    make_due(job)
    job = after_drain(job)
    assert seen == [(False, None), (True, 1)], "the attempt that was given back counts no less"
    assert job.report == {"written": 1, "lines": [["steps", 2]]}


def test_who_was_taken_for_dead_seals_nothing() -> None:
    job = silent(start())
    attempts.rescue(at=AT + 2 * MINUTE, after=MINUTE)
    work = Work(params={}, job_id=job.pk, attempt=1, desk=runner.Watch(job.pk, 1))
    with pytest.raises(registry.LostJobError):
        work.seal({"written": 1})
    job.refresh_from_db()
    assert job.report == {}


def test_a_place_that_was_taken_and_left_before_the_job_began_is_filled_again() -> None:
    job = start(at=AT)
    DBTaskResult.objects.update(status="RUNNING", started_at=AT)
    assert attempts.rescue(at=AT + timedelta(seconds=61), after=MINUTE) == 1
    make_due(job)
    assert after_drain(job).state == State.DONE


def test_a_waiting_job_in_good_order_is_left_alone() -> None:
    start(at=AT)
    assert attempts.rescue(at=AT + timedelta(days=1), after=MINUTE) == 0


def test_a_job_that_is_not_tried_again_is_taken_up_once_when_its_worker_died() -> None:
    job = start()
    Job.objects.update(max_attempts=1)
    for state in (State.WAITING, State.FAILED):
        silent(job)
        attempts.rescue(at=AT + timedelta(seconds=61), after=MINUTE)
        job.refresh_from_db()
        assert job.state == state


def test_a_kind_of_a_newer_version_is_left_to_its_workers() -> None:
    job = start()
    Job.objects.update(kind="newer.kind")
    assert worker.drain() == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.WAITING, 0)
    other = start()
    assert after_drain(other).state == State.DONE


def test_a_job_that_kills_every_worker_fails_in_the_end() -> None:
    job = start()
    for _attempt in range(3):
        silent(Job.objects.get())
        attempts.rescue(at=AT + timedelta(seconds=61), after=MINUTE)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.FAILED, 3)
    assert job.error


def test_a_worker_that_was_taken_for_dead_ends_nothing() -> None:
    def outlived(work: Work) -> None:
        Job.objects.update(heartbeat_at=AT)
        attempts.rescue(at=AT + timedelta(seconds=61), after=MINUTE)

    does.append(outlived)
    does.append(lambda work: pytest.fail("it went on"))
    job = start()
    place = DBTaskResult.objects.get(pk=job.queue_id)
    runner.attempt(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.WAITING, 1)
    assert job.queue_id != place.pk


def test_a_sign_of_life_keeps_a_job_and_shows_the_worker() -> None:
    job = silent(start())
    later = AT + timedelta(hours=1)
    attempts.beat(worker="w", started_at=AT, held=[(job.pk, job.attempts)], at=later)
    assert attempts.rescue(at=later + timedelta(seconds=59), after=MINUTE) == 0
    assert queries.worker_alive(later + timedelta(seconds=59))
    assert not queries.worker_alive(later + timedelta(seconds=60))
    attempts.beat(worker="w", started_at=AT, held=[], at=later + MINUTE)
    assert queries.worker_alive(later + MINUTE)
    attempts.leave(worker="w")
    assert not queries.worker_alive(later + MINUTE)


def test_each_due_date_of_the_schedule_starts_one_job() -> None:
    registry.every("test.run", minutes=10)(run)
    assert len(schedule.run_schedule(at=AT)) == 1
    assert schedule.run_schedule(at=AT + timedelta(minutes=9)) == []
    worker.drain()
    started = schedule.run_schedule(at=AT + timedelta(minutes=37))
    assert [job.key for job in started] == ["schedule:test.run"]
    assert Schedule.objects.get().next_due == AT + timedelta(minutes=40)


def test_a_rhythm_waits_for_its_work_to_end() -> None:
    registry.every("test.run", minutes=10)(run)
    (first,) = schedule.run_schedule(at=AT)
    assert schedule.run_schedule(at=AT + timedelta(minutes=10)) == [first]
    assert Job.objects.count() == 1


def test_people_see_their_own_work_and_the_office_sees_all() -> None:
    who = people()
    jobs = {name: start(by=getattr(who, name).pk) for name in ("technician", "customer")}
    nobody = start()
    assert list(queries.visible_to(who.technician)) == [jobs["technician"]]
    assert list(queries.visible_to(who.stranger)) == []
    assert set(queries.visible_to(who.owner)) == {*jobs.values(), nobody}


def test_old_work_is_forgotten_what_failed_later() -> None:
    done, failed, mine = start(), start(), start(by=access.user().pk)
    Job.objects.filter(pk__in=[done.pk, mine.pk]).update(state=State.DONE, finished_at=AT)
    Job.objects.filter(pk=failed.pk).update(state=State.FAILED, finished_at=AT)
    day, month = timedelta(days=1), timedelta(days=30)
    at = AT + timedelta(days=2)
    assert schedule.prune(at=at, scheduled_after=day, others_after=month) == 1
    assert set(Job.objects.all()) == {failed, mine}
    schedule.prune(at=AT + 2 * month, scheduled_after=day, others_after=month)
    assert not Job.objects.exists()


def test_work_that_is_called_directly_needs_no_database_row() -> None:
    work = Work({"a": 1})
    work.progress(1, 2, "half")
    work.check_cancelled()
    work.report({"url": "/"})
    assert (work.done, work.result) == (1, {"url": "/"})


@pytest.mark.parametrize("number", range(1, 12))
def test_the_wait_doubles_up_to_half_an_hour(number: int) -> None:
    plain = min(10 * 2 ** (number - 1), 1800)
    assert 0.9 * plain <= attempts.wait_before(number).total_seconds() <= 1.1 * plain


def test_roles() -> None:
    assert access.user(Role.BACK_OFFICE).may("tasks.view_all")
    assert not access.user(Role.CUSTOMER).may("tasks.view")
