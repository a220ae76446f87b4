"""An upgrade on several machines: programs of the old version still run when the tables are newer.

They write nothing more: pages say so and ask to come again, jobs are left to the new version.
"""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.utils import timezone
from tests.faults.conftest import House
from tests.faults.serving import Server
from tests.faults.test_grown import tokens

from canone.base.tasks import registry
from canone.base.tasks import services as tasks

pytestmark = pytest.mark.slow
NEWER = "tests.faults.workshop.newer.settings"
GREET = "newer.greet"
PARTIES = "/api/v1/parties"
NEW = {"name": "Rossi S.r.l.", "notes": "x"}
PIECES = 40


def greet(house: House) -> int:
    """Return a job that only the next version knows."""
    kind = registry.Kind(GREET, "Greet", lambda _work: None)
    with house.inside(), patch.dict(registry._kinds, {GREET: kind}):
        return tasks.start(GREET, params={}, by=None, at=timezone.now()).pk


def pieces(house: House, pause: float) -> int:
    log = str(house.folder / "attempts")
    return house.start_job("workshop.pieces", count=PIECES, pause=pause, log=log)


def ticks(house: House) -> int:
    ((count,),) = house.ask(
        "SELECT count(*) FROM tasks_job WHERE kind = 'workshop.tick' AND state = 'done'"
    )
    return int(count)


def people(house: House) -> int:
    ((count,),) = house.ask("SELECT count(*) FROM parties_party")
    return int(count)


def test_the_old_version_leaves_everything_to_the_new_one(house: House) -> None:
    if not house.postgres:
        pytest.skip("SQLite carries one machine, where one Canone runs at a time")
    owner, _clerk = tokens(house)
    server, worker = Server(house), house.worker()
    house.wait(server.is_up)
    assert server.ask(PARTIES, owner, NEW)[0] == 201

    # another machine has the new version already: what it begins is not for the old worker
    greeting = greet(house)
    passed = ticks(house)
    house.wait(lambda: ticks(house) >= passed + 2)
    assert house.job(greeting) == ("waiting", 0, 0)

    # the new version migrates while the old one is at work
    begun = pieces(house, pause=0.1)
    house.wait(lambda: house.job(begun)[0] == "running")
    before = house.env
    house.env = before | {"DJANGO_SETTINGS_MODULE": NEWER}
    house.run("migrate", "-v0")
    house.env = before
    for path in ("/readyz", "/healthz"):
        assert server.ask(path) == (503, "the tables are of a newer version: start that one\n")
    status, text = server.ask(PARTIES, owner, NEW)
    assert (status, "unavailable" in text) == (503, True), "nothing is written"
    status, text = server.ask(PARTIES, owner)
    assert (status, "unavailable" in text) == (503, True), "what cannot be read is said"
    assert server.ask("/accounts/login/")[0] == 200, "what can be read is shown"
    assert people(house) == 1
    house.wait(lambda: house.ask("SELECT count(*) FROM tasks_workersign") == [(0,)])
    left = pieces(house, pause=0)
    assert house.job(left) == ("waiting", 0, 0)

    newer = house.worker(DJANGO_SETTINGS_MODULE=NEWER)
    house.wait(lambda: all(house.job(job)[0] == "done" for job in (greeting, begun, left)))
    assert worker.poll() is None, "it waits for its end"
    assert newer.poll() is None
    assert house.job(greeting)[2] == house.job(left)[2] == 1
    told = house.ask(
        "SELECT kind, count(*), count(DISTINCT subject) FROM history_journalentry"
        " WHERE kind IN ('newer.greet', 'workshop.piece') GROUP BY kind ORDER BY kind"
    )
    assert told == [(GREET, 1, 1), ("workshop.piece", 2 * PIECES, 2 * PIECES)]
    assert house.faults() == []
