from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import python_calamine

from canone.base.exchange import writers
from canone.base.exchange.writers import Column, Kind
from canone.kernel.money import Money, UnitPrice

ROME = ZoneInfo("Europe/Rome")
COLUMNS = [
    Column("Name"),
    Column("Price", Kind.MONEY),
    Column("Copy", Kind.PRICE),
    Column("Quantity", Kind.NUMBER),
    Column("Time", Kind.DURATION),
    Column("Day", Kind.DAY),
    Column("Start", Kind.INSTANT),
    Column("Done", Kind.YES),
]
ROW = (
    "=HYPERLINK(1)",
    Money(-123456),
    UnitPrice.of("0.0085"),
    Decimal("1.50"),
    163,
    date(2026, 12, 1),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    True,
)
EMPTY = (None,) * 8


def text(language: str, rows: list[tuple[object, ...]]) -> str:
    return b"".join(writers.csv_rows(COLUMNS, rows, language=language, zone=ROME)).decode()


def test_italian_file() -> None:
    lines = text("it", [ROW, EMPTY]).split("\r\n")
    assert lines[0].startswith("\ufeffName;Price;")
    assert lines[0].count("UTC") == 1
    assert lines[1].startswith(
        "'=HYPERLINK(1);-1234,56;0,0085;1,50;2:43;01/12/2026;"
        "25/10/2026 02:30:00;2026-10-25T01:30:00Z;"
    )
    assert lines[2] == ";" * 8


def test_english_file() -> None:
    lines = text("en", [ROW]).split("\r\n")
    assert lines[0] == "Name,Price,Copy,Quantity,Time,Day,Start,Start (UTC),Done"
    assert lines[1] == (
        "'=HYPERLINK(1),-1234.56,0.0085,1.50,2:43,2026-12-01,"
        "2026-10-25 02:30:00,2026-10-25T01:30:00Z,Yes"
    )


def test_separators_quotes_and_line_ends_inside_text_survive() -> None:
    data = b"".join(writers.csv_rows([Column("A")], [('x;"y"\nz',)], language="it"))
    assert data.decode() == '\ufeffA\r\n"x;""y""\nz"\r\n'


def test_a_row_of_the_wrong_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        list(writers.csv_rows(COLUMNS, [("a",)], language="it", zone=ROME))


def test_rows_are_taken_one_by_one() -> None:
    taken = []

    def rows() -> object:
        for number in range(10_000):
            taken.append(number)
            yield (number,)

    pieces = writers.csv_rows([Column("N", Kind.NUMBER)], rows(), language="en")  # type: ignore[arg-type]
    next(pieces)
    next(pieces)
    assert len(taken) <= writers.CHUNK


def test_excel_holds_real_values_and_no_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "SHEET_ROWS", 2)
    with writers.excel(
        COLUMNS, [ROW, EMPTY, ROW], language="en", title="a/b[1]", zone=ROME
    ) as file:
        book = python_calamine.load_workbook(file)
    assert book.sheet_names == ["ab1", "ab1 2"]
    first, second = (book.get_sheet_by_index(i).to_python() for i in (0, 1))
    assert first[0][6:8] == ["Start", "Start (UTC)"]
    assert first[1][:5] == ["=HYPERLINK(1)", -1234.56, 0.0085, 1.5, first[1][4]]
    assert first[1][5:] == [
        date(2026, 12, 1),
        datetime(2026, 10, 25, 2, 30),
        datetime(2026, 10, 25, 1, 30),
        "Yes",
    ]
    assert second[1] == first[1]
