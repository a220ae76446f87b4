"""Whether a text speaks of somebody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.kernel.mentions import Words

ROSSI = Words.of(["Mario Rossi", "+39 031 640123", "mario@rossi.example", "IT", ""])


@pytest.mark.parametrize(
    "text",
    [
        "Saluti, MARIO ROSSI.",
        '{"name": "Mario Rossi"}',
        "Tel.: +39 031 640123",
        "to=mario@rossi.example&page=2",
    ],
)
def test_whole_words_are_found_whatever_their_capitals(text: str) -> None:
    assert ROSSI.are_in(text)


@pytest.mark.parametrize(
    "text", ["", "IT", "Mario Rossini", "aMario Rossi", "mario@rossi.examples"]
)
def test_parts_of_longer_words_and_short_ones_are_not(text: str) -> None:
    assert not ROSSI.are_in(text)


def test_data_is_looked_through_with_its_accents() -> None:
    assert Words.of(["Società Élite"]).are_in_data([{"a": ["società élite"]}, 1, None])


@given(st.text(min_size=4).filter(lambda text: len(text.strip()) >= 4))
def test_a_word_is_found_in_itself(text: str) -> None:
    assert Words.of([text]).are_in(text.strip())


def test_nobody_is_in_no_text() -> None:
    assert not Words.of([]).are_in("anything")
