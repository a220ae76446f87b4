"""`./canone test`: the gates, then all tests on both databases."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from launcher import assets, beside, environment, prepare, processes, system
from launcher.base import ROOT, data_folder, say

BIN = environment.VENV / "bin"
PYTEST: list[str | Path] = [environment.PYTHON, "-m", "pytest", "-rs"]
APART: list[str | Path] = [environment.PYTHON, ROOT / "tests" / "postgres.py"]
TESTS = ROOT / "tests"
TWO: list[str | Path] = ["-n", "2", "--dist", "worksteal"]
BROWSER = "tests/browser"
ELSEWHERE: list[str | Path] = ["--ignore=tests/house", f"--ignore={BROWSER}"]
ASKS_THE_ENGINE = "database and not (peer or one_engine)"
RULES: list[str | Path] = [
    "tests/kernel",
    *sorted(path.relative_to(ROOT) for path in TESTS.rglob("rules") if path.is_dir()),
    *sorted(path.relative_to(ROOT) for path in TESTS.rglob("test_rules*.py")),
]

GATES: dict[str, list[str | Path]] = {
    "ruff": [BIN / "ruff", "check", "."],
    "format": [BIN / "ruff", "format", "--check", "-q", "."],
    "templates": [BIN / "djlint", "src", "--lint", "--quiet"],
    "messages": [environment.PYTHON, "tools/messages.py", "check"],
    "imports": [BIN / "lint-imports", "--no-logo"],
    "types": [BIN / "mypy"],
    "house": [*PYTEST, "tests/house"],
}
SLOWEST = "types"
STAGES: dict[str, list[str | Path]] = {
    "rules": [*PYTEST, *TWO, "-m", "rules", *RULES],
    "sqlite": [*PYTEST, *TWO, *ELSEWHERE, "-m", "not rules"],
    "postgres": [
        *APART,
        *PYTEST,
        *TWO,
        f"--ignore={BROWSER}",
        "-m",
        "database and not (peer or one_engine)",
    ],
    "browser": [*PYTEST, *TWO, BROWSER],
}


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
    """Return the first exit status that is not 0, in the order of the gates and stages.

    The gates share the cores, each with its say in its turn; a stage uses all of them itself.
    """
    begun = time.monotonic()
    with beside.Beside(GATES, env, first=SLOWEST) as gates:
        for name in GATES:
            say(f"== {name}")
            if status := _told(name, *gates.result(name)):
                return status
    for name, command in STAGES.items():
        say(f"== {name}")
        stage = time.monotonic()
        if status := _told(name, processes.run(command, env), time.monotonic() - stage):
            return status
    say(f"== all is fine, {time.monotonic() - begun:.0f} s")
    return 0


def _told(name: str, status: int, seconds: float) -> int:
    if status:
        say(f"== {name} failed with status {status}")
    else:
        say(f"== {name} is fine, {seconds:.0f} s")
    return status
