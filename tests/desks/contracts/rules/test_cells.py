"""Cells that hold several things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from canone.desks.contracts.rules import cells, metering
from canone.desks.contracts.rules.cells import BadPartError


@pytest.mark.parametrize(
    ("text", "unit", "every"),
    [
        ("Mensile", "month", 1),
        ("trimestriel", "month", 3),
        ("12", "month", 12),
        ("month/4", "month", 4),
        ("week/2", "week", 2),
        ("Una tantum", "", 1),
        ("ogni 10 giorni", "day", 10),
        ("30 gg", "day", 30),
        ("30 days", "day", 30),
        ("Tous les 18 mois", "month", 18),
        ("toutes les 2 semaines", "week", 2),
        ("every 5 years", "year", 5),
        ("3 années", "year", 3),
    ],
)
def test_a_cycle_is_named_or_counted(text: str, unit: str, every: int) -> None:
    assert cells.cycle(text) == (unit, every)


@pytest.mark.parametrize("text", ["ogni tanto", "3 lune", "giorni", "0,5 mesi", "-1 month"])
def test_what_is_no_cycle_is_named(text: str) -> None:
    with pytest.raises(BadPartError) as caught:
        cells.cycle(text)
    assert caught.value.part == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1;4;7;10", [1, 4, 7, 10]),
        ("10, 1", [1, 10]),
        ("gennaio luglio", [1, 7]),
        ("gen/lug", [1, 7]),
        ("Jan + Dec", [1, 12]),
        ("août; déc", [8, 12]),
        ("juin juil", [6, 7]),
        ("13", [13]),
    ],
)
def test_months_have_numbers_and_names(text: str, found: list[int]) -> None:
    assert cells.months(text) == found


@pytest.mark.parametrize(
    ("text", "part"), [("jui", "jui"), ("ge", "ge"), ("gen;brumaio", "brumaio")]
)
def test_a_month_is_one(text: str, part: str) -> None:
    with pytest.raises(BadPartError) as caught:
        cells.months(text)
    assert caught.value.part == part


def test_agents_have_shares() -> None:
    assert cells.shares("A1: 50%; Rossi & C.: 2,5 %", ",") == [("A1", 5_000), ("Rossi & C.", 250)]
    assert cells.shares("A1:33.33|A2:66.67", ".") == [("A1", 3_333), ("A2", 6_667)]
    assert cells.shares("Ditta: Nord: 10", ",") == [("Ditta: Nord", 1_000)]


def test_own_fields_stand_behind_their_label() -> None:
    assert cells.pairs("Piano: 2; Orario: 8:30") == [("Piano", "2"), ("Orario", "8:30")]
    assert cells.pairs("Nota: a; b\nPiano:") == [("Nota", "a; b"), ("Piano", "")]


def test_tiers_are_those_that_a_line_keeps() -> None:
    found = cells.tiers("1.000: 0,01; 5000: 0,008 + 25; 0,006", ",")
    assert found == [
        {"up_to": 1_000, "unit": "0.01"},
        {"up_to": 5_000, "unit": "0.008", "flat": "25.00"},
        {"up_to": None, "unit": "0.006"},
    ]
    assert metering.tiers(found, pricing="graduated")[2] == []
    assert cells.tiers("0.0085", ".") == [{"up_to": None, "unit": "0.0085"}]


@pytest.mark.parametrize(
    ("read", "text", "part"),
    [
        (cells.shares, "A1: 50%; A2", "A2"),
        (cells.shares, "50%", "50%"),
        (cells.shares, "A1: 0,001", "A1: 0,001"),
        (cells.shares, "A1: metà", "A1: metà"),
        (cells.tiers, "mille: 0,01", "mille: 0,01"),
        (cells.tiers, "1000: 0,01 + x; 1", "1000: 0,01 + x"),
        (cells.tiers, "1,5: 0,01", "1,5: 0,01"),
        (lambda text, _decimal: cells.pairs(text), "Piano: 2; Orario", "Orario"),
    ],
)
def test_a_part_that_cannot_be_read_is_named(
    read: Callable[[str, str], Any], text: str, part: str
) -> None:
    with pytest.raises(BadPartError) as caught:
        read(text, ",")
    assert caught.value.part == part
