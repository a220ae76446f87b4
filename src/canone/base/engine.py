"""Whether the database can be worked with: it answers, and its tables are of this version.

During an upgrade programs of the old version may still run. Nobody can vouch for what they would
write into newer tables, so they leave the work alone and ask to be tried again.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from functools import lru_cache

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from canone.base import room

RETRY_AFTER = 10
"""After so many seconds whoever was turned away may ask again."""


def is_away(error: BaseException | None) -> bool:
    """Whether the failure means that the database does not answer, or not now."""
    if isinstance(error, InterfaceError):
        return True
    cause = error.__cause__ if error else None
    # SQLite says the same kind of failure of a statement that does not fit its tables
    wrong = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return isinstance(error, OperationalError) and not wrong


def reclaim(error: BaseException) -> None:
    """Give the room of SQLite's log back, when the failure was that the disk is full.

    Signs of life go into the log each time anew; once they have filled the disk, nobody could
    write down that the disk is full.
    """
    if connection.vendor == "sqlite" and room.is_full(error) and not connection.in_atomic_block:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def unapplied() -> int:
    """Return how many migrations of this version the tables still lack."""
    return len(_known() - _applied())


def is_ahead() -> bool:
    """Whether the tables have migrations of a version that is newer than this program."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(id) FROM django_migrations")
        count, last = cursor.fetchone()
    return _is_ahead(count, last)


def may_be_ahead() -> bool:
    """Whether the tables are newer, as far as can be told: asked after a failure."""
    try:
        return is_ahead()
    except DatabaseError:
        return False


@lru_cache(maxsize=4)
def _is_ahead(_count: int, _last: int | None) -> bool:
    """Read the names only when rows came or went, as this is asked before every write."""
    apps = {app for app, _name in _known()}
    strange = _applied() - _known() - _replaced()
    return any(app in apps for app, _name in strange)  # what another app left is no newer version


def _applied() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())


@lru_cache(maxsize=1)
def _migrations() -> MigrationLoader:
    """Return the migrations of this version; they do not change while it runs."""
    return MigrationLoader(None)


def _known() -> frozenset[tuple[str, str]]:
    return frozenset(_migrations().disk_migrations)


def _replaced() -> set[tuple[str, str]]:
    """Return what migrations of this version stand for: their names may be applied, too."""
    return {name for one in _migrations().disk_migrations.values() for name in one.replaces}
