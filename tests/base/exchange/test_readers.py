import io
import struct
import subprocess
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from canone.base.exchange import readers
from canone.base.exchange.readers import Shape, Wish
from canone.base.exchange.rules.faults import BadFileError, FileFault

LINES = "Tecnico;Inizio;Durata\r\nMàrco;21/11/2026 09:02;0:42\r\n\r\nLuca;;1,5\r\n"


def inspect(path: Path, **more: Any) -> tuple[Shape, list[Any]]:
    return readers.inspect(path, path.name, spool=path.with_suffix(".spool"), **more)


def rows(path: Path, shape: Shape) -> list[tuple[int, list[Any]]]:
    found = readers.table(path, shape, spool=path.with_suffix(".spool"))
    return [pair for chunk in found for pair in zip(chunk.lines, chunk.rows, strict=True)]


def saved(folder: Path, content: bytes | str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def book(folder: Path, cells: dict[tuple[int, int], Any], name: str = "a.xlsx") -> Path:
    path = folder / name
    with xlsxwriter.Workbook(str(path)) as workbook:
        shapes = {
            date: workbook.add_format({"num_format": "dd/mm/yyyy"}),
            datetime: workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
            time: workbook.add_format({"num_format": "hh:mm"}),
        }
        sheet = workbook.add_worksheet()
        for (row, column), value in cells.items():
            sheet.write(row, column, value, shapes.get(type(value)))
    return path


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_every_encoding_gives_the_same_rows(tmp_path: Path, encoding: str, found: str) -> None:
    path = saved(tmp_path, LINES.encode(encoding))
    shape, sample = inspect(path)
    assert shape.encoding == found
    assert (shape.delimiter, shape.header) == (";", 0)
    assert shape.titles == ("Tecnico", "Inizio", "Durata")
    assert sample[0][0] == "Màrco"
    assert rows(path, shape) == [
        (2, ["Màrco", "21/11/2026 09:02", "0:42"]),
        (4, ["Luca", "", "1,5"]),
    ]


def test_sep_line_titles_further_down_and_a_late_accent(tmp_path: Path) -> None:
    body = "".join(f"x{i}|1|2\n" for i in range(40_000)) + "é|1|2\n"
    path = saved(tmp_path, ("sep=|\nReport\n\nName|A|B\n" + body).encode("cp1252"))
    shape, _ = inspect(path)
    assert (shape.encoding, shape.delimiter, shape.skip, shape.header) == ("cp1252", "|", 1, 2)
    found = rows(path, shape)
    assert found[0] == (4, ["x0", "1", "2"])
    assert found[-1] == (40_004, ["é", "1", "2"])


def test_quoted_separators_and_line_ends(tmp_path: Path) -> None:
    path = saved(tmp_path, 'A;B\n"x;\n""y""";1\n')
    shape, _ = inspect(path)
    assert rows(path, shape) == [(2, ['x;\n"y"', "1"])]


def test_a_row_with_broken_quotes_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path, 'A;B\n"x"y;1\nz;2\n')
    shape, _ = inspect(path)
    (chunk,) = readers.table(path, shape, spool=path)
    assert chunk.unreadable == (2,)
    assert list(chunk.lines) == [3]
    assert chunk.rows == [["z", "2"]]


def test_without_titles_columns_are_unnamed(tmp_path: Path) -> None:
    shape, sample = inspect(saved(tmp_path, "Marco;21/11/2026\nLuca;22/11/2026\n"))
    assert shape.header is None
    assert shape.titles == ("", "")
    assert len(sample) == 2


