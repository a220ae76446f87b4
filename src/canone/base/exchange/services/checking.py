"""First pass: every row is read and judged, the good ones wait in a staging file."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TextIO

from django.db import DatabaseError
from django.utils.translation import gettext as _

from canone.base import room
from canone.base.exchange import importers, ordering, queries, readers, texts
from canone.base.exchange.importers import Checked, Importer, Problem, Setup
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.progress import Progress, Silent
from canone.base.exchange.readers import Chunk
from canone.base.exchange.rules import cells
from canone.base.exchange.rules.faults import BadFileError, CellProblem, Fault
from canone.base.exchange.rules.rows import SHOWN as SHOWN_CELL
from canone.base.exchange.rules.rows import RowReader
from canone.base.exchange.services.batches import ImportRefusedError
from canone.base.files import rules as file_rules
from canone.base.files import services as files
from canone.base.files.models import StoredFile

SHOWN = 200
State = ImportBatch.State


def check(
    batch_id: int, *, at: datetime, by: int | None, progress: Progress | None = None
) -> ImportBatch:
    """Return the batch with its counts and problems; nothing but the batch itself is written.

    Being stopped or killed leaves it to be checked again from the start.
    """
    batch = ImportBatch.objects.select_related("file", "profile").get(pk=batch_id)
    states = (State.DRAFT, State.CHECKED, State.CHECKING, State.FAILED)
    if batch.state not in states or batch.position:
        raise ImportRefusedError(_("This import has begun and cannot be changed any more."))
    _set(batch, State.CHECKING)
    report = Report(batch)
    try:
        staged = _read(batch, report, at=at, by=by, progress=progress or Silent())
    except BadFileError as error:
        report.close()
        batch.message = str(texts.of_file(error))
        _set(batch, State.FAILED)
        return batch
    except BaseException as error:
        report.close()
        queries.staged(batch).with_suffix(".half").unlink(missing_ok=True)
        with suppress(DatabaseError):  # then it stays as it is, and is checked again
            _set(batch, State.DRAFT)
        if room.is_full(error):
            raise files.DiskFullError(files.FULL) from error
        raise
    batch.total = staged + report.rows
    batch.good, batch.bad = staged, report.rows
    batch.problems, batch.message = report.first, ""
    batch.report = report.store(at=at, by=by)
    _set(batch, State.CHECKED)
    return batch


def _read(
    batch: ImportBatch, report: Report, *, at: datetime, by: int | None, progress: Progress
) -> int:
    """Return how many rows are staged."""
    setup = queries.setup(batch, at=at, by=by)
    importer = importers.get(batch.importer)
    run = importer.prepare(setup)
    reader = RowReader(importer.fields, setup.columns, setup.notation)
    shape = queries.shape(batch)
    width, staged = len(shape.titles), 0
    target = queries.staged(batch)
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".half")
    watch = ordering.Watch(_sorting(importer))
    with half.open("w", encoding="utf-8") as file:
        for chunk in readers.table(queries.source(batch), shape, spool=queries.spool(batch)):
            progress.check_cancelled()
            rows, lines, wrong = reader.read(chunk.rows, chunk.lines, width)
            unreadable = [CellProblem(line, "", "", Fault.QUOTES) for line in chunk.unreadable]
            checked = run.check(rows, lines) if rows else Checked()
            report.add([*_in_words([*unreadable, *wrong]), *_quoted(checked, chunk, setup)])
            if checked.rows:
                watch.see(checked.rows)
                file.write(json.dumps(checked.rows) + "\n")
                staged += len(checked.rows)
            progress.progress(round(chunk.done * 100), 100, "")
    if watch.place is not None and not watch.in_order:
        ordering.sort(half, watch.place, size=readers.CHUNK, step=progress.check_cancelled)
    with half.open("rb") as file_:
        os.fsync(file_.fileno())
    half.replace(target)
    return staged


def _sorting(importer: Importer) -> int | None:
    """Return the place of the field in whose order rows are written, if there is one."""
    places = (place for place, item in enumerate(importer.fields) if item.sorts)
    return next(places, None)


def _in_words(problems: Iterable[CellProblem]) -> list[Problem]:
    words = []
    for problem in problems:
        what, hint = texts.of_cell(problem.fault, problem.detail)
        words.append(Problem(problem.row, problem.field, problem.value, what, hint))
    return words


def _quoted(checked: Checked, chunk: Chunk, setup: Setup) -> list[Problem]:
    """Return the importer's problems with the cells as they stand in the file."""
    if not checked.problems:
        return []
    rows = dict(zip(chunk.lines, chunk.rows, strict=True))
    quoted = []
    for problem in checked.problems:
        row = rows.get(problem.row, ())
        places = setup.columns.get(problem.field, ())
        cells_ = " ".join(str(row[place]) for place in places if place < len(row))
        quoted.append(problem if problem.value else replace(problem, value=cells_[:SHOWN_CELL]))
    return quoted


def _set(batch: ImportBatch, state: ImportBatch.State) -> None:
    batch.state = state
    batch.save(update_fields=["state", "total", "good", "bad", "problems", "message", "report"])


class Report:
    """What is wrong, in the order of the rows: the first to be shown, all of it in a file."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        labels = {one.name: str(one.label) for one in importers.get(batch.importer).fields}
        self.titles = labels | queries.column_titles(batch)
        self.first: list[dict[str, object]] = []
        self.rows = 0
        self._last = 0
        self._file: TextIO | None = None
        self._path: Path = queries.staged(batch).with_suffix(".problems.csv")

    def add(self, problems: Iterable[Problem]) -> None:
        """Take the problems of further rows."""
        for problem in sorted(problems, key=lambda found: found.row):
            if problem.row != self._last:
                self.rows += 1
                self._last = problem.row
            column = self.titles.get(problem.field, problem.field)
            words = f"{problem.what} {problem.hint}".strip()
            value = cells.printable(problem.value)
            if len(self.first) < SHOWN:
                self.first.append(
                    {"row": problem.row, "column": column, "value": value, "text": words}
                )
            self._write(problem.row, column, value, words)

    def _write(self, *values: object) -> None:
        line = io.StringIO(newline="")
        csv.writer(line, delimiter=";").writerow([cells.safe(str(value)) for value in values])
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            self._write(_("Row"), _("Column"), _("Value"), _("What to do"))
        self._file.write(line.getvalue())

    def close(self) -> None:
        """Throw the file of problems away."""
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)

    def store(self, *, at: datetime, by: int | None) -> StoredFile | None:
        """Return the stored file of problems; None when there are none."""
        if self._file is None:
            return None
        self._file.close()
        try:
            with self._path.open("rb") as content:
                return files.store(
                    content,
                    name=f"{Path(self.batch.file.name).stem}-{_('problems')}.csv",
                    owner=f"exchange.batch:{self.batch.pk}",
                    at=at,
                    by=by,
                    taken=file_rules.SHEETS,
                )
        finally:
            self._path.unlink(missing_ok=True)
