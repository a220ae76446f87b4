"""Files on their way in: what they look like, and their rows in chunks.

CSV is read as a stream. A spreadsheet is turned into lines of JSON by a process of its own
(`sheets`) and then read as a stream too, so that no file, however large, fills the memory.
"""

from __future__ import annotations

import codecs
import csv
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from canone.base.exchange import sheets
from canone.base.exchange.rules import cells, sniff
from canone.base.exchange.rules.faults import BadFileError, FileFault
from canone.base.exchange.rules.headers import normal
from canone.base.exchange.rules.rows import MAX_CELL, MAX_COLUMNS, Cell, RawRow, plain

CHUNK = 2_000
SAMPLE = 60
TITLE = 200
PIECE = 1024 * 1024
EXCEL = (".xlsx", ".xlsm", ".xls", ".ods")
ENCODINGS = ("utf-8", "cp1252", "utf-16", "latin-1", "cp850")
LIMITS = {
    "columns": MAX_COLUMNS,
    "cell": MAX_CELL,
    "cells": 6_000_000,
    "unpacked": 400 * 1024 * 1024,
    "memory": 2 * 1024 * 1024 * 1024,
}
PATIENCE = 300


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file looks like; `header` is the index of the row of titles, None without one."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    skip: int = 0
    header: int | None = None
    titles: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    rows: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the shape as the database keeps it."""
        return asdict(self)

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Shape:
        """Return the shape that `as_json` stored."""
        lists = {name: tuple(stored[name]) for name in ("titles", "sheets")}
        return cls(**{**stored, **lists})


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows with their numbers in the file, and how much of the file is read (0 to 1)."""

    rows: list[RawRow]
    lines: Sequence[int]
    done: float
    unreadable: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user chose about the file, over what was found; empty means as found."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: int | None = None
    no_header: bool = False


def inspect(
    path: Path,
    name: str,
    *,
    spool: Path,
    words: frozenset[str] = frozenset(),
    wish: Wish | None = None,
) -> tuple[Shape, list[RawRow]]:
    """Return the shape and the first rows; raises BadFileError.

    `spool` is where the rows of a spreadsheet are put, `words` are titles to look for.
    """
    wish = wish or Wish()
    if not path.stat().st_size:
        raise BadFileError(FileFault.EMPTY)
    excel = Path(name).suffix.lower() in EXCEL
    shape = _excel(path, spool, wish) if excel else _text(path, wish)
    first = next(chunks(path, shape, spool=spool, size=SAMPLE), None)
    rows = first.rows if first else []
    header = _header(rows, words, wish)
    body = [row for row in rows[(header + 1 if header is not None else 0) :] if _filled(row)]
    if not body:
        raise BadFileError(FileFault.NO_ROWS)
    width = max(len(row) for row in rows)
    titles = [_title(cell) for cell in rows[header]] if header is not None else []
    titles += [""] * (width - len(titles))
    found = Shape(**{**asdict(shape), "header": header, "titles": tuple(titles)})
    return found, body


def chunks(path: Path, shape: Shape, *, spool: Path, size: int = CHUNK) -> Iterator[Chunk]:
    """Return the rows of the file from its first, title rows included; raises BadFileError."""
    if shape.kind == "excel":
        yield from _spooled(spool, size, shape.rows)
    else:
        yield from _parsed(path, shape, size)


def table(path: Path, shape: Shape, *, spool: Path, size: int = CHUNK) -> Iterator[Chunk]:
    """Return the rows below the titles, blank ones left out; raises BadFileError."""
    begin = (shape.header or 0) + (0 if shape.header is None else 1)
    passed = 0
    for chunk in chunks(path, shape, spool=spool, size=size):
        rows, lines = chunk.rows, chunk.lines
        if passed < begin:
            cut = min(begin - passed, len(rows))
            passed += cut
            rows, lines = rows[cut:], lines[cut:]
        if not all(map(_filled, rows)):
            kept = [(row, line) for row, line in zip(rows, lines, strict=True) if _filled(row)]
            rows, lines = [row for row, _ in kept], [line for _, line in kept]
        if rows or chunk.unreadable:
            yield Chunk(rows, lines, chunk.done, chunk.unreadable)


def _title(cell: Cell) -> str:
    return " ".join(cells.printable(plain(cell)).split())[:TITLE]


def _filled(row: RawRow) -> bool:
    return any(cell != "" for cell in row) and any(str(cell).strip() for cell in row)


