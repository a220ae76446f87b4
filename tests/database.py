"""The tables are made once; whoever tests, and each house of `tests/faults`, gets a copy.

Migrating takes longer than many a test, so what came of it is kept until a migration changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

RUN = "CANONE_TEST_RUN"
"""Names the folder that the processes of one run share."""
ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "tables"
"""Tables as migrating left them, for the runs that follow."""
MAKES_TABLES = (
    "src/canone/*/migrations/*.py",
    "src/canone/*/*/migrations/*.py",
    "src/canone/base/fields.py",
    "src/canone/config/settings.py",
    "tests/settings.py",
    "tests/database.py",
    "requirements-dev.lock",
)
"""What decides how the tables look: the migrations import nothing else."""


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
    """Make the model: as it was kept, or by migrating, and then it is kept."""
    kept = KEPT / f"{_digest()}.{connection.vendor}"
    if connection.vendor == "postgresql":
        ask_server(f'CREATE DATABASE "{name}"')
    if kept.exists():
        _bring_back(kept, name)
        return
    before = str(connection.settings_dict["NAME"])
    point_at(name)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    point_at(before)
    _keep(kept, name)


def _digest() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(path for pattern in MAKES_TABLES for path in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def _bring_back(kept: Path, name: str) -> None:
    if connection.vendor == "sqlite":
        shutil.copyfile(kept, name)
    else:
        restore = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", kept, "-d", _conninfo(name)]
        subprocess.run(restore, check=True, stdout=subprocess.DEVNULL)


def _keep(kept: Path, name: str) -> None:
    """Keep the model for the runs that follow, where the server's own programs are at hand."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        written = Path(folder) / "tables"
        if connection.vendor == "sqlite":
            shutil.copyfile(name, written)
        elif shutil.which("psql") and shutil.which("pg_dump"):
            dump = ["pg_dump", "--no-owner", "-f", written, _conninfo(name)]
            subprocess.run(dump, check=True)
        else:
            return
        for older in KEPT.glob(f"*.{connection.vendor}"):
            older.unlink()
        written.replace(kept)


def _conninfo(name: str) -> str:
    return make_conninfo(**address(name))


def ask_server(sql: str) -> None:
    """Run one statement on PostgreSQL, beside the connection that tests guard."""
    with psycopg.connect(**address("postgres"), autocommit=True) as server:
        server.execute(sql.encode())


def address(name: str) -> dict[str, Any]:
    """Return how PostgreSQL is reached."""
    given = connection.settings_dict
    parts = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"]}
    return {"dbname": name, **{key: value for key, value in parts.items() if value}}
