from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.config import casefile, simulate

TARIFF = {
    "minimum_minutes": 0,
    "initial_minutes": 15,
    "initial_price": "20.00",
    "step_minutes": 5,
    "step_price": "4.00",
}
SOURCE = Path(simulate.__file__).parents[2]


def run(text: str | bytes) -> tuple[int, list[dict[str, Any]]]:
    target = io.BytesIO()
    status = simulate.run(io.BytesIO(text if isinstance(text, bytes) else text.encode()), target)
    return status, [json.loads(line) for line in target.getvalue().splitlines()]


def case(*sessions: dict[str, Any], tariff: dict[str, Any] | None = None, **more: Any) -> str:
    return json.dumps(
        {"id": "x", "tariff": {**TARIFF, **(tariff or {})}, "sessions": sessions} | more
    )


def one(session: dict[str, Any], **more: Any) -> dict[str, Any]:
    status, [reply] = run(case(session, **more))
    assert status == 0, reply
    return dict(reply["sessions"][0])


def test_the_public_cases(schemas: Path) -> None:
    vectors = json.loads((schemas.parent / "vectors" / "tariff.json").read_text())["cases"]
    status, replies = run("\n".join(json.dumps(vector["case"]) for vector in vectors))
    assert status == 0
    for vector, reply in zip(vectors, replies, strict=True):
        assert reply["id"] == vector["expected"]["id"]
        for got, wanted in zip(reply["sessions"], vector["expected"]["sessions"], strict=True):
            assert got | wanted == got, vector["case"]


def test_the_line_of_the_manual_word_for_word() -> None:
    manual = (SOURCE.parent / "docs" / "algorithms" / "simulate.md").read_text()
    asked, answered = (part.split("```")[0].strip() for part in manual.split("```json")[1:3])
    target = io.BytesIO()
    assert simulate.run(io.BytesIO(asked.encode()), target) == 0
    assert target.getvalue().decode().strip() == answered


def test_it_starts_without_django_and_prices_from_a_pipe() -> None:
    program = (
        "import sys; from canone.config import simulate; code = simulate.main(['sessions']); "
        "assert not [m for m in sys.modules if m.split('.')[0] == 'django']; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=f"{case({'seconds': 60})}\nnot json\n{case({'seconds': 61})}\n".encode(),
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["id"] for reply in replies] == ["x", None, "x"]


