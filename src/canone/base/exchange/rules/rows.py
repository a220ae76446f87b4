"""Chunks of raw rows turned into tuples of values, column by column.

A whole column of a chunk is read in one comprehension; only where a cell fails is the chunk gone
through again cell by cell to say which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from canone.base.exchange.rules import cells, moments, numbers
from canone.base.exchange.rules import durations as lengths
from canone.base.exchange.rules.durations import DurationUnit
from canone.base.exchange.rules.faults import BadCellError, CellProblem, Fault
from canone.base.exchange.rules.headers import normal
from canone.base.exchange.rules.moments import DateOrder

Cell = str | float
RawRow = Sequence[Cell]
Values = tuple[Any, ...]
MAX_COLUMNS = 500
MAX_CELL = 32_767
SHOWN = 120


class FieldKind(StrEnum):
    """What a field holds, and as what plain value it is handed on (None when empty)."""

    TEXT = "text"  # str
    CHOICE = "choice"  # the chosen code, str
    WHOLE = "whole"  # int
    NUMBER = "number"  # str of the exact decimal
    MONEY = "money"  # int, cents
    PRICE = "price"  # int, millionths
    DURATION = "duration"  # int, seconds
    MINUTES = "minutes"  # int, whole minutes, below zero too
    DAY = "day"  # str, ISO
    INSTANT = "instant"  # int, microseconds; (early, late) in the repeated hour
    YES = "yes"  # bool


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an importer takes; `synonyms` are titles it goes by, in any language.

    `choices` maps words of the file, in any case, to the code that is handed on. Rows are written
    in the order of the required field that `sorts`, whatever their order in the file.
    """

    name: str
    label: Any
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    synonyms: tuple[str, ...] = ()
    help: Any = ""
    limit: int = 500
    choices: Mapping[str, str] = field(default_factory=dict)
    sorts: bool = False


@dataclass(frozen=True, slots=True)
class Notation:
    """How the cells of a file are written."""

    date_order: DateOrder = DateOrder.DAY_FIRST
    zone: str = "Europe/Rome"
    decimal: str = ","
    duration_unit: DurationUnit = DurationUnit.MINUTES


_YES = frozenset(
    [
        "1",
        "yes",
        "y",
        "true",
        "t",
        "si",
        "s",
        "vero",
        "v",
        "oui",
        "o",
        "vrai",
        "ja",
        "wahr",
        "x",
        "on",
    ]
)
_NO = frozenset(["0", "no", "n", "false", "f", "falso", "non", "faux", "nein", "falsch", "off"])


class RowReader:
    """Reads chunks of one file; `columns` gives for each field the columns that make it up.

    Two columns of an INSTANT are its date and its time.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        columns: Mapping[str, Sequence[int]],
        notation: Notation,
    ) -> None:
        self.fields = tuple(fields)
        self.columns = [tuple(columns.get(item.name, ())) for item in fields]
        self.converters = [_converter(item, notation) for item in fields]

    def read(
        self, rows: Sequence[RawRow], lines: Sequence[int], width: int
    ) -> tuple[list[Values], list[int], list[CellProblem]]:
        """Return the good rows as tuples in the order of the fields, their lines, and problems.

        A row with a bad cell is in the problems only, with all its bad cells.
        """
        problems = _overlong(rows, lines, width)
        across = list(zip_longest(*rows, fillvalue=""))
        columns = [
            self._column(index, across, lines, problems) for index in range(len(self.fields))
        ]
        values = list(zip(*columns, strict=True)) if columns else []
        if not problems:
            return values, list(lines), []
        bad = {problem.row for problem in problems}
        kept = [(row, line) for row, line in zip(values, lines, strict=True) if line not in bad]
        order = {item.name: place for place, item in enumerate(self.fields)}
        problems.sort(key=lambda problem: (problem.row, order.get(problem.field, -1)))
        return [row for row, _ in kept], [line for _, line in kept], problems

    def _column(
        self,
        index: int,
        across: Sequence[Sequence[Cell]],
        lines: Sequence[int],
        problems: list[CellProblem],
    ) -> list[Any]:
        places, item = self.columns[index], self.fields[index]
        if not places:
            return [None] * len(lines)
        source = self._source(places, across, len(lines))
        convert = self.converters[index]
        try:
            values = [convert(cell) if cell != "" else None for cell in source]
        except BadCellError:
            values = []
            for cell, line in zip(source, lines, strict=True):
                values.append(_one(convert, cell, line, item.name, problems))
        if item.required and None in values:
            failed = {problem.row for problem in problems if problem.field == item.name}
            problems.extend(
                CellProblem(line, item.name, "", Fault.REQUIRED)
                for value, line in zip(values, lines, strict=True)
                if value is None and line not in failed
            )
        return values

    @staticmethod
    def _source(
        places: tuple[int, ...], across: Sequence[Sequence[Cell]], count: int
    ) -> Sequence[Cell]:
        parts = [across[place] if place < len(across) else ("",) * count for place in places]
        if len(parts) == 1:
            return parts[0]
        return [_joined(pair) for pair in zip(*parts, strict=True)]


def _joined(parts: Sequence[Cell]) -> str:
    """Return date and time as one text; a spreadsheet's midnight after the date is dropped."""
    first, *others = (str(part).strip() for part in parts)
    if len(first) == 19 and first.endswith(("T00:00:00", " 00:00:00")):
        first = first[:10]
    return " ".join(part for part in (first, *others) if part)


