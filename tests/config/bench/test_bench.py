"""The lines of `./canone bench` run, and one that cannot says why."""

from __future__ import annotations

import json
import sys

import pytest
from django.db import connection

from canone.base.history import triggers
from canone.config.bench import __main__ as bench
from canone.config.bench import contracts, lines, measure, reading

TINY = 0.001
ELSEWHERE = {"backup", "requests"}  # they measure files and servers
ROW = {"name": "x", "ratio": 2.5, "limit": 2, "seconds": 1.0, "peak_mb": 90.0, "most_mb": 300.0,
       "most_s": None}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(set(bench.NAMES) - ELSEWHERE))
def test_every_line_is_measured_and_the_triggers_are_there_again(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ROUNDS", 1)
    monkeypatch.setattr(reading, "LEFT", 60)
    monkeypatch.setattr(contracts, "LEFT", 20)
    monkeypatch.setattr(contracts, "FORMS", 5)
    monkeypatch.setattr(measure, "ROUNDS", 1)
    results = lines.LINES[name](TINY)
    assert results
    assert all(result.seconds > 0 and result.peak_mb > 0 for result in results)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            assert triggers.names("sqlite") <= {row[0] for row in cursor.fetchall()}
        else:
            cursor.execute("SHOW session_replication_role")
            assert cursor.fetchone() == ("origin",)


def test_every_name_has_a_line() -> None:
    assert set(bench.NAMES) == set(lines.LINES)


def measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], row: dict[str, object]
) -> tuple[int, dict[str, object]]:
    monkeypatch.setattr(bench, "_run", lambda _name, _scale: [row])
    monkeypatch.setattr(bench.signal, "signal", lambda *_given: None)
    monkeypatch.setattr(sys, "argv", ["bench", "--only", "rate", "--json"])
    status = bench.main()
    return status, json.loads(capsys.readouterr().out)


def test_a_ratio_over_its_limit_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measured(monkeypatch, capsys, ROW) == (1, {"rows": [ROW]})
    within = ROW | {"ratio": 1.9}
    assert measured(monkeypatch, capsys, within) == (0, {"rows": [within]})
    alone = ROW | {"ratio": None, "limit": None}
    assert measured(monkeypatch, capsys, alone) == (0, {"rows": [alone]})


def test_a_peak_over_its_limit_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    heavy = ROW | {"ratio": None, "peak_mb": 300.1}
    assert measured(monkeypatch, capsys, heavy) == (1, {"rows": [heavy]})
    unbounded = heavy | {"most_mb": None}
    assert measured(monkeypatch, capsys, unbounded) == (0, {"rows": [unbounded]})


def test_seconds_over_their_limit_end_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = ROW | {"ratio": None, "limit": None, "seconds": 1.1, "most_s": 1.0}
    assert measured(monkeypatch, capsys, slow) == (1, {"rows": [slow]})
    within = slow | {"seconds": 0.9}
    assert measured(monkeypatch, capsys, within) == (0, {"rows": [within]})


def test_a_line_that_cannot_run_says_why_and_ends_with_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nowhere")
    monkeypatch.setattr(bench.signal, "signal", lambda *_given: None)
    monkeypatch.setattr(sys, "argv", ["bench", "--only", "totals", "--json"])
    assert bench.main() == 2
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == []
    assert "connection refused" in told["failed"]["totals"].casefold()