def test_who_stops_reading_is_left_without_a_word() -> None:
    lines = (case({"seconds": 60}) + "\n") * 20_000
    done = subprocess.run(
        f"{sys.executable} -m canone.config.simulate sessions | head -n 1",
        shell=True,
        input=lines.encode(),
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [[], ["contracts"], ["sessions", "extra"], ["contract", "sessions"]]
)
def test_a_wrong_call_says_how(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate.main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def test_instants_instead_of_seconds() -> None:
    autumn = one({"start": "2026-10-25T02:30:00+02:00", "end": "2026-10-25T02:10:00+01:00"})
    spring = one({"start": "2026-03-29T00:50:00Z", "end": "2026-03-29T03:10:00+02:00"})
    fraction = one({"start": "2026-11-20T10:00:00.000Z", "end": "2026-11-20T10:15:00.250Z"})
    assert [s["connection_minutes"] for s in (autumn, spring, fraction)] == [40, 20, 16]
    assert one({"seconds": 900.0})["connection_minutes"] == 15
    assert one({"seconds": 900.5})["connection_minutes"] == 16


@pytest.mark.parametrize(
    ("session", "word"),
    [
        ({"start": "2026-11-20T10:00:00", "end": "2026-11-20T11:00:00+01:00"}, "offset"),
        ({"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T11:00:00"}, "offset"),
        ({"start": "2026-02-30T10:00:00Z", "end": "2026-11-20T11:00:00Z"}, "start"),
        ({"start": "", "end": "2026-11-20T11:00:00Z"}, "start"),
        ({"start": "0001-01-01T00:00:00+14:00", "end": "2026-11-20T11:00:00Z"}, "start"),
        ({"start": "2026-11-20", "end": "2026-11-21"}, "offset"),
        ({"start": "2026-11-20T11:00:00Z", "end": "2026-11-20T10:59:59Z"}, "before the start"),
        ({"start": "2025-01-01T11:00:00Z", "end": "2026-11-20T10:59:59Z"}, "366 days"),
        ({"seconds": -1}, "before the start"),
        ({"seconds": 10**18}, "366 days"),
        ({"seconds": 60, "extra_minutes": 10**7}, "extra minutes"),
        ({"seconds": 60, "extra_minutes": -2}, "below zero"),
    ],
)
def test_a_session_that_cannot_be_is_rejected_and_the_line_is_not(
    session: dict[str, Any], word: str
) -> None:
    status, [reply] = run(case(session, {"seconds": 60}))
    rejected, fine = reply["sessions"]
    assert status == 0
    assert (rejected["status"], rejected["price"]) == ("rejected", None)
    assert word in rejected["error"]
    assert fine["price"] == "20.00"


@pytest.mark.parametrize(
    ("tariff", "word"),
    [
        ({"step_minutes": 0}, "step_minutes"),
        ({"step_minutes": -5}, "step_minutes"),
        ({"step_price": "-4.00"}, "step_price"),
        ({"initial_price": "-0.01"}, "initial_price"),
        ({"minimum_minutes": -1}, "minimum_minutes"),
        ({"initial_minutes": 10**7}, "initial_minutes"),
        ({"step_price": "99999999999"}, "step_price"),
        ({"step_price": "4,00"}, "step_price"),
        ({"step_price": ""}, "step_price"),
        ({"step_price": None}, "step_price"),
        ({"step_price": True}, "step_price"),
        ({"step_price": ["4"]}, "step_price"),
        ({"step_minutes": "5"}, "step_minutes"),
        ({"step_minutes": 5.5}, "step_minutes"),
        ({"step_minutes": True}, "step_minutes"),
        ({"kind": "monthly"}, "kind"),
        ({"bands": [{"from": "18:00"}]}, "bands"),
    ],
)
def test_a_tariff_that_cannot_be_is_an_error_of_its_line(tariff: dict[str, Any], word: str) -> None:
    status, [reply] = run(case({"seconds": 60}, tariff=tariff))
    assert status == 1
    assert reply.keys() == {"id", "error"}
    assert reply["id"] == "x"
    assert word in reply["error"]


@pytest.mark.parametrize("missing", ["step_minutes", "step_price", *simulate.INITIAL])
def test_half_a_tariff_is_an_error(missing: str) -> None:
    tariff = {key: value for key, value in TARIFF.items() if key != missing}
    status, [reply] = run(json.dumps({"id": 7, "tariff": tariff, "sessions": []}))
    assert (status, reply["id"]) == (1, 7)
    assert missing in reply["error"]


def test_an_initial_step_may_be_left_out() -> None:
    tariff = {"step_minutes": 60, "step_price": 50, "initial_price": "0.00"}
    status, [reply] = run(json.dumps({"tariff": tariff, "sessions": [{"seconds": 3601}]}))
    assert (status, reply["id"], reply["sessions"][0]["price"]) == (0, None, "100.00")


HOSTILE = [
    "nonsense",
    "[]",
    "null",
    "1",
    '"text"',
    "{}",
    '{"id":"x"}',
    '{"id":"x","tariff":{},"sessions":[]}',
    '{"id":"x","tariff":[],"sessions":[]}',
    '{"id":"x","tariff":null,"sessions":null}',
    '{"id":"x",',
    '{"id":{"a":1}}',
    '{"id":true}',
    '{"id":1.5}',
    "[" * 100_000,
    '{"id":' + "9" * 5_000 + "}",
    '{"a":1}{"b":2}',
    "\x00\x01",
    "{'id':'x'}",
    case({"seconds": 60}).replace("60", "NaN"),
    case({"seconds": 60}).replace("60", "-Infinity"),
    case({"seconds": 60}).replace("60", "1e999999999"),
    case({"seconds": 60}).replace("60", "1e-999999999"),
    case({"seconds": 60}).replace('"4.00"', "1e999999999"),
    case({"seconds": 60}).replace('"4.00"', "1e-999999999"),
    case({"seconds": 60}).replace('"seconds": 60', '"seconds": 60, "seconds": 61'),
    case({"seconds": 60}).replace('"id": "x"', '"id": "x", "id": "y"'),
    case({"seconds": "60"}),
    case({"seconds": None}),
    case({"seconds": True}),
    case({"seconds": [60]}),
    case({"seconds": 60, "extra_minutes": "5"}),
    case({"seconds": 60, "extra_minutes": 2.5}),
    case({"seconds": 60, "extra_minutes": None}),
    case({"seconds": 60, "extra_minutes": False}),
    case({"seconds": 60, "extra_minutes": 10**30}),
    case({"seconds": 60, "start": "2026-11-20T10:00:00Z"}),
    case({"start": "2026-11-20T10:00:00Z"}),
    case({"end": "2026-11-20T10:00:00Z"}),
    case({"start": 5, "end": 6}),
    case({"seconds": 60, "manual": 1}),
    case({"seconds": 60, "technician": {}}),
    case({}),
    case([]),  # type: ignore[arg-type]
    case({"seconds": 60}, time_zone="Mars/Base"),
    case({"seconds": 60}, time_zone="../../etc/passwd"),
    case({"seconds": 60}, time_zone="Europe"),
    case({"seconds": 60}, time_zone=5),
    case({"seconds": 60}, balance_minutes="much"),
    case({"seconds": 60}, sessions={}),
]


@pytest.mark.parametrize(
    "line", HOSTILE, ids=lambda line: line[:60].encode("unicode_escape").decode()
)
def test_a_malformed_line_is_an_error_and_the_rest_goes_on(line: str) -> None:
    status, replies = run(f"{line}\n{case({'seconds': 60})}\n")
    assert status == 1
    assert replies[0].keys() == {"id", "error"}
    assert replies[0]["error"]
    assert replies[1]["sessions"][0]["price"] == "20.00"


def test_bytes_that_are_no_text_and_lines_without_end() -> None:
    good = case({"seconds": 60}).encode()
    status, replies = run(b"\xff\xfe\n" + good)
    assert (status, [reply["id"] for reply in replies]) == (1, [None, "x"])
    long = b'{"id":"' + b"a" * casefile.LINE + b'"}\n'
    status, replies = run(long + long + good)
    assert (status, [reply["id"] for reply in replies]) == (1, [None, None, "x"])


def test_a_bom_empty_lines_and_carriage_returns_are_passed_over() -> None:
    line = case({"seconds": 60})
    status, replies = run(b"\xef\xbb\xbf" + f"{line}\r\n\r\n  \n\n{line}".encode())
    assert (status, len(replies)) == (0, 2)
    assert run(b"") == (0, [])
    assert run(b"\xef\xbb\xbf") == (0, [])


def test_ids_come_back_as_they_were() -> None:
    for name in ("à ‹é›", "\ud800", 5, None, "=1+1"):
        status, [reply] = run(case({"seconds": 60}, id=name))
        assert (status, reply["id"]) == (0, name)


def test_prepaid_hours_go_down_session_by_session() -> None:
    prepaid = {"kind": "subscription", "step_minutes": 15, "total_minutes": 600, "amount": "500.00"}
    sessions = [{"seconds": minutes * 60} for minutes in (17, 45, 1)]
    text = json.dumps({"id": "9", "tariff": prepaid, "sessions": sessions})
    status, [reply] = run(text)
    assert status == 0
    assert [s["billed_minutes"] for s in reply["sessions"]] == [30, 45, 15]
    assert [s["balance_minutes"] for s in reply["sessions"]] == [570, 525, 510]
    assert {s["price"] for s in reply["sessions"]} == {None}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({}, ("billable", None, -25)),
        ({"on_exhaust": "refuse"}, ("rejected", None, None)),
        ({"on_exhaust": "overage", "overage_price": "60.00"}, ("billable", "25.00", 0)),
    ],
)
def test_what_happens_when_the_hours_are_used_up(
    policy: dict[str, Any], expected: tuple[str, str | None, int | None]
) -> None:
    tariff = {"kind": "subscription", "step_minutes": 15} | policy
    text = {"id": 1, "tariff": tariff, "sessions": [{"seconds": 38 * 60}], "balance_minutes": 20}
    _, [reply] = run(json.dumps(text))
    [session] = reply["sessions"]
    assert (session["status"], session["price"], session.get("balance_minutes")) == expected


