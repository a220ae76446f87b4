"""Copies a firm from SQLite's file into an empty PostgreSQL, and proves that nothing is missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from canone.base.backups.rules.about import UnreadableError
from canone.base.backups.services import postgres
from canone.base.backups.services.postgres import Proof
from canone.base.backups.services.tables import RECORD

Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """One table: its proof on either side."""

    table: str
    there: Proof
    here: Proof


class DifferentError(Exception):
    """A table does not hold the same on both sides; nothing of it stays."""

    def __init__(self, moved: Moved) -> None:
        super().__init__(moved.table)
        self.moved = moved


def fill(source: Path, step: Step | None = None) -> list[Moved]:
    """Return the proofs of all tables after copying them, in one transaction.

    Both sides have to stand at the same migration. `step(table, done, total)` counts rows.
    Raises UnreadableError where a table or column is missing, DifferentError where a proof fails.
    """
    different = postgres.missing(source)
    if different:
        raise UnreadableError("columns", columns=", ".join(different[:5]))
    moved = []
    with postgres.filling():
        for table in postgres.tables():
            progress = _Progress(step, table.name, postgres.counted(table, source))
            postgres.read_rows(table, source, progress.add)
            one = Moved(table.name, postgres.proof_there(table, source), postgres.proof_here(table))
            if one.there != one.here:
                raise DifferentError(one)
            moved.append(one)
    return moved


def migrations_of(source: Path) -> set[tuple[str, str]]:
    """Return the migrations that a SQLite file has applied."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as database:
        return set(database.execute(f"SELECT app, name FROM {RECORD}"))  # noqa: S608 (a constant)


@dataclass(slots=True)
class _Progress:
    step: Step | None
    table: str
    total: int
    done: int = 0

    def add(self, count: int) -> None:
        """Count rows that are over."""
        self.done += count
        if self.step:
            self.step(self.table, self.done, self.total)
