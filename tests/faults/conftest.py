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
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0


class House:
    """An installation in a folder, on the engine that the suite runs on."""

    def __init__(self, folder: Path, model: House | None = None) -> None:
        self.folder = folder
        self.postgres = connection.vendor == "postgresql"
        self.name = f"canone_{uuid4().hex[:12]}"
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
        if self.postgres:
            copied = f' TEMPLATE "{model.name}"' if model else ""
            self._ask_server(f'CREATE DATABASE "{self.name}"{copied}')
        elif model:
            shutil.copytree(model.folder / "data", self.folder / "data")
        if model is None:
            self.run("migrate", "-v0")

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

    def start_job(self, kind: str, **params: Any) -> int:
        """Return the id of a job that was started in another process."""
        return int(
            self.run(
                "shell",
                "-v0",
                "-c",
                "from django.utils import timezone; from canone.base.tasks import services; "
                f"print(services.start({kind!r}, params={params!r}, by=None, "
                "at=timezone.now()).pk)",
            )
        )

    def worker(self) -> subprocess.Popen[bytes]:
        """Return a worker at work; its log lies in the folder."""
        path = self.folder / f"worker-{len(self.processes)}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "django", "worker", "--poll", "0.1"],
                env=self.env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question to the database, asked from outside."""
        if self.postgres:
            import psycopg

            with psycopg.connect(**self._address(self.name)) as seen:
                return seen.execute(sql.encode()).fetchall()
        with closing(sqlite3.connect(self.folder / "data" / "canone.sqlite3", timeout=20)) as seen:
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
        self._ask_server(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'"
        )

    def close(self) -> None:
        """Return nothing; processes and database are gone."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        if self.postgres:
            self._ask_server(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _ask_server(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(**self._address("postgres"), autocommit=True) as server:
            server.execute(sql.encode())

    def _address(self, name: str) -> dict[str, Any]:
        given = connection.settings_dict
        parts = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"]}
        return {"dbname": name, **{key: value for key, value in parts.items() if value}}


@pytest.fixture(scope="session")
def model_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a house that nobody lives in, for others to be copied from."""
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