def test_a_merged_reconnection_points_to_the_session_that_carries_it() -> None:
    sessions = [
        {"start": "2026-11-20T10:13:00+01:00", "end": "2026-11-20T10:20:00+01:00"},
        {"start": "2026-11-20T10:00:00+01:00", "end": "2026-11-20T10:10:00+01:00"},
    ]
    _, [reply] = run(case(*sessions, tariff={"merge_gap_minutes": 5}))
    later, first = reply["sessions"]
    assert (first["price"], later["price"]) == ("24.00", "0.00")
    assert later["explanation"] == [{"code": "merged", "into": 1}]


def test_after_hours_are_read_on_the_wall_clock_of_the_zone() -> None:
    band = {"name": "evening", "days": ["mon"], "from": "18:00", "to": "24:00", "percent": 150}
    session = {"start": "2026-11-23T16:50:00Z", "end": "2026-11-23T17:20:00Z"}
    assert one(session, tariff={"bands": [band]})["price"] == "38.00"
    assert one(session, tariff={"bands": [band]}, time_zone="Europe/London")["price"] == "32.00"


@given(st.binary(max_size=300))
def test_no_bytes_break_it(noise: bytes) -> None:
    status, replies = run(noise + b"\n" + case({"seconds": 60}).encode())
    assert status in (0, 1)
    assert replies[-1]["id"] in ("x", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = [*TARIFF, "kind", "bands", "rounding", "amount", "total_minutes", "warn_at_percent"]


@given(
    st.dictionaries(st.sampled_from(KEYS), JSON),
    st.dictionaries(st.sampled_from(["seconds", "start", "end", "extra_minutes", "device"]), JSON),
)
def test_no_values_break_it(tariff: dict[str, Any], session: dict[str, Any]) -> None:
    status, [reply] = run(case(session, tariff=tariff))
    assert ("error" in reply) == bool(status)
