"""What is kept in one language is told in another."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.utils import translation

from canone.ui import sentences

SUSPENDED = "The contract is suspended from %(day)s: %(why)s"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The contract is suspended from 01/03/2026: 100% fermo"),
        ("it", "Il contratto è sospeso dal 01/03/2026: 100% fermo"),
        ("fr", "Le contrat est suspendu depuis le 01/03/2026\u00a0: 100% fermo"),
    ],
)
def test_a_sentence_is_told_in_the_language_of_its_reader(language: str, told: str) -> None:
    with translation.override("it"):
        kept = sentences.keep(SUSPENDED, day=date(2026, 3, 1), why="100% fermo")
    with translation.override(language):
        assert sentences.tell(kept).replace("\u202f", "\u00a0") == told


def test_the_longest_value_makes_room() -> None:
    kept = sentences.keep(SUSPENDED, day=date(2026, 3, 1), why='"' * 400)
    assert len(kept) <= sentences.LONGEST
    _text, words, days = json.loads(kept)
    assert days == {"day": "2026-03-01"}
    assert set(words["why"]) == {'"'}


@pytest.mark.parametrize("plain", ["", "Manca il CIG", "[non è JSON", "[1]"])
def test_what_was_kept_as_plain_text_stays(plain: str) -> None:
    assert sentences.tell(plain) == plain
