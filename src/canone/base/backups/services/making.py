"""Makes an archive of the whole firm while people work."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

import canone
from canone.base.backups.rules import about as words
from canone.base.backups.rules.about import About
from canone.base.backups.services import archive, embedded, postgres, tables
from canone.base.backups.services.archive import Step, Writer
from canone.base.firm import queries as firm

PLAIN, SEALED = ".canone", ".canone-sealed"
STAMP = "%Y%m%d-%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Made:
    """An archive that was made: where, how large, with how many files."""

    path: Path
    size: int
    files: int


def name(at: datetime, *, sealed: bool) -> str:
    """Return the name of an archive made at an instant."""
    return f"canone-{at.astimezone(UTC).strftime(STAMP)}{SEALED if sealed else PLAIN}"


def make(*, folder: Path, at: datetime, passphrase: str = "", step: Step | None = None) -> Made:
    """Return the archive made in `folder`: whole, or none of it stays.

    The database is that of one instant; of stored files, those that are there when their turn
    comes. `step(bytes)` hears of every piece and may raise, which gives up. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name(at, sealed=bool(passphrase))
    partial = target.with_name(f".{target.name}.part")
    try:
        handle = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            with archive.writing(file, about(at), passphrase, step or _no_step) as writer:
                _database(writer, folder)
                writer.text(words.SECRET, settings.SECRET_KEY.encode())
                files = _files(writer)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Made(target, target.stat().st_size, files)


def about(at: datetime) -> About:
    """Return what an archive made now says of itself."""
    engine = words.SQLITE if tables.is_embedded() else words.POSTGRES
    return About(canone.__version__, at, engine, firm.firm().name, tables.migrations())


def _database(writer: Writer, folder: Path) -> None:
    if tables.is_embedded():
        _embedded(writer, folder)
        return
    with _scratch(folder) as scratch, postgres.snapshot():
        for table in postgres.tables():
            with scratch.open("wb") as file:
                postgres.write_out(table, file)
            writer.file(f"{words.TABLES}{table.name}", scratch)


def _embedded(writer: Writer, folder: Path) -> None:
    """Add the embedded database, from its place, or through a copy where that is not at rest."""
    place = tables.database_file()
    with embedded.at_rest(place) as is_whole:
        if is_whole:
            with embedded.opened(place) as (content, size):
                writer.stream(words.DATABASE, content, size)
            return
    with _scratch(folder) as scratch:
        tables.copy_embedded(scratch)
        writer.file(words.DATABASE, scratch)


def _files(writer: Writer) -> int:
    """Add the stored files; one that is deleted meanwhile is left out."""
    count = 0
    root = Path(settings.FILES)
    for path in _walk(root):
        with suppress(FileNotFoundError):
            writer.file(f"{words.FILES}{path.relative_to(root).as_posix()}", path)
            count += 1
    return count


def _walk(root: Path) -> Iterator[Path]:
    """Yield the files in order; what begins with a point is still being made."""
    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for one in sorted(names):
            path = Path(place) / one
            if not one.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Give the place of a file beside the archive, where room is needed anyway."""
    handle, place = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    os.close(handle)
    path = Path(place)
    try:
        yield path
    finally:
        for left in (path, path.with_name(f"{path.name}-journal")):
            left.unlink(missing_ok=True)


def _no_step(_count: int) -> None:
    """Nobody watches."""
