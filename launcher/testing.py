"""`./canone test`: the gates, then all tests on both databases."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from launcher import assets, environment, prepare, processes, system
from launcher.base import ROOT, data_folder, say

BIN = environment.VENV / "bin"
PYTEST: list[str | Path] = [environment.PYTHON, "-m", "pytest", "-rs"]
APART: list[str | Path] = [environment.PYTHON, ROOT / "tests" / "postgres.py"]
TESTS = ROOT / "tests"
TWO: list[str | Path] = ["-n", "2", "--dist", "worksteal"]
BROWSER = "tests/browser"
ELSEWHERE: list[str | Path] = ["--ignore=tests/house", f"--ignore={BROWSER}"]
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
STAGES: dict[str, list[str | Path]] = {
    "rules": [*PYTEST, *TWO, "-m", "rules", *RULES],
    "sqlite": [*PYTEST, *TWO, *ELSEWHERE, "-m", "not rules"],
    "postgres": [*APART, *PYTEST, *TWO, f"--ignore={BROWSER}", "-m", "database and not peer"],
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
    return _all(env)


def _all(env: dict[str, str]) -> int:
    begun = time.monotonic()
    for name, command in (GATES | STAGES).items():
        say(f"== {name}")
        stage = time.monotonic()
        if status := processes.run(command, env):
            say(f"== {name} failed with status {status}")
            return status
        say(f"== {name} is fine, {time.monotonic() - stage:.0f} s")
    say(f"== all is fine, {time.monotonic() - begun:.0f} s")
    return 0
