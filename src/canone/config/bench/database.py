"""A database for one measurement, removed afterwards."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from django.db import connection

TEMPORARY = "canone_bench"
Answer = TypeVar("Answer")


@contextmanager
def fresh(folder: Path) -> Iterator[None]:
    """Migrate an empty database in a process of its own, and take it away at the end.

    On SQLite it is a file in `folder`, as in service; on PostgreSQL a database of its own on the
    configured server. As in service too, who measures holds nothing of what migrating needed: the
    tables of every version before, some 40 MB.
    """
    settings = connection.settings_dict
    test = settings.setdefault("TEST", {})
    if connection.vendor == "sqlite":
        test["NAME"] = str(folder / "bench.sqlite3")
    else:
        test["NAME"] = f"{TEMPORARY}_{folder.name.replace('-', '_').lower()}"
    old = settings["NAME"]
    connection.ensure_connection()  # or say here why there is none
    try:
        apart(_make)
        _turn_to(test["NAME"])
        yield
    finally:
        if settings["NAME"] == test["NAME"]:  # never the one that is in service
            connection.creation.destroy_test_db(old, verbosity=0)


def apart(work: Callable[[], Answer]) -> Answer:
    """Return what `work`, a function of a module, returns in a process of its own.

    What it held in memory is gone with it, and counts in nobody's peak.
    """
    connection.close()
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as process:
        return process.submit(_alone, work).result()


def _alone(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    finally:
        connection.close()


def _make() -> None:
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)


@contextmanager
def twin() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Copy the database as it is now; what is given makes stretches that speak to the copy.

    Both are there for as long as this lasts, so that they can be asked in turn.
    """
    creation = connection.creation
    connection.close()
    creation.clone_test_db("twin", verbosity=0)
    names = connection.settings_dict["NAME"], creation.get_test_db_clone_settings("twin")["NAME"]

    @contextmanager
    def inside() -> Iterator[None]:
        _turn_to(names[1])
        try:
            yield
        finally:
            _turn_to(names[0])

    try:
        yield inside
    finally:
        creation.destroy_test_db(suffix="twin", verbosity=0)


def _turn_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


@contextmanager
def unguarded() -> Iterator[None]:
    """Set the triggers aside: a measurement goes back to its start, which service never does."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute("PRAGMA foreign_keys=OFF")
        try:
            yield
        finally:
            cursor.execute("PRAGMA foreign_keys=ON")
            for _name, sql in triggers:
                cursor.execute(sql)


def empty(*tables: str) -> None:
    """Take every row out of `tables`, past the triggers that guard them in service."""
    with unguarded(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (names of our own tables)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM")
