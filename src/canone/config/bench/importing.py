"""A CSV of sessions taken in, beside inserting the same finished rows."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from canone.base import bulk
from canone.base.exchange import importers, queries
from canone.base.exchange import services as exchange
from canone.base.exchange.services.batches import Choice
from canone.config.bench import database, measure, seed
from canone.config.bench.measure import Pair, Result
from canone.desks.assistance.models import RemoteSession

ROWS = 100_000
KEY = "assistance.sessions"
ROME = ZoneInfo("Europe/Rome")
TITLES = ("Utente", "PC remoto", "Gruppo", "Inizio", "Fine", "Durata", "Note", "Session ID")


def write_file(path: Path, count: int, hints: list[str], *, seed_: int = 1, note: str = "") -> None:
    """Write a list of sessions as an Italian tool exports it, in no order; `note` for every one."""
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file, delimiter=";")
        sheet.writerow(TITLES)
        for row in seed.rows(count, hints, seed=seed_):
            if row.ended_at is None:
                continue
            seconds = int((row.ended_at - row.started_at).total_seconds())
            sheet.writerow(
                (
                    row.technician,
                    row.device_name,
                    row.group_hint,
                    _local(row.started_at),
                    _local(row.ended_at),
                    f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}",
                    note or row.note,
                    row.external_id,
                )
            )


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(ROME):%d/%m/%Y %H:%M:%S}"


def take_in(path: Path) -> None:
    """Import the file as the wizard does: look, map, check, write."""
    with path.open("rb") as upload:
        batch = exchange.create(upload, name=path.name, importer=KEY, at=seed.AT, by=None)
    rows, _lines = queries.sample(batch)
    proposal = queries.propose(batch, importers.get(KEY), rows, language="it")
    choice = Choice(
        source="Bench",
        columns=proposal.columns,
        notation=proposal.notation,
        options=proposal.options,
    )
    exchange.configure(batch, choice, at=seed.AT, by=None)
    checked = exchange.check(batch.pk, at=seed.AT, by=None)
    if checked.bad:
        raise AssertionError(f"{checked.bad} rows of the measurement are bad: {checked.problems}")
    exchange.write(batch.pk, at=seed.AT, by=None)


class Finished:
    """The rows that an import leaves, and inserting them with one statement."""

    def __init__(self) -> None:
        self.columns = [str(f.column) for f in RemoteSession._meta.concrete_fields]  # noqa: SLF001
        self.rows: list[tuple[Any, ...]] = []

    def read(self) -> None:
        """Read the finished rows as the database stores them."""
        names = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {names} FROM {bulk.table(RemoteSession)}")  # noqa: S608
            self.rows = list(cursor.fetchall())

    def write(self) -> None:
        """Insert them in one transaction."""
        marks = ", ".join(["%s"] * len(self.columns))
        names = ", ".join(f'"{column}"' for column in self.columns)
        sql = f"INSERT INTO {bulk.table(RemoteSession)} ({names}) VALUES ({marks})"  # noqa: S608
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, self.rows)


def back() -> None:
    """Take every session out again."""
    database.empty("assistance_remotesession")


def import_csv(scale: float) -> list[Result]:
    """Return the line that the issue bounds."""
    user = seed.owner()
    hints = [group.name for group in seed.groups(user)]
    path = Path(settings.DATA) / "sessions.csv"
    write_file(path, int(ROWS * scale), hints)
    finished = Finished()
    pair = Pair(lambda: take_in(path), finished.write, reset=back, reference_setup=finished.read)
    measure.forget_peak()
    return [measure.compare("import-csv", 5, pair, most_mb=measure.MOST_MB)]


def linear(scale: float) -> list[Result]:
    """Return what importing ten times the sessions takes, per session, and beside the reference.

    The reference at each size shows how much of the growth is the database's own.
    """
    user = seed.owner()
    hints = [group.name for group in seed.groups(user)]
    results = []
    for number, count in enumerate((10_000, 100_000, 1_000_000)):
        rows = int(count * scale)
        back()
        path = Path(settings.DATA) / f"sessions{number}.csv"
        write_file(path, rows, hints, seed_=number + 2)
        measure.forget_peak()
        taken = measure.spent(lambda path=path: take_in(path))  # type: ignore[misc]
        peak = measure.peak_mb()
        path.unlink()
        bare = database.apart(_again)
        results.append(
            Result(
                f"import-{count}",
                taken.clock,
                taken.clock / bare.clock,
                5,
                peak,
                note=measure.each(taken, bare, rows),
                most_mb=measure.MOST_MB,
            )
        )
    return results


def _again() -> measure.Spent:
    """Return what the reference takes for the sessions that are there, which it takes out first."""
    finished = Finished()
    finished.read()
    back()
    return measure.spent(finished.write)
