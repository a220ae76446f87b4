"""The embedded database is read in its place while others write, or said to be not at rest."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from canone.base.backups.services import embedded

ROWS = 3_000
ELSEWHERE = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as other:
    other.execute("INSERT INTO t (text) VALUES ('elsewhere')")
other.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "canone.sqlite3"


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)")
        fill(database)
        yield database


def fill(database: sqlite3.Connection) -> None:
    database.execute("BEGIN")
    database.executemany("INSERT INTO t (text) VALUES (?)", [("x" * 1_000,)] * ROWS)
    database.execute("COMMIT")


def test_what_is_written_meanwhile_is_no_part_of_it(
    path: Path, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    with embedded.at_rest(path) as is_whole:
        assert is_whole
        with embedded.opened(path) as (content, size), copy.open("wb") as target:
            target.write(content.read(4_096))
            fill(writer)
            writer.execute("UPDATE t SET text = 'altered'")
            writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
            while piece := content.read(1_000_000):
                target.write(piece)
    assert copy.stat().st_size == size
    assert writer.execute("SELECT count(*) FROM t WHERE text = 'altered'").fetchone() == (2 * ROWS,)
    with closing(sqlite3.connect(f"file:{copy}?immutable=1", uri=True)) as back:
        assert back.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert back.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert back.execute("SELECT count(*), max(length(text)) FROM t").fetchone() == (ROWS, 1_000)


def test_a_reader_of_an_older_instant_stands_in_the_way(
    path: Path, writer: sqlite3.Connection
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as older:
        older.execute("BEGIN")
        older.execute("SELECT count(*) FROM t").fetchone()
        fill(writer)
        with embedded.at_rest(path) as is_whole:
            assert not is_whole
    with embedded.at_rest(path) as is_whole:
        assert is_whole


def test_somebody_who_writes_for_long_stands_in_the_way(
    path: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "PATIENCE", 0.05)
    writer.execute("BEGIN IMMEDIATE")
    with embedded.at_rest(path) as is_whole:
        assert not is_whole
    writer.execute("ROLLBACK")


def test_a_database_without_a_log_is_not_at_rest(path: Path, writer: sqlite3.Connection) -> None:
    writer.execute("PRAGMA journal_mode=DELETE")
    with embedded.at_rest(path) as is_whole:
        assert not is_whole


def test_a_file_that_changes_all_the_same_is_refused(
    path: Path, writer: sqlite3.Connection
) -> None:
    def touched() -> None:
        with embedded.at_rest(path), embedded.opened(path) as (content, _size):
            content.read()
            os.utime(path)

    with pytest.raises(OSError, match="busy"):
        touched()


def test_the_locks_of_this_process_stay(path: Path, writer: sqlite3.Connection) -> None:
    with embedded.at_rest(path), embedded.opened(path) as (content, _size):
        content.read()
    subprocess.run([sys.executable, "-c", ELSEWHERE, str(path)], check=True)
    # without our lock the other process would have taken the log away when it closed
    assert path.with_name(path.name + "-wal").exists()
    assert writer.execute("SELECT count(*) FROM t").fetchone() == (ROWS + 1,)
