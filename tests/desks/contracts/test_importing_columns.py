"""The columns of a file of contracts: none is missing, all are recognised and explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from tests.make import exchange as files

from canone.base.exchange import importers, queries
from canone.base.exchange.rules.headers import normal
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.services import contracts, lines, sheets
from canone.desks.contracts.services.sheets import CONTRACT_FIELDS, FIELDS, LINE_FIELDS

pytestmark = pytest.mark.django_db
KEY = "contracts.contracts"
GUIDE = Path(__file__).parents[3] / "docs" / "guide"


@pytest.fixture(autouse=True)
def _world(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"


def titles_of(language: str) -> list[str]:
    with translation.override(language):
        return [str(field.label) for field in FIELDS]


@pytest.mark.parametrize("language", ["it", "fr", "en"])
def test_titles_are_recognised_in_three_languages(language: str) -> None:
    titles = titles_of(language)
    assert len(set(titles)) == len(titles)
    text = ";".join(titles) + "\n" + ";".join("x" for _title in titles) + "\n"
    batch = files.upload(text, importer=KEY)
    rows, _lines = queries.sample(batch)
    found = queries.propose(batch, importers.get(KEY), rows, language=language)
    assert found.columns == {field.name: [place] for place, field in enumerate(FIELDS)}


@pytest.mark.parametrize("language", ["it", "fr", "en"])
@pytest.mark.parametrize(
    ("known", "choices"),
    [
        (sheets.TIMINGS, Line.When),
        (sheets.ANCHORS, Line.CountedBy),
        (sheets.PER, Line.Per),
        (sheets.ARREARS, Contract.Arrears),
        (sheets.BASES, Line.Basis),
        (sheets.PRICINGS, Line.Pricing),
        (sheets.UNITS, Line.Grants),
        (sheets.METHODS, Contract.Method),
    ],
)
def test_what_pages_call_a_choice_is_understood(language: str, known: Any, choices: Any) -> None:
    words = {normal(word): code for word, code in sheets.words(known).items()}
    with translation.override(language):
        shown = {normal(str(choice.label)): choice.value for choice in choices}
    assert shown.items() <= words.items()


@pytest.mark.parametrize(("language", "name"), [("en", "taking-over"), ("it", "subentro")])
def test_the_guide_lists_every_column(language: str, name: str) -> None:
    text = (GUIDE / language / f"{name}.md").read_text(encoding="utf-8")
    assert [title for title in titles_of(language) if f"| {title}" not in text] == []


def test_every_field_of_the_forms_has_a_column() -> None:
    written = {
        "kind": "tariff", "quantity_micros": "quantity", "discount_bp": "discount",
        "start": "line_start", "end": "line_end", "unit_of_cycle": "cycle", "every": "cycle",
    }  # fmt: skip
    of_line = {written.get(name, name) for name in lines.FIELDS} - {"sequence"}
    assert of_line <= {field.name for field in LINE_FIELDS}
    assert set(contracts.FIELDS) <= {field.name for field in CONTRACT_FIELDS}