def _overlong(rows: Sequence[RawRow], lines: Sequence[int], width: int) -> list[CellProblem]:
    if max(map(len, rows), default=0) <= width:
        return []
    return [
        CellProblem(line, "", str(row[width])[:SHOWN], Fault.TOO_MANY_CELLS, str(width))
        for row, line in zip(rows, lines, strict=True)
        if any(str(cell).strip() for cell in row[width:])
    ]


def _one(
    convert: Callable[[Any], Any],
    cell: Cell,
    line: int,
    name: str,
    problems: list[CellProblem],
) -> Any:
    if cell == "":
        return None
    try:
        return convert(cell)
    except BadCellError as error:
        problems.append(CellProblem(line, name, str(cell)[:SHOWN], error.fault, error.detail))
        return None


def _converter(item: Field, notation: Notation) -> Callable[[Any], Any]:
    makers: dict[FieldKind, Callable[[Field, Notation], Callable[[Any], Any]]] = {
        FieldKind.TEXT: _text,
        FieldKind.CHOICE: _choice,
        FieldKind.WHOLE: _whole,
        FieldKind.NUMBER: _decimal,
        FieldKind.MONEY: lambda _, style: _scaled(style, 2),
        FieldKind.PRICE: lambda _, style: _scaled(style, 6),
        FieldKind.DURATION: _duration,
        FieldKind.MINUTES: lambda *_: _unless_blank(_minutes),
        FieldKind.DAY: _day,
        FieldKind.INSTANT: _instant,
        FieldKind.YES: lambda *_: yes,
    }
    return makers[item.kind](item, notation)


def plain(cell: Cell) -> str:
    """Return a spreadsheet's cell as text: 12.0 is `12`."""
    if isinstance(cell, str):
        return cell
    return str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else repr(cell)


def _text(item: Field, _: Notation) -> Callable[[Any], Any]:
    limit = item.limit

    def convert(cell: Cell) -> str | None:
        text = (cell if type(cell) is str else plain(cell)).strip()
        if not text.isprintable():
            text = cells.printable(text).replace("\r\n", "\n").replace("\r", "\n")
        if text[:1] == "'":
            text = cells.original(text)
        if len(text) > limit:
            raise BadCellError(Fault.TOO_LONG, str(limit))
        return text or None

    return convert


def _choice(item: Field, _: Notation) -> Callable[[Any], Any]:
    known = {normal(word): code for word, code in item.choices.items()}

    def convert(cell: Cell) -> str | None:
        text = plain(cell).strip()
        if not text:
            return None
        code = known.get(normal(text))
        if code is None:
            raise BadCellError(Fault.CHOICE, ", ".join(item.choices))
        return code

    return convert


def _whole(_: Field, notation: Notation) -> Callable[[Any], Any]:
    return _unless_blank(lambda cell: numbers.whole(cell, notation.decimal))


def _decimal(_: Field, notation: Notation) -> Callable[[Any], Any]:
    return _unless_blank(lambda cell: f"{numbers.number(cell, notation.decimal):f}")


def _scaled(notation: Notation, places: int) -> Callable[[Any], Any]:
    return _unless_blank(lambda cell: numbers.scaled(cell, notation.decimal, places))


def _duration(_: Field, notation: Notation) -> Callable[[Any], Any]:
    known: dict[Cell, int | None] = {}
    unit = notation.duration_unit

    def convert(cell: Cell) -> int | None:
        if cell in known:
            return known[cell]
        if len(known) > 50_000:
            known.clear()
        blank = isinstance(cell, str) and not cell.strip()
        known[cell] = value = None if blank else lengths.seconds(cell, unit)
        return value

    return convert


def _minutes(cell: Cell) -> int:
    text = plain(cell).translate(numbers.MINUS).strip()
    negative = text.startswith("-")
    found = lengths.seconds(text.lstrip("+-"), DurationUnit.MINUTES)
    if found % 60:
        raise BadCellError(Fault.WHOLE)
    return -found // 60 if negative else found // 60


def _day(_: Field, notation: Notation) -> Callable[[Any], Any]:
    return _unless_blank(lambda cell: moments.day(cell, notation.date_order).isoformat())


def _instant(_: Field, notation: Notation) -> Callable[[Any], Any]:
    read = moments.Clock(notation.date_order, ZoneInfo(notation.zone)).read

    def convert(cell: Cell) -> moments.Moment | None:
        return None if type(cell) is str and cell.isspace() else read(cell)

    return convert


def _unless_blank(convert: Callable[[Cell], Any]) -> Callable[[Any], Any]:
    def guarded(cell: Cell) -> Any:
        return None if isinstance(cell, str) and not cell.strip() else convert(cell)

    return guarded


def yes(cell: Cell) -> bool | None:
    """Return what a word for yes or no says, None where the cell is empty."""
    word = normal(plain(cell))
    if word in _YES:
        return True
    if word in _NO:
        return False
    if not word:
        return None
    raise BadCellError(Fault.YES_NO)
