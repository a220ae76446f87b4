"""The tables are made once a run; whoever tests, and each house of `tests/faults`, gets a copy."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

RUN = "CANONE_TEST_RUN"
"""Names the folder that the processes of one run share."""


def open_run() -> None:
    """Make the folder of the run; the processes that it starts inherit its name."""
    os.environ[RUN] = tempfile.mkdtemp(prefix="canone-run-")


def close_run() -> None:
    """Leave nothing of the run behind."""
    folder = Path(os.environ.pop(RUN))
    if (folder / "made").exists():
        drop(_model(folder))
    shutil.rmtree(folder, ignore_errors=True)


def point_at(name: str) -> None:
    """Let this process work on the database of that name, or in that file."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def copy(name: str) -> None:
    """Make a database with all tables and nothing in them; one of that name is replaced."""
    folder = Path(os.environ[RUN])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(_model(folder))
            (folder / "made").touch()
    if connection.vendor == "sqlite":
        shutil.copyfile(_model(folder), name)
    else:
        drop(name)
        ask_server(f'CREATE DATABASE "{name}" TEMPLATE "{_model(folder)}"')


def drop(name: str) -> None:
    """Throw a database away, with who is connected."""
    if connection.vendor == "postgresql":
        ask_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _model(folder: Path) -> str:
    if connection.vendor == "sqlite":
        return str(folder / "model.sqlite3")
    return folder.name.replace("-", "_")


def _make(name: str) -> None:
    before = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql":
        ask_server(f'CREATE DATABASE "{name}"')
    point_at(name)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    point_at(before)


def ask_server(sql: str) -> None:
    """Run one statement on PostgreSQL, beside the connection that tests guard."""
    with psycopg.connect(**address("postgres"), autocommit=True) as server:
        server.execute(sql.encode())


def address(name: str) -> dict[str, Any]:
    """Return how PostgreSQL is reached."""
    given = connection.settings_dict
    parts = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"]}
    return {"dbname": name, **{key: value for key, value in parts.items() if value}}
