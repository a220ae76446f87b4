"""The embedded database as one stream, without a second copy on the disk, while people write."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from canone.base.backups.services import aloud
from canone.base.backups.services.archive import PIECE, Content

PATIENCE = 5.0
FORMAT = slice(18, 20)  # of the file's header: 2 and 2 need a log beside the file, 1 and 1 do not
NO_LOG = b"\x01\x01"


@contextmanager
def at_rest(path: Path) -> Iterator[bool]:
    """Give a stretch in which the file alone is the database of one instant; whether it is.

    Its log is written into the file while nobody may write, and a reader is left behind: what is
    committed after it stays in the log for as long as the reader is there. It is not where another
    reader holds an older instant, where somebody writes for long, or where there is no log.
    """
    with closing(_connected(path)) as guard, closing(_connected(path)) as reader:
        yield _settle(guard, reader)


def _connected(path: Path) -> sqlite3.Connection:
    uri = f"file:{path}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)


def _settle(guard: sqlite3.Connection, reader: sqlite3.Connection) -> bool:
    try:
        guard.execute("BEGIN IMMEDIATE")
        busy, logged, moved = reader.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        guard.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    return not busy and logged >= 0 and logged == moved


@contextmanager
def opened(path: Path) -> Iterator[tuple[Content, int]]:
    """Give the bytes of a file at rest, as those of one without a log, and how many they are.

    Another process reads it: one that closes a file takes the locks away which SQLite holds on it.
    """
    before = path.stat()
    command = [sys.executable, "-I", "-S", aloud.__file__, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, pipesize=PIECE) as process:  # noqa: S603 (our own program)
        if process.stdout is None:
            raise OSError(errno.EPIPE, os.strerror(errno.EPIPE), str(path))
        try:
            yield _Unlogged(process.stdout), before.st_size
        finally:
            process.kill()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))


class _Unlogged:
    """Passes a database on; its header says that there is no log."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._begun = source, False

    def read(self, size: int = -1, /) -> bytes:
        piece = self._source.read(size)
        if self._begun or len(piece) < FORMAT.stop:
            return piece
        self._begun = True
        return piece[: FORMAT.start] + NO_LOG + piece[FORMAT.stop :]
