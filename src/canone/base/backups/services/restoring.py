"""Brings a firm back from an archive, into an empty place and whole, or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from canone.base.backups.models import Backup
from canone.base.backups.rules import about as words
from canone.base.backups.rules.about import About, UnreadableError
from canone.base.backups.services import archive, moving, postgres, sealing, tables
from canone.base.backups.services.archive import Content, Reader, Step

PIECE = 1024 * 1024
SECRET_FILE = "secret"  # noqa: S105 (the name of a file)
LONGEST_SECRET = 10_000


class NotEmptyError(Exception):
    """There is a firm where one was to be restored."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; `other_secret` when the environment names another than the archive does."""

    about: About
    files: int
    other_secret: bool


def is_sealed(path: Path) -> bool:
    """Whether a file is an encrypted archive."""
    with path.open("rb") as file:
        return sealing.is_sealed(file.read(len(sealing.MAGIC)))


def check(path: Path, *, passphrase: str = "", step: Step | None = None) -> About:
    """Return what an archive says of itself after comparing every sum in it."""
    with archive.reading(path, passphrase, step or _no_step) as reader:
        for _name, _content in reader.members():
            pass
        return reader.about


def count_files(path: Path, *, passphrase: str = "") -> int:
    """Return how many stored files an archive holds, after comparing every sum in it."""
    with archive.reading(path, passphrase, _no_step) as reader:
        return sum(name.startswith(words.FILES) for name, _content in reader.members())


def restore(
    path: Path, *, data: Path, passphrase: str = "", replace: bool = False, step: Step | None = None
) -> Restored:
    """Return what came back; the tables fit this version then, whichever wrote the archive.

    Everything is read and compared beside its place before anything is put in it. `replace` sets
    SQLite's file and the stored files aside under other names, and drops PostgreSQL's tables.
    Raises NotEmptyError, UnreadableError (also for an archive of a newer version), OSError.
    """
    if not replace and (not tables.is_empty() or _any_file()):
        raise NotEmptyError
    with _staging(data) as staging:
        about = _unpack(path, staging, passphrase, step or _no_step)
        if replace:
            _set_aside()
        _database(about, staging)
        if set(about.migrations) != tables.newest():
            tables.migrate_forward()
        # the archive holds the log of its own making, which never ended in there
        Backup.objects.filter(outcome=Backup.Outcome.RUNNING).delete()
        files = _files(staging)
        other = _secret(staging, data)
    return Restored(about, files, other)


def _unpack(path: Path, staging: Path, passphrase: str, step: Step) -> About:
    with archive.reading(path, passphrase, step) as reader:
        _must_fit(reader.about)
        for name, content in reader.members():
            _keep(staging / name, content)
    for name in _expected(reader):
        if not (staging / name).exists():
            raise UnreadableError("not_ours")
    return reader.about


def _must_fit(about: About) -> None:
    unknown = words.newer(about, tables.known())
    if unknown:
        raise UnreadableError("newer", version=about.version, migration=unknown[0])
    if about.engine == words.POSTGRES and tables.is_embedded():
        raise UnreadableError("needs_postgres")


def _expected(reader: Reader) -> tuple[str, ...]:
    database = words.DATABASE if reader.about.engine == words.SQLITE else words.TABLES
    return database, words.SECRET


def _keep(target: Path, content: Content) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(content, file, PIECE)
        file.flush()
        os.fsync(file.fileno())


def _database(about: About, staging: Path) -> None:
    if about.engine == words.POSTGRES:
        tables.migrate_to(about)
        with postgres.filling():
            for table in postgres.tables():
                with (staging / words.TABLES / table.name).open("rb") as source:
                    postgres.read_in(table, source)
    elif tables.is_embedded():
        _sound(staging / words.DATABASE)
        tables.put_embedded(staging / words.DATABASE)
    else:
        tables.migrate_to(about)
        moving.fill(staging / words.DATABASE)


def _sound(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as database:
            database.execute("SELECT COUNT(*) FROM django_migrations").fetchone()
    except sqlite3.DatabaseError as error:
        raise UnreadableError("not_ours") from error


def _files(staging: Path) -> int:
    """Put the stored files in their place; a restore that was killed here is begun anew."""
    came = staging / words.FILES
    if not came.exists():
        return 0
    root = Path(settings.FILES)
    if root.exists():
        shutil.rmtree(root)
    shutil.move(came, root)
    return sum(len(names) for _place, _folders, names in os.walk(root))


def _secret(staging: Path, data: Path) -> bool:
    """Put the secret in its place unless the environment gives one; whether that is another."""
    secret = (staging / words.SECRET).read_text()[:LONGEST_SECRET]
    if os.environ.get("CANONE_SECRET_KEY"):
        return secret != settings.SECRET_KEY
    (staging / words.SECRET).replace(data / SECRET_FILE)
    return False


def _set_aside() -> None:
    tables.set_aside()
    root = Path(settings.FILES)
    aside = root.with_name(root.name + tables.ASIDE)
    shutil.rmtree(aside, ignore_errors=True)
    if root.exists():
        root.rename(aside)


def _any_file() -> bool:
    root = Path(settings.FILES)
    return root.exists() and any(names for _place, _folders, names in os.walk(root))


@contextmanager
def _staging(data: Path) -> Iterator[Path]:
    """Give an empty folder on the disk of the data; it goes, however this ends."""
    staging = data / ".restore"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _no_step(_count: int) -> None:
    """Nobody watches."""
