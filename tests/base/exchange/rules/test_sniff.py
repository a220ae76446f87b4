import pytest

from canone.base.exchange.rules import sniff
from canone.base.exchange.rules.headers import normal, propose


def test_encodings() -> None:
    assert sniff.declared_encoding(b"\xef\xbb\xbfa;b") == "utf-8-sig"
    assert sniff.declared_encoding("a;b".encode("utf-16")) == "utf-16"
    assert sniff.declared_encoding("name;start\nx;y".encode("utf-16-le")) == "utf-16-le"
    assert sniff.declared_encoding("name;start\nx;y".encode("utf-16-be")) == "utf-16-be"
    assert sniff.declared_encoding("città;è".encode("cp1252")) is None


def test_binary_and_html() -> None:
    assert sniff.is_binary(bytes(range(256)))
    assert not sniff.is_binary("città\t1\r\n".encode("cp1252") * 100)
    assert sniff.is_html("\ufeff <HTML><table>")
    assert not sniff.is_html("a;<b>")


@pytest.mark.parametrize("sign", sniff.DELIMITERS)
def test_delimiters(sign: str) -> None:
    lines = [
        sign.join(cells)
        for cells in (["Name", "Start", "Note"], ["x", "1,5" if sign != "," else "1", '"a;b,c|d"'])
    ]
    assert sniff.delimiter(lines * 3) == sign


def test_decimal_commas_do_not_win_over_semicolons() -> None:
    assert sniff.delimiter(["a;b;c", "1,5;2,5;3", "1,5;2;3,5"]) == ";"


def test_sep_line() -> None:
    assert sniff.sep_line("\ufeffsep=;\r\n") == ";"
    assert sniff.sep_line('"sep=,"') == ","
    assert sniff.sep_line("separate;x") is None


def test_header_row() -> None:
    assert sniff.header_row([["Tecnico", "Inizio"], ["Marco", "21/11/2026"]]) == 0
    assert sniff.header_row([["Report"], [], ["Tecnico", "Inizio"], ["a", "1"], ["b", "2"]]) == 2
    assert sniff.header_row([["Marco", "21/11/2026 10:00"], ["Luca", "22/11/2026 10:00"]]) is None
    assert sniff.header_row([]) is None


NAMES = {
    "technician": ("Tecnico", "Technician", "Technicien", "User"),
    "start": ("Inizio", "Start", "Début"),
    "end": ("Fine", "End", "Fin"),
    "length": ("Durata", "Duration", "Durée"),
}


@pytest.mark.parametrize(
    ("titles", "columns"),
    [
        (["Fine", "Inizio", "TECNICO"], {"end": 0, "start": 1, "technician": 2}),
        (["Duree (min)", "DÉBUT", "Fin"], {"length": 0, "start": 1, "end": 2}),
        (["User", "Technician", "Start time"], {"technician": 1, "start": 2}),
        (["Tecnic", "xyz", ""], {"technician": 0}),
    ],
)
def test_columns_are_recognised(titles: list[str], columns: dict[str, int]) -> None:
    assert propose(titles, NAMES) == columns


def test_titles_lose_case_accents_and_brackets() -> None:
    assert normal("  Durée totale (min) ") == "duree totale"
    assert normal("(min)") == "min"
