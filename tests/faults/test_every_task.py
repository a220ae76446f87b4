"""Every kind of background work, with server and worker killed at commits on its way.

Workers are forked by one process that has loaded everything (`workshop/forge.py`) and end
themselves with SIGKILL; fifty seconds later, by their own clock, another looks around. What stands
in the database then is what an undisturbed run leaves: nothing is lost, nothing is there twice.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from tests.channels.connectors.fakes.teamviewer import TeamViewer
from tests.faults import sums
from tests.faults.conftest import ROOT, House
from tests.faults.stories import DAY, STORIES, World
from tests.make import smtp, webhooks

from canone.base.tasks import registry, worker
from canone.base.tasks.models import Schedule

pytestmark = pytest.mark.slow
ATTEMPTS = (
    "tasks_job",
    "tasks_schedule",
    "tasks_workersign",
    "django_tasks_database_dbtaskresult",
    "axes_accesslog",
)
KILLED = -9
SOON = 50
"""Seconds after which what a dead worker left is taken up."""


class Forge:
    """The process that makes workers; their last words lie in its log."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.log = folder / "forge.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.workshop.forge"],
                env=env,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._heard()

    def _heard(self) -> int:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.log.read_text()[-3000:]
        return int(line)

    def order(self, *, dies: tuple[str, int] = ("", 0), **orders: Any) -> int:
        """Return how many commits there were; KILLED when the worker did not live to tell.

        One that wrote down its progress less often, as less time went by, may live.
        """
        assert self.process.stdin
        self.process.stdin.write(json.dumps({**orders, "dies": dies}) + "\n")
        self.process.stdin.flush()
        said = self._heard()
        if said == KILLED and dies[0]:
            return said
        status = self._heard()
        assert status == 0, self.log.read_text()[-3000:]
        assert not dies[0] or said < dies[1], f"{orders} lived through {dies}"
        return said

    def close(self) -> None:
        """End."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def forge(
    tmp_path_factory: pytest.TempPathFactory, model_house: House, world: World
) -> Iterator[Forge]:
    folder = tmp_path_factory.mktemp("forge")
    made = Forge(folder, model_house.env)
    try:
        place = Place("ui.forget_requests", folder, model_house, made, world)
        house = place.fresh()
        for what in ("begin", "run", "look around"):
            place.do(house, what, here=True)
        house.close()
        place.model.close()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with (
        smtp.server() as mails,
        TeamViewer(page_size=10) as tool,
        webhooks.receiver() as ear,
    ):
        yield World(mails, tool, ear)


class Place:
    """Where a kind's story is told again and again, each time in a fresh copy of one house."""

    def __init__(self, kind: str, folder: Path, plain: House, forge: Forge, world: World) -> None:
        self.kind, self.story, self.folder = kind, STORIES[kind], folder
        self.forge, self.world, self.count = forge, world, 0
        self.model = House(folder / "model", plain)
        world.tool.records.clear()
        with self.model.inside():
            self.story.arrange(world)
            later = timezone.now() + 30 * DAY
            for name in {"workshop.tick", *(rhythm.name for rhythm in registry.rhythms())} - {kind}:
                Schedule.objects.create(name=name, next_due=later)
        world.keep()

    def fresh(self, model: House | None = None) -> House:
        """Return a copy of the house in which nothing has happened yet, or of another one."""
        self.count += 1
        self.world.reset()
        return House(self.folder / str(self.count), model or self.model)

    def do(self, house: House, what: str, **more: Any) -> int:
        data = str(house.folder / "data")
        return self.forge.order(do=what, kind=self.kind, database=house.database, data=data, **more)

    def look(self, house: House) -> dict[str, Any]:
        """Return what came of it."""
        without = {*ATTEMPTS, *self.story.apart}
        with house.inside():
            told = self.story.told(self.world)
        asked = "SELECT kind, state, error, count(*) FROM tasks_job GROUP BY 1, 2, 3 ORDER BY 1, 2"
        return {
            "told": told,
            "jobs": house.ask(asked),
            **sums.of(house, without=without, numbered=False),
        }

    def end(self, house: House) -> dict[str, Any]:
        """Return what stands there after others had a minute, and the work its own patience."""
        self.do(house, "look around", later=SOON)
        waits = self.story.patience.total_seconds()
        if waits:
            self.do(house, "begin", later=waits)
            self.do(house, "look around", later=waits)
        found = self.look(house)
        house.close()
        shutil.rmtree(house.folder, ignore_errors=True)
        return found

    def undisturbed(self) -> tuple[int, int, dict[str, Any]]:
        """Return the commits of beginning and of running, and what came of it."""
        house = self.fresh()
        begun, ran = self.do(house, "begin"), self.do(house, "run")
        return begun, ran, self.end(house)


@pytest.mark.parametrize("kind", sorted(STORIES))
def test_it_survives_every_kill(
    kind: str, tmp_path: Path, model_house: House, forge: Forge, world: World
) -> None:
    place = Place(kind, tmp_path, model_house, forge, world)
    few = model_house.postgres or not place.story.reaches_out
    try:
        begun, ran, whole = place.undisturbed()
        assert begun
        assert ran >= 4, "taken, begun, done, left the queue"
        assert {state for _kind, state, _error, _count in whole["jobs"]} == {"done"}
        for moment, number in moments(begun, few=True):
            house = place.fresh()
            place.do(house, "begin", dies=(moment, number))
            place.do(house, "begin")
            place.do(house, "run")
            assert place.end(house) == whole, f"a server died {moment} commit {number} of {begun}"
        waiting = place.fresh()
        place.do(waiting, "begin")
        for moment, number in moments(ran, few=few):
            house = place.fresh(waiting)
            place.do(house, "run", dies=(moment, number))
            assert place.end(house) == whole, f"a worker died {moment} commit {number} of {ran}"
        waiting.close()
    finally:
        place.model.close()


def moments(count: int, *, few: bool) -> list[tuple[str, int]]:
    """Return where to die: before and after every commit, or at the start, half-way and at the end.

    A copy of a house costs PostgreSQL a second; and whoever only writes tables, as beginning does,
    has its transactions to save it, wherever it dies.
    """
    if few:
        return sorted({("after", 1), ("before", (count + 1) // 2), ("before", count)})
    return [(moment, number) for number in range(1, count + 1) for moment in ("before", "after")]


def test_a_minute_is_enough_to_be_missed() -> None:
    beat, looks = worker.BEAT_EVERY, settings.RESCUE_SECONDS / 4
    assert settings.RESCUE_SECONDS + looks <= SOON
    assert SOON + beat <= 60
