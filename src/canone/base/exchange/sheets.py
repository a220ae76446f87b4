"""Turns a spreadsheet into lines of JSON; runs as a process of its own.

A spreadsheet from outside can be a bomb: a few kilobytes that unfold to gigabytes, or one cell in
the far corner of an empty sheet. This program looks before it opens, and has its own memory limit,
so that at worst it dies alone. It stands alone: standard library and the reader.

    sheets.py FILE TARGET SHEET LIMITS

prints one line of JSON: {"sheets": [...], "rows": n, "width": n} or {"fault": code, "detail": …}.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

CHUNK = 1_000
PIECE = 1024 * 1024
_CELL = re.compile(rb'<c [^>]*?r="([A-Z]+)[0-9]')
_ROW = re.compile(rb'<row [^>]*?r="([0-9]+)"')
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="([0-9]+)"')
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class FaultError(Exception):
    """The file is not taken; the code is one of `rules.faults.FileFault`."""

    def __init__(self, fault: str, detail: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.detail = detail


def main(arguments: list[str]) -> dict[str, Any]:
    """Return what was found, after writing the rows."""
    source, target, sheet, limits_text = arguments
    limits = json.loads(limits_text)
    _limit_memory(limits["memory"])
    try:
        _look_before(Path(source), limits)
        return _convert(source, Path(target), sheet, limits)
    except FaultError as error:
        return {"fault": error.fault, "detail": error.detail}
    except MemoryError:
        return {"fault": "too_big", "detail": ""}


def _limit_memory(limit: int) -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 (not on Windows)

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _look_before(path: Path, limits: dict[str, int]) -> None:
    with path.open("rb") as file:
        head = file.read(8)
        if head == _OLE:
            file.seek(0)
            if "EncryptedPackage".encode("utf-16-le") in file.read():
                raise FaultError("encrypted")
            return
    try:
        with zipfile.ZipFile(path) as archive:
            left = limits["unpacked"]
            for entry in archive.infolist():
                if entry.flag_bits & 1:
                    raise FaultError("encrypted")
                left -= _look_into(archive, entry, left, limits)
    except (zipfile.BadZipFile, OSError, EOFError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise FaultError("corrupt", str(error)) from error


def _look_into(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, limits: dict[str, int]
) -> int:
    """Return the unpacked size of an entry, read in pieces and never kept."""
    table = "worksheets/" in entry.filename or entry.filename == "content.xml"
    size, rows, columns, tail = 0, 0, set[bytes](), b""
    with archive.open(entry) as file:
        while piece := file.read(PIECE):
            size += len(piece)
            if size > left:
                raise FaultError("too_big", str(limits["unpacked"] // 1024 // 1024))
            if not table:
                continue
            text = tail + piece
            columns.update(_CELL.findall(text))
            rows = max(rows, max(map(int, _ROW.findall(text)), default=0))
            _check_repeats(text, limits)
            tail = piece[-200:]
    width = max(map(_column, columns), default=0)
    if width > limits["columns"]:
        raise FaultError("too_many_columns", str(limits["columns"]))
    if rows * width > limits["cells"]:
        raise FaultError("too_many_rows", str(limits["cells"] // max(width, 1)))
    return size


def _check_repeats(text: bytes, limits: dict[str, int]) -> None:
    """Refuse more repeated rows than a sheet has: OpenDocument writes empty ones that way."""
    if any(int(number) > 1_048_576 for number in _REPEATED.findall(text)):
        raise FaultError("too_many_rows", str(limits["cells"]))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _convert(source: str, target: Path, sheet: str, limits: dict[str, int]) -> dict[str, Any]:
    import python_calamine  # noqa: PLC0415 (after the memory limit)

    try:
        book = python_calamine.load_workbook(source)
        names = list(book.sheet_names)
        if not names:
            raise FaultError("no_sheet")
        opened = book.get_sheet_by_name(sheet if sheet in names else _first(book, names))
        with target.open("w", encoding="utf-8") as file:
            count, width = _write(opened.iter_rows(), file, limits)
    except python_calamine.PasswordError as error:
        raise FaultError("encrypted") from error
    except (python_calamine.CalamineError, OSError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise FaultError("corrupt", str(error)[:200]) from error
    return {"sheets": names, "sheet": opened.name, "rows": count, "width": width}


def _first(book: Any, names: list[str]) -> str:
    """Return the first sheet with something in it."""
    return next((name for name in names if book.get_sheet_by_name(name).height), names[0])


def _write(rows: Any, file: Any, limits: dict[str, int]) -> tuple[int, int]:
    """Return rows and width after writing chunks of `[number of the first row, rows]`."""
    count = width = 0
    chunk: list[list[Any]] = []
    for row in rows:
        cells = [_cell(value, limits["cell"]) for value in row]
        while cells and cells[-1] == "":
            cells.pop()
        width = max(width, len(cells))
        if width > limits["columns"]:
            raise FaultError("too_many_columns", str(limits["columns"]))
        chunk.append(cells)
        count += 1
        if len(chunk) == CHUNK:
            file.write(json.dumps([count - CHUNK + 1, chunk]) + "\n")
            chunk = []
    if chunk:
        file.write(json.dumps([count - len(chunk) + 1, chunk]) + "\n")
    return count, width


def _cell(value: Any, longest: int) -> str | float:
    if isinstance(value, str):
        if len(value) > longest:
            raise FaultError("long_cell", str(longest))
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return value if isinstance(value, int | float) else str(value)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])))
