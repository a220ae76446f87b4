import pytest

from canone.base.exchange.rules.faults import Fault
from canone.base.exchange.rules.rows import Field, FieldKind, Notation, RowReader

FIELDS = (
    Field("who", "Technician", required=True, limit=10),
    Field("start", "Start", FieldKind.INSTANT, required=True),
    Field("length", "Duration", FieldKind.DURATION),
    Field("price", "Price", FieldKind.MONEY),
    Field("extra", "Extra", FieldKind.WHOLE),
    Field("done", "Done", FieldKind.YES),
    Field("state", "State", FieldKind.CHOICE, choices={"Aperto": "open", "Chiuso": "closed"}),
    Field("unmapped", "Never there"),
)
COLUMNS = {
    "who": (1,),
    "start": (0, 2),
    "length": (3,),
    "price": (4,),
    "extra": (5,),
    "done": (6,),
    "state": (7,),
}
GOOD = ["21/11/2026", " '=Marco ", "09:02", "0:42", "1.234,50", "-5", "sì", "APERTO"]


def reader() -> RowReader:
    return RowReader(FIELDS, COLUMNS, Notation())


def test_a_good_row() -> None:
    rows, lines, problems = reader().read([GOOD], [2], 8)
    assert problems == []
    assert lines == [2]
    assert rows == [("=Marco", 1795248120000000, 2520, 123450, -5, True, "open", None)]


def test_short_rows_and_empty_cells_are_none() -> None:
    rows, _, problems = reader().read(
        [["21/11/2026 09:02", "M"], [*GOOD[:2], "9:02", " ", " ", " ", " ", " "]], [2, 3], 8
    )
    assert problems == []
    assert rows[0] == ("M", 1795248120000000, None, None, None, None, None, None)
    assert rows[1][1:] == rows[0][1:]


def test_every_bad_cell_is_named_and_the_good_rows_stay() -> None:
    bad = ["x", "", "09:02", "nope", "1.5", "1,5", "maybe", "Perso", "surplus"]
    rows, lines, problems = reader().read([GOOD, bad, GOOD], [2, 3, 7], 8)
    assert len(rows) == 2
    assert lines == [2, 7]
    assert [(p.row, p.field, p.fault) for p in problems] == [
        (3, "", Fault.TOO_MANY_CELLS),
        (3, "who", Fault.REQUIRED),
        (3, "start", Fault.DAY),
        (3, "length", Fault.DURATION),
        (3, "price", Fault.NUMBER),
        (3, "extra", Fault.WHOLE),
        (3, "done", Fault.YES_NO),
        (3, "state", Fault.CHOICE),
    ]
    assert problems[3].value == "nope"


def test_long_text_is_refused_not_cut() -> None:
    _, _, problems = reader().read([[GOOD[0], "x" * 11, *GOOD[2:]]], [2], 8)
    assert [(p.fault, p.detail) for p in problems] == [(Fault.TOO_LONG, "10")]


def test_spreadsheet_cells() -> None:
    row = ["2026-11-21T00:00:00", 12.0, "09:02:00", 42.0, 1234.5, -5.0, "TRUE", "Chiuso"]
    rows, _, problems = reader().read([row], [2], 8)
    assert problems == []
    assert rows == [("12", 1795248120000000, 2520, 123450, -5, True, "closed", None)]


def test_a_missing_required_column_fails_each_row() -> None:
    fields = (Field("who", "Who", required=True),)
    rows, _, problems = RowReader(fields, {"who": (9,)}, Notation()).read([["a"]], [2], 1)
    assert rows == []
    assert problems[0].fault is Fault.REQUIRED


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("-10", -10),
        ("+5", 5),
        ("0:15", 15),
        ("-0:15", -15),
        (-5.0, -5),
        ("\u221243", -43),
        ("", None),
    ],
)
def test_signed_minutes(cell: str | float, minutes: int | None) -> None:
    fields = (Field("extra", "Extra", FieldKind.MINUTES),)
    rows, _, problems = RowReader(fields, {"extra": (0,)}, Notation()).read([[cell]], [2], 1)
    assert (rows, problems) == ([(minutes,)], [])


def test_half_minutes_are_refused() -> None:
    fields = (Field("extra", "Extra", FieldKind.MINUTES),)
    _, _, problems = RowReader(fields, {"extra": (0,)}, Notation()).read([["1,5"]], [2], 1)
    assert problems[0].fault is Fault.WHOLE
