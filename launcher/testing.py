"""`./canone test`: the gates, then all tests on both databases."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from launcher import assets, environment, prepare, processes, system
from launcher.base import ROOT, data_folder, say
from launcher.beside import Beside

BIN = environment.VENV / "bin"
PYTEST: list[str | Path] = [environment.PYTHON, "-m", "pytest", "-rs"]
APART: list[str | Path] = [environment.PYTHON, ROOT / "tests" / "postgres.py"]
TESTS = ROOT / "tests"
TWO: list[str | Path] = ["-n", "2", "--dist", "worksteal"]
BROWSER = "tests/browser"
PEERS = sorted(path.relative_to(ROOT) for path in TESTS.rglob("peer") if path.is_dir())
ELSEWHERE: list[str | Path] = ["--ignore=tests/house", f"--ignore={BROWSER}"]
RULES: list[str | Path] = [
    "tests/kernel",
    *sorted(path.relative_to(ROOT) for path in TESTS.rglob("rules") if path.is_dir()),
    *sorted(path.relative_to(ROOT) for path in TESTS.rglob("test_rules*.py")),
]
ASKS_THE_ENGINE = "database and not (peer or one_engine)"

GATES: dict[str, list[str | Path]] = {
    "ruff": [BIN / "ruff", "check", "."],
    "format": [BIN / "ruff", "format", "--check", "-q", "."],
    "templates": [BIN / "djlint", "src", "--lint", "--quiet"],
    "messages": [environment.PYTHON, "tools/messages.py", "check"],
    "imports": [BIN / "lint-imports", "--no-logo"],
    "types": [BIN / "mypy"],
    "house": [*PYTEST, "tests/house"],
    "rules": [*PYTEST, "-m", "rules", *RULES],
}
"""What takes one core, two at a time."""
SLOWEST = "types"
STAGES: dict[str, list[str | Path]] = {
    "sqlite": [*PYTEST, *TWO, *ELSEWHERE, "-m", "not rules and not peer"],
    "peer": [*PYTEST, "-m", "peer", *PEERS],
    "postgres": [*APART, *PYTEST, *TWO, f"--ignore={BROWSER}", "-m", ASKS_THE_ENGINE],
    "browser": [*PYTEST, *TWO, BROWSER],
}
"""What takes all cores, one after the other."""
WAITS = "peer"
"""The stage that mostly waits for others: it begins with the first and tells in its turn."""


def main(arguments: Sequence[str]) -> int:
    """Return the first exit status that is not 0; with arguments only pytest runs, with those."""
    environment.ensure("test")
    data = data_folder()
    assets.ensure(assets.folder(data))
    env = prepare.environ(data)
    env["PATH"] = f"{BIN}{os.pathsep}{env.get('PATH', '')}"
    # Dozens of processes are started: none of them should have to compile what it imports.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env["PYTHONPYCACHEPREFIX"] = str(data / "pycache")
    if arguments:
        return processes.run([*PYTEST, *arguments], env)
    system.ensure()
    return run_all(env)


def run_all(env: Mapping[str, str]) -> int:
    """Return the first exit status that is not 0, in the order of the gates and stages."""
    begun = time.monotonic()
    with Beside(GATES, env, first=SLOWEST) as gates:
        for name in GATES:
            say(f"== {name}")
            if status := _told(name, *gates.result(name)):
                return status
    with Beside({name: STAGES[name] for name in STAGES if name == WAITS}, env) as waits:
        waits.fill()
        for name, command in STAGES.items():
            say(f"== {name}")
            stage = time.monotonic()
            status = waits.result(name)[0] if name == WAITS else processes.run(command, env)
            if _told(name, status, time.monotonic() - stage):
                return status
    say(f"== all is fine, {time.monotonic() - begun:.0f} s")
    return 0


def _told(name: str, status: int, seconds: float) -> int:
    if status:
        say(f"== {name} failed with status {status}")
    else:
        say(f"== {name} is fine, {seconds:.0f} s")
    return status
