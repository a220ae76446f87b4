"""Account all, beside the same finished rows written in bulk."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from canone.base import bulk
from canone.base.history.models import JournalEntry
from canone.base.history.rules import GENESIS
from canone.config.bench import database, measure, seed
from canone.config.bench.measure import Pair, Result
from canone.desks.assistance.models import Accounting, RemoteSession
from canone.desks.assistance.queries import profiles
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.services import accounting
from canone.ledgers.invoicing.models import Charge

ROWS = 100_000
FINISHED = (Accounting, Charge, JournalEntry)
LOCK = ("accounting_id", "total_minutes", "price", "updated_at")


def run() -> int:
    """Return how many sessions a whole run accounted, in the product's own batches."""
    user = seed.owner()
    after, done, raters = None, 0, profiles.Raters()
    while True:
        outcome = accounting.account_next(
            Scope(), user=user, day=seed.DAY, at=seed.AT, after=after, raters=raters
        )
        done += len(outcome.accounted)
        after = outcome.after
        if outcome.is_last:
            return done


def back() -> None:
    """Make every session pending again, past the triggers."""
    names = [model._meta.db_table for model in FINISHED]  # noqa: SLF001 (Django's public Meta)
    with database.unguarded(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assistance_remotesession SET accounting_id = NULL, price = NULL, "
            "total_minutes = NULL WHERE accounting_id IS NOT NULL"
        )
        cursor.execute("UPDATE history_journalhead SET seq = 0, hash = %s", [GENESIS])
    database.empty(*names)


class Finished:
    """The rows that a run leaves, as plain tuples, and writing them again with bare SQL."""

    def __init__(self) -> None:
        self.tables: list[tuple[Any, list[str], list[tuple[Any, ...]]]] = []
        self.locks: list[tuple[Any, ...]] = []

    def read(self) -> None:
        """Read the finished rows as the database stores them."""
        self.tables = []
        for model in FINISHED:
            columns = [str(field.column) for field in model._meta.concrete_fields]  # noqa: SLF001
            self.tables.append((model, columns, _raw(model, columns)))
        self.locks = _raw(RemoteSession, [*LOCK, "id"], "WHERE accounting_id IS NOT NULL")

    def write(self) -> None:
        """Write them, one transaction, one statement a table."""
        with transaction.atomic():
            for model, columns, rows in self.tables:
                bulk.insert(model, columns, rows)
            bulk.update(RemoteSession, LOCK, self.locks)


def _raw(model: Any, columns: list[str], where: str = "") -> list[tuple[Any, ...]]:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {bulk.table(model)} {where}")  # noqa: S608
        return list(cursor.fetchall())


def account_all(scale: float) -> list[Result]:
    """Return the line that the issue bounds."""
    user = seed.owner()
    hints = [group.name for group in seed.groups(user)]
    seed.sessions(int(ROWS * scale), hints)
    finished = Finished()
    pair = Pair(run, finished.write, reset=back, reference_setup=finished.read)
    measure.forget_peak()
    return [measure.compare("account-all", 4, pair, most_mb=measure.MOST_MB)]


def linear(scale: float) -> list[Result]:
    """Return what accounting ten times the sessions takes, per session, and beside the reference.

    The reference at each size shows how much of the growth is the database's own.
    """
    user = seed.owner()
    hints = [group.name for group in seed.groups(user)]
    results: list[Result] = []
    for number, count in enumerate((10_000, 100_000, 1_000_000)):
        rows = int(count * scale)
        back()
        database.empty("assistance_remotesession")
        seed.sessions(rows, hints, seed=number + 2, in_order=True)
        measure.forget_peak()
        taken = measure.spent(run)
        peak = measure.peak_mb()
        bare = database.apart(_again)
        results.append(
            Result(
                f"account-{count}",
                taken.clock,
                taken.clock / bare.clock,
                4,
                peak,
                note=measure.each(taken, bare, rows),
                most_mb=measure.MOST_MB,
            )
        )
    return results


def _again() -> measure.Spent:
    """Return what the reference takes for what is accounted, which it takes back first."""
    finished = Finished()
    finished.read()
    back()
    return measure.spent(finished.write)