def _header(rows: Sequence[RawRow], words: frozenset[str], wish: Wish) -> int | None:
    if wish.no_header:
        return None
    if wish.header is not None and wish.header < len(rows):
        return wish.header
    return sniff.header_row(rows, frozenset(map(normal, words)))


def _text(path: Path, wish: Wish) -> Shape:
    with path.open("rb") as file:
        head = file.read(65_536)
    found = sniff.declared_encoding(head)
    if not found and sniff.is_binary(head):
        raise BadFileError(FileFault.BINARY)
    encoding = wish.encoding or found or _encoding(path)
    try:
        start = codecs.getincrementaldecoder(encoding)().decode(head)
    except (UnicodeError, LookupError) as error:
        raise BadFileError(FileFault.ENCODING, encoding) from error
    if sniff.is_html(start):
        raise BadFileError(FileFault.HTML)
    lines = start.splitlines()
    named = sniff.sep_line(lines[0]) if lines else None
    body = lines[1:] if named else lines
    sign = wish.delimiter or named or sniff.delimiter(body[:SAMPLE])
    return Shape("csv", encoding, sign, 1 if named else 0)


def _encoding(path: Path) -> str:
    """Return utf-8 or, where the file is not, Windows' Western letters."""
    for name in ("utf-8", "cp1252"):
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return name
    raise BadFileError(FileFault.ENCODING)


def _parsed(path: Path, shape: Shape, size: int) -> Iterator[Chunk]:
    whole = max(path.stat().st_size, 1)
    with path.open(encoding=shape.encoding, newline="") as file:
        for _ in range(shape.skip):
            file.readline()
        reader = csv.reader(file, delimiter=shape.delimiter, strict=True)
        number = 1
        more = True
        while more:
            rows, unreadable, more = _take(reader, file, size)
            if rows and max(map(len, rows)) > MAX_COLUMNS:
                raise BadFileError(FileFault.TOO_MANY_COLUMNS, str(MAX_COLUMNS))
            count = len(rows)
            bad = tuple(number + place for place in unreadable)
            yield Chunk(rows, range(number, number + count), _place(file, whole), bad)
            number += count


def _take(reader: Any, file: TextIO, size: int) -> tuple[list[RawRow], list[int], bool]:
    """Return up to `size` rows; a row whose quotes do not close is empty and named."""
    rows: list[RawRow] = []
    unreadable: list[int] = []
    try:
        while len(rows) < size:
            before = len(rows)
            try:
                rows.extend(islice(reader, size - before))
            except csv.Error as error:
                if "field larger" in str(error):
                    raise BadFileError(FileFault.LONG_CELL, str(csv.field_size_limit())) from error
                unreadable.append(len(rows))
                rows.append([])
                continue
            if len(rows) < size:
                return rows, unreadable, False
    except UnicodeError as error:
        raise BadFileError(FileFault.ENCODING, file.encoding) from error
    return rows, unreadable, True


def _place(file: TextIO, whole: int) -> float:
    return min(file.buffer.tell() / whole, 1.0)


def _excel(path: Path, spool: Path, wish: Wish) -> Shape:
    with path.open("rb") as file:
        head = file.read(512)
    if not head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        if sniff.is_html(head.decode("latin-1")):
            raise BadFileError(FileFault.HTML)
        raise BadFileError(FileFault.FORMAT)
    spool.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-I", sheets.__file__]
    command += [str(path), str(spool), wish.sheet, json.dumps(LIMITS)]
    try:
        done = subprocess.run(  # noqa: S603 (our own program, arguments as a list)
            command, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BadFileError(FileFault.TOO_BIG) from error
    if done.returncode != 0:
        if b"No space left" in done.stderr:
            raise OSError(28, "No space left on device")
        memory = done.returncode < 0 or b"MemoryError" in done.stderr
        raise BadFileError(FileFault.TOO_BIG if memory else FileFault.CORRUPT)
    answer = json.loads(done.stdout)
    if "fault" in answer:
        raise BadFileError(FileFault(answer["fault"]), answer["detail"])
    return Shape(
        "excel", sheets=tuple(answer["sheets"]), sheet=answer["sheet"], rows=answer["rows"]
    )


def _spooled(spool: Path, size: int, total: int) -> Iterator[Chunk]:
    with spool.open(encoding="utf-8") as file:
        for line in file:
            first, rows = json.loads(line)
            for start in range(0, len(rows), size):
                part = rows[start : start + size]
                number = first + start
                done = min((number + len(part)) / max(total, 1), 1.0)
                yield Chunk(part, range(number, number + len(part)), done)
