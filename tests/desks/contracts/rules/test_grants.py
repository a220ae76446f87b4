from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from canone.desks.contracts.rules import grants
from canone.desks.contracts.rules.grants import Grant, Standing
from canone.desks.contracts.rules.terms import Anchor, LineTerms, Timing
from canone.kernel.periods import Cycle, Unit

MONTHLY = LineTerms(
    amount=Fraction(100),
    start=date(2026, 2, 10),
    cycle=Cycle(Unit.MONTH, 1),
    anchor=Anchor.CALENDAR,
)
QUARTERLY = replace(MONTHLY, cycle=Cycle(Unit.MONTH, 3))
APRIL = date(2026, 4, 30)
FIRST = [
    Grant(date(2026, 2, 10), 6, date(2026, 2, 28)),
    Grant(date(2026, 3, 1), 10, date(2026, 3, 31)),
    Grant(date(2026, 4, 1), 10, date(2026, 4, 30)),
]


def test_a_part_of_a_period_grants_its_share() -> None:
    assert grants.owed(MONTHLY, 10, APRIL, stays=False) == FIRST  # row 1
    [part] = grants.owed(QUARTERLY, 600, date(2026, 3, 1), stays=False)
    assert part == Grant(date(2026, 2, 10), 333, date(2026, 3, 31))  # row 2
    assert grants.owed(QUARTERLY, 1, date(2026, 3, 1), stays=False) == []  # row 7


def test_what_stays_has_no_last_day() -> None:
    yearly = replace(
        MONTHLY, start=date(2026, 1, 1), cycle=Cycle(Unit.YEAR, 1), anchor=Anchor.ACTIVATION
    )
    assert grants.owed(yearly, 12, APRIL, stays=True) == [Grant(date(2026, 1, 1), 12, None)]
    once = replace(yearly, cycle=None)
    assert grants.owed(once, 1_200, APRIL, stays=False) == [Grant(date(2026, 1, 1), 1_200, None)]
    ending = replace(once, end=date(2026, 7, 1))
    [limited] = grants.owed(ending, 1_200, APRIL, stays=False)
    assert limited.expires_on == date(2026, 6, 30)


def test_it_is_granted_when_the_period_begins_and_in_every_month() -> None:
    late = replace(MONTHLY, start=date(2026, 1, 1), timing=Timing.IN_ARREARS)
    january = Grant(date(2026, 1, 1), 10, date(2026, 1, 31))
    assert grants.owed(late, 10, date(2026, 1, 1), stays=False) == [january]  # row 4
    some = replace(MONTHLY, months=frozenset({6}))
    assert grants.owed(some, 10, APRIL, stays=False) == FIRST


def test_a_pause_grants_nothing() -> None:
    pause = date(2026, 3, 1)
    assert grants.owed(MONTHLY, 10, APRIL, stays=False, pause=pause) == FIRST[:1]  # row 5


def standing(*rows: Grant, revision: int = 1) -> dict[date, Standing]:
    return {
        row.start: Standing(number, revision, row.quantity, row.expires_on)
        for number, row in enumerate(rows, 1)
    }


def test_a_change_takes_back_and_grants_anew() -> None:
    known = standing(*FIRST)
    ones = dict.fromkeys(known, 1)
    same = grants.compare(FIRST, known, ones)
    assert (same.back, same.new) == ((), ())
    more = grants.owed(MONTHLY, 12, APRIL, stays=False)
    found = grants.compare(more, known, ones)  # row 8
    assert found.back == (1, 2, 3)
    assert [(grant.quantity, revision) for grant, revision in found.new] == [
        (8, 2),
        (12, 2),
        (12, 2),
    ]
    ended = replace(MONTHLY, end=date(2026, 4, 1))
    fewer = grants.compare(grants.owed(ended, 10, APRIL, stays=False), known, ones)  # row 9
    assert (fewer.back, fewer.new) == ((3,), ())


def test_what_was_taken_back_gets_the_next_revision() -> None:
    found = grants.compare(FIRST[:1], {}, {FIRST[0].start: 3})
    assert found.new == ((FIRST[0], 4),)


@given(
    before=st.integers(0, 50),
    after=st.integers(0, 50),
    ends=st.none() | st.dates(date(2026, 2, 11), date(2027, 1, 1)),
)
def test_the_difference_makes_the_record_what_is_owed(
    before: int, after: int, ends: date | None
) -> None:
    year = date(2026, 12, 31)
    known = standing(*grants.owed(MONTHLY, before, year, stays=False))
    wanted = grants.owed(replace(MONTHLY, end=ends), after, year, stays=False)
    found = grants.compare(wanted, known, dict.fromkeys(known, 1))
    left = {
        day: (one.quantity, one.expires_on)
        for day, one in known.items()
        if one.entry_id not in found.back
    }
    new = {grant.start: (grant.quantity, grant.expires_on) for grant, _revision in found.new}
    assert not left.keys() & new.keys()
    assert left | new == {grant.start: (grant.quantity, grant.expires_on) for grant in wanted}
    again = grants.compare(wanted, standing(*wanted, revision=2), {})
    assert (again.back, again.new) == ((), ())
