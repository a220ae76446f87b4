from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from launcher.beside import LANES, Beside

from launcher import testing

Commands = dict[str, list[str | Path]]
SLEEP = "import time; time.sleep(120)"


def python(code: str) -> list[str | Path]:
    return [sys.executable, "-S", "-c", code]


def test_each_tells_what_it_found_in_its_turn(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    commands: Commands = {
        "slow": python("import sys, time; time.sleep(0.3); print('one'); sys.exit(3)"),
        "quick": python("import sys; print('two', file=sys.stderr)"),
    }
    with Beside(commands, os.environ) as beside:
        first, _seconds = beside.result("slow")
        assert capfdbinary.readouterr().out == b"one\n"
        second, _seconds = beside.result("quick")
    assert (first, second) == (3, 0)
    assert capfdbinary.readouterr().out == b"two\n"


def test_no_more_than_the_lanes_are_at_work() -> None:
    commands: Commands = {name: python(SLEEP) for name in ("a", "b", "c", "first")}
    with Beside(commands, os.environ, first="first") as beside:
        for _again in range(2):
            beside.fill()
        assert list(beside.begun) == ["first", "a"]
        assert len(beside.begun) == LANES


def test_who_leaves_early_ends_those_at_work() -> None:
    commands: Commands = {"fails": python("raise SystemExit(1)"), "long": python(SLEEP)}
    begun = time.monotonic()
    with Beside(commands, os.environ, first="long") as beside:
        assert beside.result("fails")[0] == 1
        long = beside.begun["long"].child
    assert long.returncode not in (None, 0)
    assert time.monotonic() - begun < 60


def test_the_first_failing_gate_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    gates: Commands = {
        "fine": python(""),
        "fails": python("raise SystemExit(7)"),
        "never reached": python("raise SystemExit(8)"),
    }
    monkeypatch.setattr(testing, "GATES", gates)
    monkeypatch.setattr(testing, "STAGES", {"stage": python("raise SystemExit(9)")})
    monkeypatch.setattr(testing, "SLOWEST", "never reached")
    assert testing.run_all(os.environ) == 7


def test_the_stages_follow_the_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "GATES", {"fine": python("")})
    monkeypatch.setattr(testing, "STAGES", {"stage": python("raise SystemExit(9)")})
    assert testing.run_all(os.environ) == 9
    monkeypatch.setattr(testing, "STAGES", {"stage": python("")})
    assert testing.run_all(os.environ) == 0


def test_the_stage_that_waits_tells_in_its_turn(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    stages: Commands = {
        "first": python("print('first')"),
        testing.WAITS: python("print('waited'); raise SystemExit(4)"),
        "never begun": python("print('never')"),
    }
    monkeypatch.setattr(testing, "GATES", {"fine": python("")})
    monkeypatch.setattr(testing, "STAGES", stages)
    assert testing.run_all(os.environ) == 4
    assert capfd.readouterr().out == "first\nwaited\n"


def test_what_is_named_apart_is_there() -> None:
    assert testing.SLOWEST in testing.GATES
    assert testing.WAITS in testing.STAGES
    assert testing.PEERS
