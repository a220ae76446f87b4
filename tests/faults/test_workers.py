"""Workers are killed in the middle: nothing is lost, nothing is done twice."""

from __future__ import annotations

import signal

import pytest
from django.utils import timezone
from tests.faults.conftest import House, kill

from canone.base.tasks import services as tasks
from canone.base.tasks.models import Job

pytestmark = pytest.mark.slow
COUNT = 30


def begun(house: House, job_id: int, pieces: int = 3) -> bool:
    state, _done, _attempts = house.job(job_id)
    return state == "running" and len(made(house, job_id)) >= pieces


def made(house: House, job_id: int) -> list[str]:
    rows = house.ask(
        f"SELECT subject FROM history_journalentry WHERE subject LIKE 'piece:{job_id}:%'"
    )
    return sorted(str(subject) for (subject,) in rows)


def whole(job_id: int) -> list[str]:
    return sorted(f"piece:{job_id}:{number}" for number in range(COUNT))


def start(house: House, pause: float = 0.1) -> int:
    log = str(house.folder / "attempts")
    return house.start_job("workshop.pieces", count=COUNT, pause=pause, log=log)


def attempts(house: House) -> list[str]:
    return (house.folder / "attempts").read_text().split()


def assert_sound(house: House) -> None:
    assert house.faults() == []


def test_what_a_killed_worker_left_is_finished_by_another(house: House) -> None:
    job_id = start(house)
    first = house.worker()
    house.wait(lambda: begun(house, job_id))
    kill(first)
    assert house.job(job_id)[0] == "running"
    house.worker()
    house.wait(lambda: house.job(job_id)[0] == "done")
    assert house.job(job_id) == ("done", COUNT, 2)
    assert attempts(house) == ["1", "2"]
    assert made(house, job_id) == whole(job_id)
    assert_sound(house)


def test_several_workers_share_the_work_and_the_schedule(house: House) -> None:
    jobs = [start(house, pause=0.01) for _number in range(3)]
    crew = [house.worker() for _number in range(3)]
    house.wait(lambda: all(house.job(job_id)[0] == "done" for job_id in jobs))
    for job_id in jobs:
        assert house.job(job_id) == ("done", COUNT, 1)
        assert made(house, job_id) == whole(job_id)
    ticks = "SELECT count(*) FROM tasks_job WHERE kind = 'workshop.tick' AND state = 'done'"
    house.wait(lambda: house.ask(ticks)[0][0] >= 3)
    for process in crew:
        process.send_signal(signal.SIGTERM)
    for process in crew:
        assert process.wait(timeout=30) == 0
    done = house.ask("SELECT id FROM tasks_job WHERE kind = 'workshop.tick' AND state = 'done'")
    told = house.ask("SELECT subject FROM history_journalentry WHERE kind = 'workshop.tick'")
    assert sorted(f"tick:{job_id}" for (job_id,) in done) == sorted(str(row[0]) for row in told)
    assert_sound(house)


def test_a_worker_that_is_asked_to_stop_gives_its_job_back(house: House) -> None:
    job_id = start(house)
    first = house.worker()
    house.wait(lambda: begun(house, job_id))
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=30) == 0
    assert house.job(job_id)[0] == "waiting"
    assert house.job(job_id)[2] == 0
    assert house.ask("SELECT count(*) FROM tasks_workersign") == [(0,)]
    house.worker()
    house.wait(lambda: house.job(job_id)[0] == "done")
    assert made(house, job_id) == whole(job_id)


def test_a_running_job_stops_when_somebody_asks(house: House) -> None:
    job_id = start(house, pause=0.3)
    house.worker()
    house.wait(lambda: begun(house, job_id))
    with house.inside():
        tasks.cancel(job=Job.objects.get(pk=job_id), at=timezone.now())
    house.wait(lambda: house.job(job_id)[0] == "cancelled")
    assert 3 <= len(made(house, job_id)) < COUNT


def test_a_database_that_throws_everybody_out_is_only_an_interruption(house: House) -> None:
    if not house.postgres:
        pytest.skip("SQLite has no server that could go away")
    job_id = start(house)
    house.worker()
    house.wait(lambda: begun(house, job_id))
    house.cut_connections()
    house.wait(lambda: house.job(job_id)[0] == "done")
    assert made(house, job_id) == whole(job_id)
    assert_sound(house)
