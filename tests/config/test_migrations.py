import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from tests import database

ROOT = Path(__file__).parents[2]
NAME = f"there_and_back_{os.getpid()}"


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[str]:
    """Return the address of a migrated database on the engine of this run."""
    if connection.vendor == "sqlite":
        database.copy(f"{tmp_path}/migrated.sqlite3")
        yield f"sqlite:///{tmp_path}/migrated.sqlite3"
    else:
        database.copy(NAME)
        yield f"postgres:///{NAME}"
        database.drop(NAME)


@pytest.mark.slow
@pytest.mark.django_db
def test_migrations_go_back_and_up_again(migrated: str) -> None:
    done = subprocess.run(
        [sys.executable, "tests/config/there_and_back.py"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": migrated, "PYTHONPATH": f"{ROOT}/src:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
