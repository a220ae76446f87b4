"""Whatever keeps something out of a run has its own words, wherever a run tells it."""

from __future__ import annotations

import pytest

from canone.desks.assistance.queries import unready
from canone.desks.contracts.queries import words
from canone.ledgers.invoicing.rules.obstacles import Obstacle
from canone.ledgers.invoicing.web import cockpit_looks, run_looks

CODES = [
    *(one.value for one in Obstacle),
    *words.REASONS,
    *(f"session_{state.value}" for state in unready.REASONS),
]


@pytest.mark.parametrize("code", CODES)
def test_a_reason_has_a_name_of_its_own(code: str) -> None:
    named = dict(cockpit_looks.reasons())
    assert code in named, "the list of what a run left out filters by it"
    assert cockpit_looks.word(code) == named[code]
    assert str(named[code]) != str(run_looks.LACKS.word)
