"""Reads for the steps of an import: where its files lie, what is proposed, what the rows become."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from canone.base.exchange import readers, texts
from canone.base.exchange.importers import Field, FieldKind, Importer, Problem, Setup
from canone.base.exchange.models import ImportBatch, MappingProfile
from canone.base.exchange.readers import Shape
from canone.base.exchange.rules import headers, moments, numbers
from canone.base.exchange.rules.durations import DurationUnit
from canone.base.exchange.rules.faults import BadFileError
from canone.base.exchange.rules.moments import DateOrder
from canone.base.exchange.rules.rows import Notation, RawRow, RowReader
from canone.base.files import queries as files
from canone.base.firm import queries as firm


def source(batch: ImportBatch) -> Path:
    """Return where the uploaded file lies."""
    return files.path(batch.file)


def staged(batch: ImportBatch) -> Path:
    """Return where the checked rows wait for the write."""
    return Path(settings.DATA) / "imports" / f"{batch.pk}.staged"


def spool(batch: ImportBatch) -> Path:
    """Return where the rows of a spreadsheet lie as lines of JSON."""
    return staged(batch).with_suffix(".spool")


def working_files(batch: ImportBatch) -> list[Path]:
    """Return what may lie on disk beside the upload."""
    path = staged(batch)
    return [
        path,
        *(
            path.with_suffix(end)
            for end in (".spool", ".half", ".runs", ".sorted", ".problems.csv")
        ),
    ]


def staged_chunks(batch: ImportBatch) -> Iterator[list[Any]]:
    """Return the staged rows as they were written, chunk by chunk."""
    with staged(batch).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def shape(batch: ImportBatch) -> Shape:
    """Return what the file looks like."""
    return Shape.of_json(batch.layout)


def notation(batch: ImportBatch) -> Notation:
    """Return how the cells are written."""
    stored = batch.notation
    return Notation(
        DateOrder(stored["date_order"]),
        stored["zone"],
        stored["decimal"],
        DurationUnit(stored["duration_unit"]),
    )


def setup(batch: ImportBatch, *, at: datetime, by: int | None) -> Setup:
    """Return what the importer needs to know of the import as a whole."""
    if batch.profile is None:
        raise ValueError("the batch has not been configured")
    return Setup(
        source=f"file:{batch.profile.name}",
        columns=batch.columns,
        notation=notation(batch),
        options=batch.options,
        at=at,
        by=by,
    )


def batches(importers: Sequence[str]) -> QuerySet[ImportBatch]:
    """Return the imports of these importers, newest first."""
    found = ImportBatch.objects.filter(importer__in=importers)
    return found.select_related("file", "profile", "created_by").order_by("-created_at", "-id")


def profiles(importer: str) -> QuerySet[MappingProfile]:
    """Return the sources known to an importer, by name."""
    return MappingProfile.objects.filter(importer=importer).order_by("name")


def names(field: Field) -> list[str]:
    """Return the titles under which a field is known: its labels in every language, synonyms."""
    labels = []
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            labels.append(str(field.label))
    return [*labels, field.name.replace("_", " "), *field.synonyms]


def known_titles(importer: Importer) -> frozenset[str]:
    """Return every title under which a field of the importer is known."""
    return frozenset(name for field in importer.fields for name in names(field))


def column_titles(batch: ImportBatch) -> dict[str, str]:
    """Return for each chosen field the title of its column in the file."""
    titles = batch.layout.get("titles", [])
    return {
        name: " + ".join(titles[place] or str(place + 1) for place in places)
        for name, places in batch.columns.items()
    }


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is filled in before the user looks: `certain` is False where dates leave a choice."""

    columns: dict[str, list[int]]
    notation: Notation
    options: dict[str, str]
    profile: MappingProfile | None
    certain: bool


def sample(batch: ImportBatch, count: int = 50) -> tuple[list[RawRow], list[int]]:
    """Return the first rows below the titles, and their numbers; those before a fault."""
    rows: list[RawRow] = []
    lines: list[int] = []
    size = readers.SAMPLE
    with suppress(BadFileError):
        for chunk in readers.table(source(batch), shape(batch), spool=spool(batch), size=size):
            rows.extend(chunk.rows)
            lines.extend(chunk.lines)
            if len(rows) >= count:
                break
    return rows[:count], lines[:count]


