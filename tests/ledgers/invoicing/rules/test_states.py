from datetime import date, timedelta

import pytest

from canone.ledgers.invoicing.rules import states
from canone.ledgers.invoicing.rules.states import Age, State

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("is_reversal", "is_reversed", "document", "expected"),
    [
        (False, False, "", State.TO_INVOICE),
        (False, False, "2026/12", State.ON_DOCUMENT),
        (False, True, "", State.REVERSED),
        (True, False, "", State.REVERSAL),
    ],
)
def test_a_charge_has_one_state(
    is_reversal: bool, is_reversed: bool, document: str, expected: State
) -> None:
    assert (
        states.state(is_reversal=is_reversal, is_reversed=is_reversed, document=document)
        == expected
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-5, Age.UP_TO_30),
        (30, Age.UP_TO_30),
        (31, Age.UP_TO_60),
        (60, Age.UP_TO_60),
        (90, Age.UP_TO_90),
        (91, Age.OLDER),
    ],
)
def test_ages_change_after_their_last_day(days: int, expected: Age) -> None:
    assert states.age(DAY - timedelta(days=days), day=DAY) == expected
