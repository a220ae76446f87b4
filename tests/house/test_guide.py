"""The user guide: its links lead somewhere, its map names what is there, its pictures are small."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.urls import Resolver404, resolve
from tests.house import tree

GUIDE = tree.ROOT / "docs" / "guide"
PAGES = sorted(GUIDE.rglob("*.md"))
MAPS = {
    "en": (GUIDE / "en" / "mission-map.md", GUIDE / "en" / "mission-map-contracts.md"),
    "it": (GUIDE / "it" / "mappa-funzioni.md", GUIDE / "it" / "mappa-contratti.md"),
}
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
MOST_OF_A_PICTURE, MOST_OF_ALL = 120_000, 4_000_000


def _plain(text: str) -> str:
    """Return a message with its values left open."""
    return re.sub(r"%\(\w+\)s", "…", text)


def _messages(language: str) -> set[str]:
    """Return what pages can say in a language; English texts are the messages themselves."""
    said: set[str] = set()
    for path in (tree.ROOT / "src" / "canone").rglob("locale/it/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                found = message.id if language == "en" else message.string
                texts = [found] if isinstance(found, str) else list(found)
                said.update(_plain(text) for text in texts)
    return said


def _lines(language: str) -> list[str]:
    return [line for page in MAPS[language] for line in page.read_text().splitlines()]


def _rows(language: str) -> list[tuple[list[str], str]]:
    """Return the labels and the address of every row of the maps."""
    rows = []
    for line in _lines(language):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 4 and "`/" in cells[3]:
            rows.append((re.findall(r"\*\*(.+?)\*\*", cells[2]), cells[3].strip("` |")))
    return rows


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_map_names_only_what_pages_say(language: str) -> None:
    rows, said = _rows(language), _messages(language)
    assert len(rows) > 100
    assert all(labels for labels, _address in rows)
    assert not {label for labels, _address in rows for label in labels} - said


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_map_leads_to_pages_that_exist(language: str) -> None:
    missing = set()
    for _labels, address in _rows(language):
        try:
            resolve(address)
        except Resolver404:
            missing.add(address)
    assert not missing


def test_both_maps_lead_to_the_same_places() -> None:
    assert [row[1] for row in _rows("en")] == [row[1] for row in _rows("it")]


def _planned(language: str) -> list[int]:
    """Return the places of the rows that wait for a later part."""
    word = {"en": "| planned: ", "it": "| previsto: "}[language]
    rows = [line for line in _lines(language) if line.startswith("| ")]
    return [place for place, line in enumerate(rows) if word in line]


def test_both_maps_wait_for_the_same() -> None:
    assert _planned("en") == _planned("it") != []


def _targets(page: Path) -> set[str]:
    return {target for target in LINK.findall(page.read_text()) if "://" not in target}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    assert not {target for target in _targets(path) if not (path.parent / target).exists()}


def test_the_index_names_every_page() -> None:
    named = {(GUIDE / target).resolve() for target in _targets(GUIDE / "README.md")}
    assert named == {page.resolve() for page in PAGES if page.parent != GUIDE}


def test_pictures_are_small_and_shown() -> None:
    pictures = sorted(GUIDE.rglob("*.png"))
    sizes = {tree.name(path): path.stat().st_size for path in pictures}
    assert not {name: size for name, size in sizes.items() if size > MOST_OF_A_PICTURE}
    assert sum(sizes.values()) < MOST_OF_ALL
    readers = [*PAGES, tree.ROOT / "README.md"]
    shown = {(page.parent / target).resolve() for page in readers for target in _targets(page)}
    assert not {tree.name(path) for path in pictures} - {
        tree.name(path) for path in shown if path.suffix == ".png"
    }
