"""Files and a small importer that writes counters."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from canone.base import bulk
from canone.base.exchange import importers, queries, services
from canone.base.exchange.importers import Checked, Field, FieldKind, Problem, Written
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.rules.rows import Notation
from canone.base.numbering.models import Counter

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Counters:
    """Takes series and numbers: a line `A;3` makes a counter."""

    key = "tests.counters"
    title = "Counters"
    permission = "exchange.import"
    fields: tuple[Field, ...] = (
        Field("series", "Series", required=True, synonyms=("Serie",), limit=40),
        Field("number", "Number", FieldKind.WHOLE, required=True, synonyms=("Numero", "Nombre")),
        Field("day", "Day", FieldKind.DAY, synonyms=("Giorno",)),
    )
    options: tuple[importers.Option, ...] = ()

    def __init__(self) -> None:
        self.refused: list[importers.Refused] = []
        self.fail_at = ""

    def prepare(self, setup: importers.Setup) -> CountersRun:
        return CountersRun(self)

    def undo(self, *, batch: int, ids: Sequence[int], reason: str, at: datetime, by: int) -> int:
        if self.refused:
            raise importers.UndoRefusedError(self.refused)
        return Counter.objects.filter(pk__in=ids).delete()[0]


class CountersRun:
    def __init__(self, importer: Counters) -> None:
        self.importer = importer

    def check(self, rows: list[tuple[Any, ...]], lines: list[int]) -> Checked:
        checked = Checked()
        for row, line in zip(rows, lines, strict=True):
            if row[1] < 0:
                checked.problems.append(Problem(line, "number", "", "Below zero.", "At least 0."))
            else:
                checked.rows.append(row)
        return checked

    def write(
        self, rows: list[tuple[Any, ...]], *, batch: int, at: datetime, by: int | None
    ) -> Written:
        if any(row[0] == self.importer.fail_at for row in rows):
            raise RuntimeError("the database went away")
        known = set(Counter.objects.values_list("series", flat=True))
        fresh = [row for row in {row[0]: row for row in rows}.values() if row[0] not in known]
        ids = list(bulk.reserve(Counter, len(fresh)))
        bulk.insert(
            Counter,
            ("id", "series", "year", "number", "day"),
            [(pk, row[0], 2026, row[1], row[2]) for pk, row in zip(ids, fresh, strict=True)],
        )
        return Written(new=len(fresh), known=len(rows) - len(fresh), ids=ids)


def excel(rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a spreadsheet with these cells; days are written as Excel's days."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day_format = book.add_format({"num_format": "dd/mm/yyyy"})
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(row, column, cell, day_format)
                else:
                    sheet.write(row, column, cell)
    return whole.getvalue()


def upload(
    content: str | bytes, name: str = "file.csv", importer: str = Counters.key
) -> ImportBatch:
    """Return a draft of the file."""
    data = content.encode() if isinstance(content, str) else content
    return services.create(io.BytesIO(data), name=name, importer=importer, at=AT, by=None)


def configured(batch: ImportBatch, source: str = "Old program", **options: Any) -> ImportBatch:
    """Return the batch with what was proposed accepted."""
    importer = importers.get(batch.importer)
    rows, _ = queries.sample(batch)
    proposal = queries.propose(batch, importer, rows, language="it")
    notation = options.pop("notation", None) or proposal.notation
    assert isinstance(notation, Notation)
    choice = services.Choice(source, proposal.columns, notation, {**proposal.options, **options})
    return services.configure(batch, choice, at=AT, by=None)


def checked(content: str | bytes, name: str = "file.csv", **more: Any) -> ImportBatch:
    """Return the batch of the file, configured as proposed and checked."""
    batch = configured(upload(content, name, more.pop("importer", Counters.key)), **more)
    return services.check(batch.pk, at=AT, by=None)