def propose(
    batch: ImportBatch, importer: Importer, rows: Sequence[RawRow], *, language: str
) -> Proposal:
    """Return columns and notation as far as titles, rows and earlier files tell them."""
    titles = batch.layout["titles"]
    profile = _like(batch.importer, titles)
    columns: dict[str, list[int]] = {}
    if profile:
        columns = _saved(profile, titles)
    else:
        found = headers.propose(titles, {field.name: names(field) for field in importer.fields})
        columns = {name: [place] for name, place in found.items()}
    dates = _cells(importer, columns, rows, (FieldKind.INSTANT, FieldKind.DAY))
    order, certain = moments.detect(dates, DateOrder.DAY_FIRST)
    amounts = (FieldKind.MONEY, FieldKind.PRICE, FieldKind.NUMBER)
    texts_ = [cell for cell in _cells(importer, columns, rows, amounts) if isinstance(cell, str)]
    guess = Notation(
        date_order=order,
        zone=str(firm.zone()),
        decimal=numbers.decimal_sign(texts_, "." if language == "en" else ","),
        duration_unit=_unit(importer, columns, titles),
    )
    options = {option.name: option.default for option in importer.options}
    if profile:
        stored = ImportBatch(notation=profile.notation)
        merged = {**options, **profile.options}
        return Proposal(columns, notation(stored), merged, profile, certain=True)
    return Proposal(columns, guess, options, None, certain)


def preview(
    batch: ImportBatch,
    importer: Importer,
    columns: Mapping[str, Sequence[int]],
    written: Notation,
    rows: tuple[list[RawRow], list[int]],
) -> tuple[dict[int, tuple[Any, ...]], list[Problem]]:
    """Return the values of the rows that can be read, by number, and what is wrong with others."""
    reader = RowReader(importer.fields, columns, written)
    values, lines, wrong = reader.read(rows[0], rows[1], len(batch.layout["titles"]))
    problems = []
    for problem in wrong:
        what, hint = texts.of_cell(problem.fault, problem.detail)
        problems.append(Problem(problem.row, problem.field, problem.value, what, hint))
    return dict(zip(lines, values, strict=True)), problems


def _like(importer: str, titles: Sequence[str]) -> MappingProfile | None:
    """Return the newest source all of whose titles stand in this file."""
    found = set(titles)
    for profile in MappingProfile.objects.filter(importer=importer).order_by("-updated_at"):
        wanted = {title for group in profile.titles.values() for title in group}
        if wanted and "" not in wanted and wanted <= found:
            return profile
    return None


def _saved(profile: MappingProfile, titles: Sequence[str]) -> dict[str, list[int]]:
    places = {title: place for place, title in reversed(list(enumerate(titles)))}
    return {name: [places[title] for title in group] for name, group in profile.titles.items()}


def _cells(
    importer: Importer,
    columns: Mapping[str, Sequence[int]],
    rows: Sequence[RawRow],
    kinds: Sequence[FieldKind],
) -> list[str | float]:
    places = [
        columns[field.name][0]
        for field in importer.fields
        if field.kind in kinds and columns.get(field.name)
    ]
    cells = (row[place] for row in rows for place in places if place < len(row))
    return list(islice((cell for cell in cells if cell != ""), 400))


def _unit(
    importer: Importer, columns: Mapping[str, Sequence[int]], titles: Sequence[str]
) -> DurationUnit:
    """Return the unit that the title of a duration names; minutes where it names none."""
    for field in importer.fields:
        if field.kind == FieldKind.DURATION and columns.get(field.name):
            words = titles[columns[field.name][0]].lower()
            if "sec" in words or "sek" in words or "(s)" in words:
                return DurationUnit.SECONDS
            if "hour" in words or "(h)" in words or "ore" in words.split():
                return DurationUnit.HOURS
    return DurationUnit.MINUTES
