"""A house of its own for every test: a database, workers that can be killed, eyes to look in."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker
from tests import database

from canone.base.history import services as history
from canone.base.tasks import registry
from canone.base.tasks import services as tasks

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0


class House:
    """An installation in a folder, on the engine that the suite runs on."""

    blocker: DjangoDbBlocker

    def __init__(self, folder: Path, model: House | None = None) -> None:
        self.folder = folder
        self.postgres = connection.vendor == "postgresql"
        self.name = f"canone_{uuid4().hex[:12]}"
        self.database = self.name if self.postgres else str(folder / "data" / "canone.sqlite3")
        self.processes: list[subprocess.Popen[bytes]] = []
        self.env = os.environ | {
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "tests.faults.workshop.settings",
            "CANONE_DATA": str(folder / "data"),
            "CANONE_SECRET_KEY": "only-for-tests",
            "CANONE_RESCUE_SECONDS": "2",
        }
        self.env.pop("DATABASE_URL", None)
        if self.postgres:
            self.env["DATABASE_URL"] = f"postgres:///{self.name}"
            for part in ("HOST", "USER", "PORT"):
                if value := connection.settings_dict[part]:
                    self.env[f"PG{part}"] = str(value)
        self._build(model)

    def _build(self, model: House | None) -> None:
        """Return nothing; the database is there, a copy of the model's or made anew."""
        if model and self.postgres:
            database.ask_server(f'CREATE DATABASE "{self.name}" TEMPLATE "{model.name}"')
        if model and (model.folder / "data").exists():
            shutil.copytree(model.folder / "data", self.folder / "data")
        elif not model:
            (self.folder / "data").mkdir(parents=True)
            database.copy(self.database)

    def run(self, *command: str) -> str:
        """Return what a command of the house prints."""
        done = subprocess.run(
            [sys.executable, "-m", "django", *command],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let the test itself work in the house; a process of its own would cost a second."""
        data = self.folder / "data"
        before = str(connection.settings_dict["NAME"])
        guard = override_settings(DATA=data, FILES=data / "files")
        with self.blocker.unblock(), guard:
            database.point_at(self.database)
            try:
                yield
            finally:
                database.point_at(before)

    def start_job(self, kind: str, **params: Any) -> int:
        """Return the id of a job of the workshop."""
        with self.inside(), workshop():
            return tasks.start(kind, params=params, by=None, at=timezone.now()).pk

    def faults(self) -> list[Any]:
        """Return what is wrong with the journal."""
        with self.inside():
            return list(history.verify())

    def worker(self, **env: str) -> subprocess.Popen[bytes]:
        """Return a worker at work; its log lies in the folder."""
        path = self.folder / f"worker-{len(self.processes)}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "django", "worker", "--poll", "0.1"],
                env=self.env | env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question to the database, asked from outside."""
        if self.postgres:
            with psycopg.connect(**database.address(self.name)) as seen:
                return seen.execute(sql.encode()).fetchall()
        with closing(sqlite3.connect(self.database, timeout=20)) as seen:
            return seen.execute(sql).fetchall()

    def job(self, job_id: int) -> tuple[str, int, int]:
        """Return the job's state, pieces done, and attempts."""
        ((state, done, attempts),) = self.ask(
            f"SELECT state, done, attempts FROM tasks_job WHERE id = {job_id}"
        )
        return state, done, attempts

    def wait(self, until: Callable[[], bool]) -> None:
        """Return when it is so; fail, with the workers' logs, when patience ends."""
        limit = time.monotonic() + PATIENCE
        while not until():
            if time.monotonic() > limit:
                logs = sorted(self.folder.glob("worker-*.log"))
                pytest.fail("\n".join(log.read_text()[-3000:] for log in logs))
            time.sleep(0.1)

    def cut_connections(self) -> None:
        """Return nothing after the server threw everybody out, as a restart does."""
        database.ask_server(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'"
        )

    def close(self) -> None:
        """Return nothing; processes and database are gone."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a server has processes of its own
            process.wait()
        if self.postgres:
            database.drop(self.name)


@contextmanager
def workshop() -> Iterator[None]:
    """Let the workshop's kinds of jobs be known here too, and forget them."""
    with patch.dict(registry._kinds), patch.dict(registry._rhythms):
        sys.modules.pop("tests.faults.workshop.tasks", None)
        import_module("tests.faults.workshop.tasks")
        yield


@pytest.fixture(scope="session")
def model_house(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[House]:
    """Return a house that nobody lives in, for others to be copied from."""
    House.blocker = django_db_blocker
    with django_db_blocker.unblock():
        made = House(tmp_path_factory.mktemp("house"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def house(tmp_path: Path, model_house: House) -> Iterator[House]:
    """Return a fresh house, emptied of its processes afterwards."""
    made = House(tmp_path, model_house)
    try:
        yield made
    finally:
        made.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """Return nothing after `kill -9`."""
    process.send_signal(signal.SIGKILL)
    process.wait()
