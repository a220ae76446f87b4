"""Whoever runs Canone finds every setting and every command in docs/operations.md."""

import re
from pathlib import Path

from tests.house import tree

MANUAL = tree.ROOT / "docs" / "operations.md"
SETTING = re.compile(r"\b(?:CANONE_[A-Z_]+|DATABASE_URL)\b")


def _code() -> list[Path]:
    return [
        path
        for path in tree.files()
        if path.suffix == ".py"
        and (path.is_relative_to(tree.PACKAGE) or path.is_relative_to(tree.ROOT / "launcher"))
    ]


def test_every_setting_is_documented() -> None:
    used = {name for path in _code() for name in SETTING.findall(path.read_text())}
    assert used - set(SETTING.findall(MANUAL.read_text())) == set()


def test_every_documented_setting_exists() -> None:
    used = {name for path in _code() for name in SETTING.findall(path.read_text())}
    assert set(SETTING.findall(MANUAL.read_text())) - used == set()


def test_every_command_is_documented() -> None:
    commands = {path.stem for path in _code() if path.parent.name == "commands"} - {"__init__"}
    text = MANUAL.read_text()
    assert not {
        name
        for name in commands
        if f"`{name.replace('_', '-')}`" not in text and f"`{name}`" not in text
    }


LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_links_in_the_documents_lead_somewhere() -> None:
    assert not {
        f"{tree.name(path)}: {target}"
        for path in tree.files()
        if path.suffix == ".md"
        for target in LINK.findall(path.read_text())
        if not (path.parent / target).exists()
    }
