"""The first rows as they will be read, beside what they are in the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from canone.base.exchange import queries
from canone.base.exchange.importers import Field, FieldKind, Importer, Setup
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.rules import moments
from canone.base.exchange.rules.rows import RawRow
from canone.base.exchange.services import Choice
from canone.kernel.money import Money, UnitPrice
from canone.ui import formats

SHOWN = 8


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row: its number, its cells, and what is wrong with it."""

    number: int
    cells: Sequence[tuple[str, bool]]
    faults: Sequence[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """The fields that are mapped, and the first rows; True stands for numbers."""

    titles: Sequence[tuple[str, bool]]
    rows: Sequence[PreviewRow]


def of(
    batch: ImportBatch,
    importer: Importer,
    choice: Choice,
    rows: tuple[list[RawRow], list[int]],
    setup: Setup,
) -> Preview:
    """Return the preview of the file under the choice."""
    first = (rows[0][:SHOWN], rows[1][:SHOWN])
    values, problems = queries.preview(batch, importer, choice.columns, choice.notation, first)
    named = all(choice.columns.get(field.name) for field in importer.fields if field.required)
    if values and named:
        judged = importer.prepare(setup).check(list(values.values()), list(values))
        problems += judged.problems
    fields = [field for field in importer.fields if choice.columns.get(field.name)]
    names = {field.name: str(field.label) for field in importer.fields}
    zone = ZoneInfo(choice.notation.zone)
    numeric = [field.kind in NUMERIC for field in fields]
    shown = []
    for line, raw in zip(first[1], first[0], strict=True):
        found = values.get(line)
        if found is None:
            cells = [_raw(raw, choice.columns[field.name]) for field in fields]
        else:
            by_name = dict(zip((field.name for field in importer.fields), found, strict=True))
            cells = [show(field, by_name[field.name], zone) for field in fields]
        faults = [
            f"{names.get(problem.field, '')}: {problem.what} {problem.hint}".strip(" :")
            for problem in problems
            if problem.row == line
        ]
        shown.append(PreviewRow(line, list(zip(cells, numeric, strict=True)), faults))
    return Preview([(str(f.label), f.kind in NUMERIC) for f in fields], shown)


NUMERIC = {
    FieldKind.WHOLE,
    FieldKind.NUMBER,
    FieldKind.MONEY,
    FieldKind.PRICE,
    FieldKind.DURATION,
    FieldKind.MINUTES,
}


def _raw(row: RawRow, places: Sequence[int]) -> str:
    return " ".join(str(row[place]) for place in places if place < len(row)).strip()


def show(field: Field, value: Any, zone: ZoneInfo) -> str:
    """Return a value as pages write it."""
    if value is None:
        return "–"
    write = _WRITERS.get(field.kind)
    return write(value, zone) if write else str(value)


def _instant(value: Any, zone: ZoneInfo) -> str:
    moment = value[0] if isinstance(value, tuple) else value
    return f"{moments.at(moment).astimezone(zone):%d/%m/%Y %H:%M:%S}"


def _duration(value: int, _zone: ZoneInfo) -> str:
    return f"{value // 3600}:{value // 60 % 60:02d}:{value % 60:02d}"


_WRITERS: dict[FieldKind, Callable[[Any, ZoneInfo], str]] = {
    FieldKind.INSTANT: _instant,
    FieldKind.DURATION: _duration,
    FieldKind.DAY: lambda value, _zone: formats.date_of(date.fromisoformat(value)),
    FieldKind.MONEY: lambda value, _zone: formats.money(Money(value)),
    FieldKind.PRICE: lambda value, _zone: formats.unit_price(UnitPrice(value)),
    FieldKind.NUMBER: lambda value, _zone: formats.number(Decimal(value)),
    FieldKind.YES: lambda value, _zone: _("Yes") if value else _("No"),
}
