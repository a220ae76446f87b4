from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from canone.kernel.money import Money, UnitPrice
from canone.registers.catalog.rules import codec
from canone.registers.catalog.rules.bands import Band
from canone.registers.catalog.rules.rating import (
    Kind,
    OnExhaust,
    Overlap,
    Rounding,
    TariffBy,
    Terms,
    check,
)

FULL = Terms(
    kind=Kind.SUBSCRIPTION,
    minimum_minutes=3,
    step_minutes=15,
    total_minutes=600,
    amount=Money.of("500.00"),
    rounding=Rounding.UP,
    tolerance_seconds=10,
    maximum_price=Money.of("99.90"),
    merge_gap_minutes=5,
    overlap=Overlap.TECHNICIAN,
    bands=(Band("night", (5, 6), 1200, 480, 150, on_holidays=True),),
    holidays="it",
    on_exhaust=OnExhaust.OVERAGE,
    overage_price=UnitPrice.of("60.005"),
    warn_at_percent=(20, 5),
    expiry_months=12,
    rollover_minutes=60,
    note_required=True,
    tariff_by=TariffBy.START,
)


def test_plain_terms_have_no_problem_and_no_options() -> None:
    assert check(Terms()) == []
    assert codec.options(Terms()) == {}


def test_terms_survive_being_written_and_read() -> None:
    assert check(FULL) == []
    assert codec.read(codec.write(FULL)) == FULL
    assert codec.read(codec.write(Terms())) == Terms()
    assert "rounding" not in codec.options(FULL)


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"minimum_minutes": -1}, "minimum_minutes", "negative"),
        ({"initial_minutes": 1_000_001}, "initial_minutes", "too_much"),
        ({"step_minutes": 0, "step_price": UnitPrice(1)}, "step_minutes", "step_of_zero"),
        ({"step_minutes": -5}, "step_minutes", "negative"),
        ({"step_minutes": 0, "kind": Kind.SUBSCRIPTION}, "step_minutes", "step_of_zero"),
        ({"step_price": UnitPrice(-1)}, "step_price", "negative"),
        ({"initial_price": UnitPrice.of(10**9 + 1)}, "initial_price", "too_much"),
        ({"amount": Money(-1)}, "amount", "negative"),
        ({"maximum_price": Money(-1)}, "maximum_price", "negative"),
        ({"tolerance_seconds": 60}, "tolerance_seconds", "too_much"),
        (
            {"tolerance_seconds": 5, "rounding": Rounding.DOWN},
            "tolerance_seconds",
            "tolerance_needs_up",
        ),
        ({"on_exhaust": OnExhaust.OVERAGE}, "overage_price", "overage_without_price"),
        ({"holidays": "xx"}, "holidays", "unknown_country"),
        ({"warn_at_percent": (120,)}, "warn_at_percent", "not_a_percentage"),
        ({"bands": (Band("b", (), 0, 10, 100),)}, "bands", "band_days"),
        ({"bands": (Band("b", (1,), 0, 10, 100),) * 7}, "bands", "too_many_bands"),
        ({"bands": (Band("b", (7,), 0, 10, 100),)}, "bands", "band_days"),
        ({"bands": (Band("b", (1,), 10, 10, 100),)}, "bands", "band_times"),
        ({"bands": (Band("b", (1,), 0, 10, -5),)}, "bands", "band_percent"),
        ({"bands": (Band("b", (1,), 0, 10, 5, on_holidays=True),)}, "holidays", None),
        (
            {"initial_price": UnitPrice.of(20), "maximum_price": Money.of(10)},
            "maximum_price",
            "cap_below_initial",
        ),
    ],
)
def test_what_cannot_be_is_named(changed: dict[str, Any], field: str, code: str | None) -> None:
    problems = check(Terms(**changed))
    assert [problem.field for problem in problems] == [field]
    if code:
        assert problems[0].code == code


def test_a_flat_price_has_no_steps() -> None:
    assert check(Terms(step_minutes=0, initial_price=UnitPrice.of(80))) == []


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        ({"step_minutes": True}, "step_minutes", "not_whole"),
        ({"step_minutes": "5"}, "step_minutes", "not_whole"),
        ({"step_minutes": Decimal("2.5")}, "step_minutes", "not_whole"),
        ({"step_minutes": None}, "step_minutes", "not_whole"),
        ({"step_minutes": 10**40}, "step_minutes", "too_large"),
        ({"step_minutes": Decimal("1e999999")}, "step_minutes", "not_whole"),
        ({"step_price": "4,00"}, "step_price", "not_an_amount"),
        ({"step_price": "1e2"}, "step_price", "not_an_amount"),
        ({"step_price": " 4.00"}, "step_price", "not_an_amount"),
        ({"step_price": "1_000"}, "step_price", "not_an_amount"),
        ({"step_price": "٤"}, "step_price", "not_an_amount"),
        ({"step_price": "NaN"}, "step_price", "not_an_amount"),
        ({"step_price": False}, "step_price", "not_an_amount"),
        ({"step_price": 4.5}, "step_price", "not_an_amount"),
        ({"step_price": "0.0000001"}, "step_price", "not_an_amount"),
        ({"step_price": Decimal("1e300")}, "step_price", "too_large"),
        ({"step_price": "-1.00"}, "step_price", "negative"),
        ({"amount": "0.001"}, "amount", "beyond_cents"),
        ({"kind": "weekly"}, "kind", "not_a_choice"),
        ({"kind": ["pay_per_use"]}, "kind", "not_a_choice"),
        ({"note_required": 1}, "note_required", "not_yes_or_no"),
        ({"bands": {}}, "bands", "not_a_list"),
        ({"bands": [{"from": "8", "to": "9", "percent": 1}]}, "bands", "not_a_band"),
        ({"bands": [{"days": ["x"], "from": "08:00", "to": "09:00", "percent": 1}]}, "bands", None),
        ({"holidays": 5}, "holidays", "not_a_text"),
    ],
)
def test_unreadable_data_names_its_field(data: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(codec.UnreadableError) as caught:
        codec.read(data)
    assert [problem.field for problem in caught.value.problems] == [field]
    if code:
        assert caught.value.problems[0].code == code


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(codec.UnreadableError) as caught:
        codec.read({"step_minutes": "x", "step_price": None, "kind": 3})
    assert {problem.field for problem in caught.value.problems} == {
        "step_minutes",
        "step_price",
        "kind",
    }


def test_numbers_without_loss_are_prices_too() -> None:
    terms = codec.read({"step_price": Decimal("4.00"), "initial_price": 20, "step_minutes": 5})
    assert (terms.step_price, terms.initial_price) == (UnitPrice.of("4"), UnitPrice.of("20"))