def test_the_users_wish_wins(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b;c\nd,e;f\n")
    shape, _ = inspect(path, wish=Wish(delimiter=",", encoding="latin-1", no_header=True))
    assert (shape.delimiter, shape.encoding, shape.header) == (",", "latin-1", None)
    assert rows(path, shape)[0] == (1, ["a", "b;c"])


@pytest.mark.parametrize(
    ("content", "name", "fault"),
    [
        (b"", "a.csv", FileFault.EMPTY),
        (b"\n\n;;\n", "a.csv", FileFault.NO_ROWS),
        (b"Tecnico;Inizio\n", "a.csv", FileFault.NO_ROWS),
        (bytes(range(256)) * 20, "a.csv", FileFault.BINARY),
        (b"<html><table><tr><td>1", "a.csv", FileFault.HTML),
        (b"<html><table><tr><td>1", "a.xls", FileFault.HTML),
        (b"a;b;c", "a.xlsx", FileFault.FORMAT),
        (b"PK\x03\x04" + b"x" * 99, "a.xlsx", FileFault.CORRUPT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 999, "a.xls", FileFault.CORRUPT),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            FileFault.ENCRYPTED,
        ),
        (";".join("x" * 501) + "\n", "a.csv", FileFault.TOO_MANY_COLUMNS),
        (";".join("x" * 10_000) + "\n", "a.csv", FileFault.TOO_MANY_COLUMNS),
        ('A;B\n"' + "x" * 200_000, "a.csv", FileFault.LONG_CELL),
        (b"A;B\n\x81\x8d;x\n" * 9, "a.csv", FileFault.ENCODING),
        (b"\xff\xfeA", "a.csv", FileFault.ENCODING),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | str, name: str, fault: FileFault
) -> None:
    path = saved(tmp_path, content, name)
    with pytest.raises(BadFileError) as caught:
        rows(path, inspect(path)[0])
    assert caught.value.fault is fault


def test_spreadsheets_keep_dates_numbers_and_row_numbers(tmp_path: Path) -> None:
    titles = ("Name", "At", "Day", "N", "T")
    cells: dict[tuple[int, int], Any] = {(2, i): title for i, title in enumerate(titles)}
    values = ("x", datetime(2026, 11, 21, 9, 2, 11), date(2026, 11, 21), 1.5, time(9, 2))
    cells |= {(3, i): value for i, value in enumerate(values)}
    cells[5, 0] = "late"
    path = book(tmp_path, cells)
    shape, _ = inspect(path)
    assert shape.titles == titles
    assert rows(path, shape) == [
        (4, ["x", "2026-11-21T09:02:11", "2026-11-21", 1.5, "09:02:00"]),
        (6, ["late"]),
    ]


def test_the_first_sheet_that_holds_something_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("Empty")
        for name in ("One", "Two"):
            workbook.add_worksheet(name).write_column(0, 0, ["Title", name])
    assert inspect(path)[0].sheet == "One"
    assert inspect(path, wish=Wish(sheet="Two"))[0].sheet == "Two"


def test_a_far_corner_does_not_unfold(tmp_path: Path) -> None:
    with pytest.raises(BadFileError) as caught:
        inspect(book(tmp_path, {(0, 0): "A", (1_048_575, 400): "z"}))
    assert caught.value.fault is FileFault.TOO_MANY_ROWS
    with pytest.raises(BadFileError) as caught:
        inspect(book(tmp_path, {(0, 0): "A", (0, 16_000): "z"}))
    assert caught.value.fault is FileFault.TOO_MANY_COLUMNS


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(readers.LIMITS, "unpacked", 1024 * 1024)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30 * 1024 * 1024)
    # What the archive says of its own sizes is a lie.
    data = content.getvalue().replace(struct.pack("<L", 30 * 1024 * 1024), struct.pack("<L", 9))
    with pytest.raises(BadFileError) as caught:
        inspect(saved(tmp_path, data, "a.xlsx"))
    assert caught.value.fault in {FileFault.TOO_BIG, FileFault.CORRUPT}
    with pytest.raises(BadFileError) as caught:
        inspect(saved(tmp_path, content.getvalue(), "a.xlsx"))
    assert caught.value.fault is FileFault.TOO_BIG


def test_a_reader_that_hangs_or_dies_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path, {(0, 0): "A"})

    def hang(*_: Any, **__: Any) -> Any:
        raise subprocess.TimeoutExpired("x", 1)

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", hang)
        with pytest.raises(BadFileError):
            inspect(path)
    monkeypatch.setitem(readers.LIMITS, "memory", 1024 * 1024)
    with pytest.raises(BadFileError) as caught:
        inspect(path)
    assert caught.value.fault in {FileFault.TOO_BIG, FileFault.CORRUPT}


def test_shapes_come_back_from_the_database(tmp_path: Path) -> None:
    shape, _ = inspect(saved(tmp_path, LINES))
    assert Shape.of_json(shape.as_json()) == shape


def test_titles_are_tidied(tmp_path: Path) -> None:
    shape, _ = inspect(saved(tmp_path, f'"Start\n  time";{"x" * 9_000};" B "\n1;2;3\n'))
    assert shape.titles == ("Start time", "x" * 200, "B")
