"""Every row of the tables in docs/algorithms/schedule.md and proration.md."""

from __future__ import annotations

import pytest
from tests.desks.contracts.rules import written

ROWS = [row for page in ("schedule.md", "proration.md") for row in written.rows(page)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.line)
def test_a_row_of_the_manual(row: written.Row) -> None:
    assert written.charges(row) == row.charges


def test_the_manual_has_its_tables() -> None:
    assert len(ROWS) > 50
