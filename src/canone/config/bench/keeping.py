"""Backup and restore of a million sessions beside copying the database's file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from canone.base.backups.services import making, restoring, tables
from canone.config.bench import measure, seed
from canone.config.bench.measure import Pair, Result

MILLION = 1_000_000
LIMIT = 4.0


def keeping(scale: float) -> list[Result]:
    """Return backup and restore beside a copy of the file; on PostgreSQL their seconds alone."""
    count = int(MILLION * scale)
    seed.sessions(count, [group.name for group in seed.groups(seed.owner())])
    with tempfile.TemporaryDirectory(dir=settings.DATA) as place:
        folder = Path(place)
        if not tables.is_embedded():
            return [_alone(folder, count)]
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return [_backup(folder, count), _restore(folder, count)]


def _alone(folder: Path, count: int) -> Result:
    taken = measure.seconds(lambda: making.make(folder=folder, at=seed.AT))
    note = f"{count:,} sessions; PostgreSQL has no file to copy"
    return Result("backup", taken, peak_mb=measure.peak_mb(), note=note)


def _backup(folder: Path, count: int) -> Result:
    pair = Pair(
        ours=lambda: making.make(folder=folder, at=seed.AT),
        reference=lambda: _copied(tables.database_file(), folder / "copy"),
        reset=lambda: _emptied(folder),
    )
    return _noted(measure.compare("backup", LIMIT, pair), count)


def _restore(folder: Path, count: int) -> Result:
    _emptied(folder)
    archive = making.make(folder=folder, at=seed.AT).path
    source, new = tables.database_file(), folder / "new"
    pair = Pair(
        ours=lambda: restoring.restore(archive, data=new),
        reference=lambda: _copied(source, new / "copy"),
        reset=lambda: _made_anew(new),
    )
    with _elsewhere(new / "canone.sqlite3"):
        return _noted(measure.compare("restore", LIMIT, pair), count)


def _noted(result: Result, count: int) -> Result:
    result.note = f"{count:,} sessions, {result.note} to copy the file"
    return result


def _copied(source: Path, target: Path) -> None:
    """Copy a file and see it on the disk, as a backup is."""
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _emptied(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _made_anew(folder: Path) -> None:
    connection.close()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


@contextmanager
def _elsewhere(database: Path) -> Iterator[None]:
    """Give a stretch in which the connection leads to another file."""
    connection.close()
    known, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], str(database)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = known
