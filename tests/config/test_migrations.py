import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parents[2]
NAME = f"there_and_back_{os.getpid()}"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty database on the engine of this run."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite3"
        return
    address = settings.DATABASES["default"]
    with psycopg.connect(dbname="postgres", user=address["USER"] or None, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
        yield f"postgres:///{NAME}"
        admin.execute(f"DROP DATABASE {NAME}")


@pytest.mark.slow
@pytest.mark.django_db
def test_migrations_go_up_and_back_and_up_again(empty: str) -> None:
    done = subprocess.run(
        [sys.executable, "tests/config/there_and_back.py"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": empty, "PYTHONPATH": f"{ROOT}/src:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
