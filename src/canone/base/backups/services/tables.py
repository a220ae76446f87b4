"""The tables of the database as they are: which fit, how to copy them out and in."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from canone.base.backups.rules.about import About

RECORD = "django_migrations"
ASIDE = ".before-restore"


def is_embedded() -> bool:
    """Whether the database is the file in the data folder."""
    return connection.vendor == "sqlite"


def database_file() -> Path:
    """Return where the embedded database lies."""
    return Path(connection.settings_dict["NAME"])


def is_empty() -> bool:
    """Whether nobody has an account in the database yet; tables alone do not count."""
    if is_embedded() and not database_file().exists():
        return True
    try:
        return not get_user_model().objects.exists()
    except (OperationalError, ProgrammingError):
        return True  # not even the tables


def applied() -> set[tuple[str, str]]:
    """Return every applied migration."""
    return set(MigrationRecorder(connection).applied_migrations())


def migrations() -> tuple[tuple[str, str], ...]:
    """Return the last applied migration of every app, sorted by app."""
    loader = MigrationLoader(connection)
    return leaves(loader, {key for key in applied() if key in loader.graph.nodes})


def newest() -> set[tuple[str, str]]:
    """Return the last migration of every app in this version."""
    loader = MigrationLoader(None)
    return set(leaves(loader, set(loader.graph.nodes)))


def leaves(loader: MigrationLoader, done: set[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return those of the applied migrations that no other applied one of the app follows."""
    found = {}
    for key in done:
        children = {child.key for child in loader.graph.node_map[key].children}
        if not {child for child in children & done if child[0] == key[0]}:
            found[key[0]] = key[1]
    return tuple(sorted(found.items()))


def known() -> dict[str, set[str]]:
    """Return the names of all migrations of this version, by app."""
    names: dict[str, set[str]] = {}
    for app, name in MigrationLoader(None).disk_migrations or {}:
        names.setdefault(app, set()).add(name)
    return names


def migrate_to(about: About) -> None:
    """Make the tables as they were when the archive was written."""
    for app, name in about.migrations:
        call_command("migrate", app, name, interactive=False, verbosity=0)


def migrate_forward() -> None:
    """Make the tables fit this version."""
    call_command("migrate", interactive=False, verbosity=0)


def copy_embedded(target: Path) -> None:
    """Copy the embedded database as it is at one instant; writers go on meanwhile."""
    target.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"file:{database_file()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.execute("PRAGMA mmap_size=67108864")
        copy.execute("PRAGMA synchronous=OFF")
        copy.execute("PRAGMA journal_mode=OFF")
        # in one step: in steps, every commit of somebody else would start the copy anew
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")


def put_embedded(source: Path) -> None:
    """Put a database file in the place of the embedded one; nothing may have it open."""
    connection.close()
    target = database_file()
    for name in ("-wal", "-shm"):
        target.with_name(target.name + name).unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)


def set_aside() -> None:
    """Make the database empty: SQLite's file gets another name, PostgreSQL's schema is dropped."""
    if not is_embedded():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            name = connection.ops.quote_name(cursor.fetchone()[0])
            cursor.execute(f"DROP SCHEMA {name} CASCADE")
            cursor.execute(f"CREATE SCHEMA {name}")
        return
    connection.close()
    database = database_file()
    for end in ("", "-wal", "-shm"):
        part = database.with_name(database.name + end)
        if part.exists():
            part.replace(database.with_name(database.name + ASIDE + end))
