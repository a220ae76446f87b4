from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.config import casefile, simulate, simulate_contract
from canone.desks.contracts.rules import codec, problems
from canone.desks.contracts.rules.terms import LineTerms

SOURCE = Path(simulate.__file__).parents[2]
LINE = {
    "amount": "300.00",
    "amount_per": "cycle",
    "cycle": {"unit": "month", "every": 3},
    "timing": "in_advance",
    "anchor": "activation",
    "anchor_day": None,
    "month_offset": 0,
    "start": "2026-02-10",
    "end": None,
    "day_basis": "actual",
}


def run(text: str | bytes) -> tuple[int, list[dict[str, Any]]]:
    source = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    target = io.BytesIO()
    status = casefile.run(source, target, simulate_contract.answer)
    return status, [json.loads(line) for line in target.getvalue().splitlines()]


def case(*lines: Any, through: Any = "2026-12-31", **more: Any) -> str:
    return json.dumps({"id": "x", "lines": lines, "bill_through": through} | more)


def one(through: str = "2026-12-31", **changes: Any) -> list[dict[str, Any]]:
    status, [reply] = run(case({**LINE, **changes}, through=through))
    assert status == 0, reply
    return list(reply["charges"])


def test_a_quarter_from_its_activation() -> None:
    found = one()
    assert found[0] == {
        "line": 0,
        "period_start": "2026-02-10",
        "period_end": "2026-05-09",
        "ratio": "1.000000000",
        "amount": "300.00",
        "invoice_date": "2026-02-10",
    }
    assert [c["period_start"][5:] for c in found] == ["02-10", "05-10", "08-10", "11-10"]


def test_the_lines_of_the_manual_word_for_word() -> None:
    manual = (SOURCE.parent / "docs" / "algorithms" / "simulate.md").read_text()
    part = manual.split("## Contracts")[1]
    asked, answered = (text.split("```")[0].strip() for text in part.split("```json")[1:3])
    target = io.BytesIO()
    assert casefile.run(io.BytesIO(asked.encode()), target, simulate_contract.answer) == 0
    assert target.getvalue().decode().strip() == answered


@pytest.mark.parametrize(
    ("basis", "ratio", "amount"),
    [
        ("actual", "0.555555556", "166.67"),
        ("months_and_days", "0.559523810", "167.86"),
        ("thirty", "0.566666667", "170.00"),
    ],
)
def test_the_three_bases(basis: str, ratio: str, amount: str) -> None:
    first = one(anchor="calendar", day_basis=basis)[0]
    assert (first["ratio"], first["amount"]) == (ratio, amount)
    assert (first["period_end"], first["invoice_date"]) == ("2026-03-31", "2026-02-10")


def test_lines_answer_in_their_order_and_may_be_none() -> None:
    status, [reply] = run(case({**LINE, "start": "2026-11-01"}, LINE))
    assert (status, [c["line"] for c in reply["charges"]]) == (0, [0, 1, 1, 1, 1])
    assert run(case()) == (0, [{"id": "x", "charges": []}])
    assert one(through="2026-02-09") == []


def test_what_is_missing_is_as_usual() -> None:
    plain = {"amount": 300, "cycle": {"unit": "month", "every": 3}, "start": "2026-02-10"}
    status, [reply] = run(case(plain))
    assert (status, reply["charges"]) == (0, one())
    empty = dict.fromkeys(LINE) | plain | {"cycle": {"unit": "month", "every": 3.0}}
    assert run(case(empty))[1][0]["charges"] == one()
    assert one(end="9999-12-31") == one()
    assert one(unknown=[1], anchor="activation", month_offset=5) == one()


def test_the_invoice_date_in_arrears_by_the_line_or_the_case() -> None:
    late = {**LINE, "timing": "in_arrears"}
    for text, expected in (
        (case(late), "2026-05-10"),
        (case({**late, "arrears_on": "last_day"}), "2026-05-09"),
        (case(late, arrears_on="last_day"), "2026-05-09"),
        (case({**late, "arrears_on": "day_after"}, arrears_on="last_day"), "2026-05-10"),
    ):
        status, [reply] = run(text)
        assert (status, reply["charges"][0]["invoice_date"]) == (0, expected)


def test_a_charge_of_a_century() -> None:
    last = one(cycle={"unit": "year", "every": 100}, through="2200-12-31", start="2200-12-31")
    assert last[0]["period_end"] == "2300-12-30"
    early = one(cycle={"unit": "year", "every": 100}, start="1900-01-01", anchor="calendar")
    assert early[0]["period_end"] == "1999-12-31"
    days = one(cycle={"unit": "day", "every": 36600}, through="2200-12-31", start="2200-12-31")
    assert len(days) == 1


