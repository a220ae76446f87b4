"""Tables on their way out: CSV that Excel opens by a double click, and real Excel files.

Both are streamed: rows may be a generator over a cursor, and memory does not grow with them.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext

from canone.base.exchange.rules import cells
from canone.base.firm import queries as firm_queries
from canone.kernel.money import Money, UnitPrice

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CSV_TYPE = "text/csv; charset=utf-8"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 500
SHEET_ROWS = 1_048_575
CELL_LENGTH = 32_767
COMMA_LANGUAGES = ("it", "fr", "de", "es")

Row = Sequence[Any]


class Kind(StrEnum):
    """What a column holds, which decides how it is written."""

    TEXT = "text"
    MONEY = "money"
    PRICE = "price"
    NUMBER = "number"
    DURATION = "duration"
    DAY = "day"
    INSTANT = "instant"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: MONEY takes Money or cents, PRICE UnitPrice, DURATION whole minutes.

    An INSTANT becomes two columns: local time and UTC, because an hour of October comes twice.
    """

    title: StrOrPromise
    kind: Kind = Kind.TEXT


def csv_rows(
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    language: str,
    zone: tzinfo | None = None,
) -> Iterator[bytes]:
    """Return the file in pieces: semicolon, decimal comma and BOM for it and fr; comma for en.

    `zone` is where local times are read off, the firm's unless given.
    """
    base = language[:2]
    comma = base in COMMA_LANGUAGES
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";" if comma else ",", lineterminator="\r\n")
    with translation.override(language):
        header = list(_titles(columns))
        style = _Style(comma=comma, zone=_zone(columns, zone), yes=gettext("Yes"), no=gettext("No"))
    writers = [_CSV[column.kind] for column in columns]
    writer.writerow([cells.safe(title) for title in header])
    yield b"\xef\xbb\xbf" if comma else b""
    for number, row in enumerate(rows, start=1):
        line: list[str] = []
        for write, value in zip(writers, row, strict=True):
            line.extend(write(value, style))
        writer.writerow(line)
        if number % CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def excel(
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    language: str,
    title: str = "",
    zone: tzinfo | None = None,
) -> IO[bytes]:
    """Return the Excel file, open and at its start, with real numbers and dates.

    Beyond Excel's rows it goes on in a second sheet. Text never becomes a formula or a link.
    """
    target = tempfile.TemporaryFile()  # noqa: SIM115 (handed to the caller, who closes it)
    try:
        with tempfile.TemporaryDirectory() as place, translation.override(language):
            _write_book(target, place, columns, rows, title=title, zone=zone)
    except BaseException:
        with suppress(OSError):  # what it still holds has no room either
            target.close()
        raise
    target.seek(0)
    return target


class _Sink:
    """The file that a book goes to; what comes after a failure is let go, with the book's parts."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.is_broken = False

    def write(self, content: bytes) -> int:
        """Return how much was written."""
        return len(content) if self.is_broken else self.file.write(content)

    def seek(self, place: int, whence: int = 0) -> int:
        """Return the place in the file."""
        return 0 if self.is_broken else self.file.seek(place, whence)

    def tell(self) -> int:
        """Return the place in the file."""
        return 0 if self.is_broken else self.file.tell()

    def flush(self) -> None:
        """Send on what was written."""
        if not self.is_broken:
            self.file.flush()


def _write_book(
    target: IO[bytes],
    place: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    title: str,
    zone: tzinfo | None,
) -> None:
    """Write the whole book; rows wait in `place`, of which nothing stays open."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
        "tmpdir": place,
    }
    sink = _Sink(target)
    book = xlsxwriter.Workbook(sink, options)
    sheets = _Sheets(book, columns, title or gettext("Data"))
    style = _Style(comma=False, zone=_zone(columns, zone), yes=gettext("Yes"), no=gettext("No"))
    try:
        sheets.open()
        for row in rows:
            sheets.add(row, style)
        book.close()
    except BaseException:
        sink.is_broken = book.fileclosed = True
        for sheet in book.worksheets():
            with suppress(OSError):
                sheet.row_data_fh.close()
        raise


@dataclass(frozen=True, slots=True)
class _Style:
    comma: bool
    zone: tzinfo
    yes: str
    no: str

    def decimal(self, text: str) -> str:
        return text.replace(".", ",") if self.comma else text


def _zone(columns: Sequence[Column], zone: tzinfo | None) -> tzinfo:
    if zone is not None or not any(column.kind == Kind.INSTANT for column in columns):
        return zone or UTC
    return firm_queries.zone()


