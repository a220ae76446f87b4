"""Two servers and three workers on one PostgreSQL: what is begun on both at once is done once."""

from __future__ import annotations

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.utils import timezone
from tests.faults.conftest import House
from tests.faults.serving import Server
from tests.make import access

from canone.base.access import services
from canone.base.access.functions import Role
from canone.base.tasks import registry
from canone.config.bench import seed

pytestmark = pytest.mark.slow
SESSIONS = 6_000
ACCOUNT = "/api/v1/sessions/account"
COUNTS = "SELECT count(*), count(DISTINCT session_id) FROM assistance_accounting"
AT_WORK = "SELECT worker_ids FROM django_tasks_database_dbtaskresult WHERE status = 'RUNNING'"


@pytest.fixture
def busy(house: House) -> House:
    """Return a house on PostgreSQL with much to account."""
    if not house.postgres:
        pytest.skip("SQLite carries one machine")
    with house.inside():
        seed.sessions(SESSIONS, [group.name for group in seed.groups(seed.owner())])
    return house


def tokens(house: House) -> list[str]:
    """Return what opens the API to the owner and to a clerk."""
    with house.inside():
        folk = [seed.owner(), access.user(Role.BACK_OFFICE, email="clerk@example.com")]
        made = [
            services.create_token(user=one, name="t", scopes=["*"], at=timezone.now())
            for one in folk
        ]
    return [text for _token, text in made]


def test_account_all_begun_on_both_servers_accounts_each_session_once(busy: House) -> None:
    owner, clerk = tokens(busy)
    servers = [Server(busy), Server(busy)]
    workers = {process.pid: process for process in (busy.worker() for _number in range(3))}
    busy.wait(lambda: all(server.is_up() for server in servers))
    together = Barrier(4)

    def begin(server: Server, token: str) -> int:
        together.wait()
        status, text = server.ask(ACCOUNT, token, {})
        assert status == 202, text
        return int(json.loads(text)["job_id"])

    with ThreadPoolExecutor(4) as crowd:
        asked = [(server, token) for token in (owner, clerk) for server in servers]
        jobs = list(crowd.map(lambda one: begin(*one), asked))
    assert jobs[0] == jobs[1], "one person's second start finds the first"
    assert jobs[2] == jobs[3] != jobs[0]

    busy.wait(lambda: busy.ask(COUNTS)[0][0] > 0)
    killed = kill_one_at_work(busy, set(workers))
    servers[0].kill()
    assert servers[1].ask("/api/v1/me", owner)[0] == 200
    busy.wait(lambda: all(busy.job(job)[0] == "done" for job in set(jobs)))
    assert killed in workers

    ((rows, sessions),) = busy.ask(COUNTS)
    ((pending, priced),) = busy.ask(
        "SELECT count(*) FILTER (WHERE accounting_id IS NULL), sum(price)"
        " FROM assistance_remotesession"
    )
    ((charges, origins, amount),) = busy.ask(
        "SELECT count(*), count(DISTINCT origin), sum(amount) FROM invoicing_charge"
    )
    assert rows == sessions == charges == origins == SESSIONS - pending
    assert amount == priced
    assert pending < SESSIONS / 10, "only what is below the minimum stays"
    told = [busy.ask(f"SELECT report FROM tasks_job WHERE id = {job}")[0][0] for job in set(jobs)]
    assert sum(report["tally"]["count"] for report in told) == rows, "each is told of once"
    scheduled_once(busy)
    assert busy.faults() == []


def kill_one_at_work(house: House, pids: set[int]) -> int:
    """Return the process of a worker that held a job when it was killed."""

    def holders() -> list[int]:
        found = [ids[-1] for (ids,) in house.ask(AT_WORK) if ids]
        return [pid for name in found if (pid := int(str(name).split(":")[-2])) in pids]

    house.wait(lambda: bool(holders()))
    pid = holders()[0]
    os.kill(pid, signal.SIGKILL)
    return pid


def scheduled_once(house: House) -> None:
    """Every due date started one job in all, whatever the number of workers."""
    ticks = "SELECT id, created_at FROM tasks_job WHERE kind = 'workshop.tick' AND state = 'done'"
    house.wait(lambda: len(house.ask(ticks)) >= 3)
    made = sorted(at for _job, at in house.ask(ticks))
    due = [int((at - made[0]).total_seconds()) for at in made]
    assert len(due) == len(set(due)), "one a second"
    rare = [r.kind for r in registry.rhythms() if r.every >= timedelta(hours=1)]
    begun = dict(house.ask("SELECT kind, count(*) FROM tasks_job GROUP BY kind"))
    assert {kind: begun[kind] for kind in rare} == dict.fromkeys(rare, 1)
