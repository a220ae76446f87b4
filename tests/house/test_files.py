import re
from pathlib import Path

import pytest
from tests.house import tree

CODE = {".py", ".js", ".css", ".sh"}
MOST_LINES = 400
MOST_TEMPLATE_LINES = 250
# Composed, so that this file does not break its own rule.
REGISTRIES = [
    "{}.org".format("pypi"),
    "pythonhosted" + ".org",
    "registry.{}".format("npmjs"),
    "deb.{}".format("debian"),
]
INLINE = re.compile(
    r"<style\b|\sstyle=|\son[a-z]+=[\"']|\shx-on|javascript:"
    r"|<script(?![^>]*\s(src=|type=\"application/json\"))",  # data is nothing that runs
    re.IGNORECASE,
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplemented(Error)?)\b")


def _lines(path: Path) -> int:
    return path.read_text().count("\n")


def _templates() -> list[Path]:
    return [path for path in tree.files() if "templates" in path.parts]


def test_no_source_file_is_longer_than_four_hundred_lines() -> None:
    code = [
        path
        for path in tree.files()
        if (path.suffix in CODE or path.name == "canone") and "migrations" not in path.parts
    ]
    assert not {tree.name(p): _lines(p) for p in code if _lines(p) > MOST_LINES}


def test_no_template_is_longer_than_two_hundred_and_fifty_lines() -> None:
    assert not {tree.name(p): _lines(p) for p in _templates() if _lines(p) > MOST_TEMPLATE_LINES}


def test_templates_hold_no_inline_script_style_or_event() -> None:
    pages = [path for path in _templates() if path.suffix == ".html" and "mail" not in path.parts]
    assert not {
        tree.name(path): found.group()
        for path in pages
        if (found := INLINE.search(path.read_text()))
    }


@pytest.mark.parametrize("folder", ["src", "launcher"])
def test_nothing_unfinished_is_left_in_the_code(folder: str) -> None:
    assert not {
        tree.name(path): found.group()
        for path in tree.files()
        if path.is_relative_to(tree.ROOT / folder) and path.suffix in CODE | {".html"}
        if (found := UNFINISHED.search(path.read_text()))
    }


def test_the_machine_says_where_its_registries_are_not_the_code() -> None:
    text_files = [p for p in tree.files() if p.suffix not in {".png", ".woff2", ".xlsx", ".pdf"}]
    assert not {
        tree.name(path): host
        for path in text_files
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    }