def _titles(columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        yield str(column.title)
        if column.kind == Kind.INSTANT:
            yield gettext("%(title)s (UTC)") % {"title": column.title}


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _number(value: Any) -> Decimal | int | None:
    if value is None or value == "":
        return None
    if isinstance(value, Money | UnitPrice):
        return value.decimal
    if isinstance(value, Decimal | int):
        return value
    return Decimal(str(value))


def _money(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    return value.decimal if isinstance(value, Money) else Money(int(value)).decimal


def hours_minutes(minutes: int) -> str:
    """Return whole minutes as `2:43`, with a sign below zero."""
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"


def _text(value: Any, _: _Style) -> list[str]:
    return [cells.safe(cells.printable(str(value)))] if value is not None else [""]


def _amount(value: Any, style: _Style) -> list[str]:
    amount = _money(value)
    return [style.decimal(f"{amount:.2f}")] if amount is not None else [""]


def _plain(value: Any, style: _Style) -> list[str]:
    number = _number(value)
    return (
        [style.decimal(f"{number:f}" if isinstance(number, Decimal) else str(number))]
        if (number is not None)
        else [""]
    )


def _duration(value: Any, _: _Style) -> list[str]:
    return [hours_minutes(value)] if value is not None else [""]


def _day(value: date | None, style: _Style) -> list[str]:
    if value is None:
        return [""]
    return [value.strftime("%d/%m/%Y") if style.comma else value.isoformat()]


def _instant(value: datetime | None, style: _Style) -> list[str]:
    if value is None:
        return ["", ""]
    local = value.astimezone(style.zone)
    shown = local.strftime("%d/%m/%Y %H:%M:%S" if style.comma else "%Y-%m-%d %H:%M:%S")
    return [shown, value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]


def _yes(value: Any, style: _Style) -> list[str]:
    return [""] if value is None else [style.yes if value else style.no]


_CSV: dict[Kind, Callable[[Any, _Style], list[str]]] = {
    Kind.TEXT: _text,
    Kind.MONEY: _amount,
    Kind.PRICE: _plain,
    Kind.NUMBER: _plain,
    Kind.DURATION: _duration,
    Kind.DAY: _day,
    Kind.INSTANT: _instant,
    Kind.YES: _yes,
}
_FORMATS = {
    Kind.MONEY: "#,##0.00",
    Kind.PRICE: "#,##0.00####",
    Kind.NUMBER: "General",
    Kind.DURATION: "[h]:mm",
    Kind.DAY: "dd/mm/yyyy",
    Kind.INSTANT: "dd/mm/yyyy hh:mm:ss",
}
_WIDTHS = {Kind.TEXT: 28, Kind.INSTANT: 20, Kind.DAY: 12}


class _Sheets:
    """The sheets of one workbook, a new one whenever the last is full."""

    def __init__(self, book: Any, columns: Sequence[Column], title: str) -> None:
        self.book = book
        self.columns = columns
        self.title = "".join(c for c in title if c not in "[]:*?/\\'")[:28] or "1"
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.formats = {
            kind: book.add_format({"num_format": shape}) for kind, shape in _FORMATS.items()
        }
        self.count = 0
        self.line = 0
        self.sheet: Any = None

    def open(self) -> None:
        """Start a sheet with its header."""
        self.count += 1
        name = self.title if self.count == 1 else f"{self.title} {self.count}"
        self.sheet = self.book.add_worksheet(name)
        self.sheet.freeze_panes(1, 0)
        place = 0
        for column in self.columns:
            span = 1 if column.kind == Kind.INSTANT else 0
            self.sheet.set_column(place, place + span, _WIDTHS.get(column.kind, 14))
            place += span + 1
        for index, title in enumerate(_titles(self.columns)):
            self.sheet.write_string(0, index, title, self.head)
        self.line = 0

    def add(self, row: Row, style: _Style) -> None:
        """Write one row."""
        if self.line == SHEET_ROWS:
            self.open()
        self.line += 1
        place = 0
        for column, value in zip(self.columns, row, strict=True):
            if value is not None:
                self._cell(column.kind, place, value, style)
            place += 2 if column.kind == Kind.INSTANT else 1

    def _cell(self, kind: Kind, place: int, value: Any, style: _Style) -> None:
        shape = self.formats.get(kind)
        if kind == Kind.TEXT:
            self.sheet.write_string(self.line, place, cells.printable(str(value))[:CELL_LENGTH])
        elif kind == Kind.YES:
            self.sheet.write_string(self.line, place, style.yes if value else style.no)
        elif kind == Kind.INSTANT:
            local, utc = (value.astimezone(z).replace(tzinfo=None) for z in (style.zone, UTC))
            self.sheet.write_datetime(self.line, place, local, shape)
            self.sheet.write_datetime(self.line, place + 1, utc, shape)
        elif kind == Kind.DAY:
            self.sheet.write_datetime(self.line, place, value, shape)
        elif kind == Kind.DURATION:
            self.sheet.write_number(self.line, place, value / 1440, shape)
        else:
            number = _money(value) if kind == Kind.MONEY else _number(value)
            if number is not None:
                self.sheet.write_number(self.line, place, float(number), shape)
