"""The product's files, as the house tests read them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "canone"
WINGS = ("base", "registers", "ledgers", "desks", "channels", "insights")


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the checkout that is, or is about to be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    paths = (ROOT / name for name in sorted(set(listed)) if name)
    return tuple(path for path in paths if path.is_file())


def sources(*, migrations: bool = False) -> list[Path]:
    """Return the Python files of the package."""
    found = [p for p in files() if p.suffix == ".py" and p.is_relative_to(PACKAGE)]
    return [p for p in found if migrations or "migrations" not in p.parts]


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def name(path: Path) -> str:
    """Return the path as people write it, from the root of the checkout."""
    return path.relative_to(ROOT).as_posix()


def context(path: Path) -> str | None:
    """Return the dotted context a source belongs to, such as `registers.parties`."""
    parts = path.relative_to(PACKAGE).parts
    if parts[0] in WINGS:
        return ".".join(parts[:2]) if len(parts) > 2 else None
    return parts[0] if len(parts) > 1 else None
