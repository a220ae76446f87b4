from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.events import rules
from canone.kernel.money import Money, UnitPrice


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Part:
    amount: Money
    price: UnitPrice | None


@dataclass(frozen=True, slots=True)
class Everything:
    at: datetime
    day: date
    share: Fraction
    weight: Decimal
    colour: Colour
    parts: tuple[Part, ...]
    ids: list[int]
    names: dict[str, date]
    note: str | None = None
    flag: bool = False


PARTS = st.builds(
    Part, st.builds(Money, st.integers()), st.none() | st.builds(UnitPrice, st.integers())
)
EVERYTHING = st.builds(
    Everything,
    at=st.datetimes(timezones=st.just(UTC)),
    day=st.dates(),
    share=st.fractions(),
    weight=st.decimals(allow_nan=False, allow_infinity=False),
    colour=st.just(Colour.RED),
    parts=st.lists(PARTS).map(tuple),
    ids=st.lists(st.integers()),
    names=st.dictionaries(st.text(), st.dates()),
    note=st.none() | st.text(),
    flag=st.booleans(),
)


@given(EVERYTHING)
def test_an_event_comes_out_of_the_outbox_as_it_went_in(event: Everything) -> None:
    import json

    stored = json.loads(json.dumps(rules.encode(event)))
    assert rules.decode(Everything, stored) == event


def test_what_json_cannot_hold_is_refused_when_published() -> None:
    with pytest.raises(TypeError, match="set"):
        rules.encode({"ids": {1, 2}})


def test_an_event_is_named_by_its_context() -> None:
    made = type("AllowanceLow", (), {"__module__": "canone.ledgers.allowances.events"})
    assert rules.kind_of(made) == "allowances.AllowanceLow"


def test_attempts_are_ever_further_apart_up_to_an_hour() -> None:
    waits = [rules.wait_before(n) for n in range(1, rules.MAX_ATTEMPTS + 1)]
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)