WRONG = [
    ({"amount": "300,00"}, "amount"),
    ({"amount": ""}, "amount"),
    ({"amount": None}, "amount"),
    ({"amount": True}, "amount"),
    ({"amount": "0.0000001"}, "amount"),
    ({"amount": "1e3"}, "amount"),
    ({"amount": "99999999999999"}, "amount"),
    ({"amount": "1000000000.01"}, "amount"),
    ({"amount": ["300"]}, "amount"),
    ({"amount": "NaN"}, "amount"),
    ({"amount": 10**40}, "amount"),
    ({"amount_per": "month"}, "amount_per"),
    ({"amount_per": 1}, "amount_per"),
    ({"sum_to_annual": "true"}, "sum_to_annual"),
    ({"sum_to_annual": 1}, "sum_to_annual"),
    ({"cycle": None}, "cycle"),
    ({"cycle": {}}, "cycle.unit"),
    ({"cycle": "month"}, "cycle"),
    ({"cycle": []}, "cycle"),
    ({"cycle": {"unit": "quarter"}}, "cycle.unit"),
    ({"cycle": {"unit": "MONTH"}}, "cycle.unit"),
    ({"cycle": {"unit": ["month"]}}, "cycle.unit"),
    ({"cycle": {"unit": "month", "every": 0}}, "cycle.every"),
    ({"cycle": {"unit": "month", "every": -3}}, "cycle.every"),
    ({"cycle": {"unit": "month", "every": 1.5}}, "cycle.every"),
    ({"cycle": {"unit": "month", "every": "3"}}, "cycle.every"),
    ({"cycle": {"unit": "month", "every": True}}, "cycle.every"),
    ({"cycle": {"unit": "month", "every": 1201}}, "cycle.every"),
    ({"cycle": {"unit": "year", "every": 10**30}}, "cycle.every"),
    ({"cycle": {"unit": "day", "every": 36601}}, "cycle.every"),
    ({"timing": "advance"}, "timing"),
    ({"timing": {}}, "timing"),
    ({"arrears_on": "never"}, "arrears_on"),
    ({"anchor": "epoch"}, "anchor"),
    ({"anchor_day": 0}, "anchor_day"),
    ({"anchor_day": 32}, "anchor_day"),
    ({"anchor_day": -1}, "anchor_day"),
    ({"anchor_day": "15"}, "anchor_day"),
    ({"anchor_day": False}, "anchor_day"),
    ({"month_offset": -1}, "month_offset"),
    ({"month_offset": 12}, "month_offset"),
    ({"month_offset": "1"}, "month_offset"),
    ({"start": None}, "start"),
    ({"start": "10/02/2026"}, "start"),
    ({"start": "20260210"}, "start"),
    ({"start": "2026-2-10"}, "start"),
    ({"start": "2026-02-30"}, "start"),
    ({"start": "2027-02-29"}, "start"),
    ({"start": "2026-02-10T00:00:00"}, "start"),
    ({"start": "٢٠٢٦-٠٢-١٠"}, "start"),
    ({"start": 20260210}, "start"),
    ({"start": "0001-01-01"}, "start"),
    ({"start": "2201-01-01"}, "start"),
    ({"end": "2026-02-09"}, "end"),
    ({"end": "1899-12-31"}, "end"),
    ({"end": ""}, "end"),
    ({"end": 0}, "end"),
    ({"day_basis": "30/360"}, "day_basis"),
    ({"months": [0]}, "months"),
    ({"months": [13]}, "months"),
    ({"months": ["1"]}, "months"),
    ({"months": 1}, "months"),
    ({"go_live": "2026"}, "go_live"),
    ({"activation": "0001-01-01"}, "activation"),
    ({"cycle": {"unit": "once"}, "amount_per": "year"}, "amount_per"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG, ids=str)
def test_a_line_that_cannot_be_is_an_error_that_names_the_field(
    changes: dict[str, Any], field: str
) -> None:
    status, [reply] = run(case(LINE, {**LINE, **changes}))
    assert status == 1
    assert reply.keys() == {"id", "error"}
    assert reply["id"] == "x"
    assert reply["error"].startswith(f"lines[1].{field}: ")


@pytest.mark.parametrize(
    "through", [None, "", "soon", 20261231, "2026-13-01", "9999-12-31", "1899-12-31", "2201-01-01"]
)
def test_a_day_that_cannot_be_asked_for(through: Any) -> None:
    status, [reply] = run(case(LINE, through=through))
    assert (status, reply["id"]) == (1, "x")
    assert reply["error"].startswith("bill_through: ")


def test_all_faults_are_named_at_once() -> None:
    bad = {"amount": "x", "cycle": {"unit": "month", "every": 0}, "start": "2026-02-10"}
    worse = {"amount": "1", "cycle": {"unit": "month", "every": 0}, "start": "2026-02-10"}
    _status, [reply] = run(case(bad, worse | {"end": "2026-01-01"}, 5, through="x"))
    for place in ("bill_through", "lines[0].amount", "lines[1].cycle.every", "lines[1].end"):
        assert f"{place}: " in reply["error"]
    assert "lines[2]: an object is needed" in reply["error"]


HOSTILE = [
    "nonsense",
    "[]",
    "null",
    "{}",
    '{"id":"x"}',
    '{"id":"x","lines":{},"bill_through":"2026-12-31"}',
    '{"id":"x","lines":null,"bill_through":"2026-12-31"}',
    '{"id":"x","lines":[null],"bill_through":"2026-12-31"}',
    '{"id":"x","lines":[[]],"bill_through":"2026-12-31"}',
    '{"id":"x",',
    '{"id":true}',
    "[" * 100_000,
    case(LINE).replace("300.00", "300.00\\u0000"),
    case(LINE).replace('"300.00"', "NaN"),
    case(LINE).replace('"300.00"', "Infinity"),
    case(LINE).replace('"300.00"', "1e999999999"),
    case(LINE).replace('"every": 3', '"every": 1e400'),
    case(LINE).replace('"every": 3', '"every": 3, "every": 1'),
    case({**LINE, "cycle": {"unit": "day"}}, through="2200-12-31").replace("2026-02", "1900-01")[
        :-1
    ]
    + "x",
    case(*[{**LINE, "cycle": {"unit": "day"}, "start": "1900-01-01"}] * 3, through="2200-12-31"),
    case(*[LINE] * 10_001),
]


@pytest.mark.parametrize(
    "line", HOSTILE, ids=lambda line: line[:60].encode("unicode_escape").decode()
)
def test_a_malformed_line_is_an_error_and_the_rest_goes_on(line: str) -> None:
    status, replies = run(f"{line}\n{case(LINE)}\n")
    assert status == 1
    assert replies[0].keys() == {"id", "error"}
    assert replies[0]["error"]
    assert replies[1]["charges"] == one()


def test_the_id_is_given_back_even_with_an_error() -> None:
    for name in ("à", 5, None):
        status, [reply] = run(case(LINE, id=name).replace('"300.00"', "NaN"))
        assert (status, reply["id"]) == (1, name)


def test_ten_thousand_lines_in_one_contract() -> None:
    status, [reply] = run(case(*[LINE] * 10_000))
    assert (status, len(reply["charges"])) == (0, 40_000)


def test_it_starts_without_django_and_answers_line_by_line() -> None:
    program = (
        "import sys; from canone.config import simulate; code = simulate.main(['contract']); "
        "assert not [m for m in sys.modules if m.split('.')[0] == 'django']; sys.exit(code)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, key in ((case(LINE), "charges"), ("not json", "error"), (case(LINE), "charges")):
            process.stdin.write(text.encode() + b"\n")
            process.stdin.flush()
            assert key in json.loads(process.stdout.readline())
        process.stdin.close()
    assert process.returncode == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
DATES = st.dates().map(date.isoformat)
FIELDS = st.sampled_from([*codec.READERS, "id"])
CYCLE = st.dictionaries(
    st.sampled_from(["unit", "every"]), JSON | st.sampled_from(["day", "week", "month", "year"])
)


@given(
    st.dictionaries(FIELDS, JSON | DATES | CYCLE | st.sampled_from(["year", "thirty", "calendar"])),
    DATES | JSON,
)
def test_no_values_break_it(changes: dict[str, Any], through: Any) -> None:
    status, [reply] = run(case({**LINE, **changes}, through=through))
    assert ("error" in reply) == bool(status)
    assert reply["id"] == "x"


@given(
    st.fixed_dictionaries(
        {
            "amount": st.decimals(-1000, 1000, places=2).map(str),
            "amount_per": st.sampled_from(["cycle", "year"]),
            "sum_to_annual": st.booleans(),
            "cycle": st.fixed_dictionaries(
                {"unit": st.sampled_from(["day", "week", "month", "year"])},
                optional={"every": st.integers(1, 40)},
            ),
            "timing": st.sampled_from(["in_advance", "in_arrears"]),
            "anchor": st.sampled_from(["activation", "calendar"]),
            "anchor_day": st.none() | st.integers(1, 31),
            "month_offset": st.integers(0, 11),
            "start": st.dates(date(2024, 1, 1), date(2027, 12, 31)).map(date.isoformat),
            "end": st.none() | st.dates(date(2028, 1, 1), date(2029, 1, 1)).map(date.isoformat),
            "day_basis": st.sampled_from(["actual", "months_and_days", "thirty"]),
        }
    )
)
def test_every_combination_answers(line: dict[str, Any]) -> None:
    found = one(through="2030-12-31", **line)
    if line["timing"] == "in_advance" or line["end"]:
        assert found[0]["period_start"] == line["start"]
    assert all(c["period_start"] <= c["period_end"] for c in found)
    assert all(c["invoice_date"] <= "2030-12-31" for c in found)
    if line["end"]:
        assert found[-1]["period_end"] == line["end"]


def test_every_fault_has_a_sentence_and_every_field_a_reader() -> None:
    assert codec.READERS.keys() == set(LineTerms.__dataclass_fields__)
    for text in problems.SENTENCES.values():
        assert text.endswith(".")
