"""Which line covers a group when: the worked numbers of docs/algorithms/covering.md."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.desks.contracts.rules.covering import Claim, Stretch, days, stretches

A, B = 1, 2
JAN, FEB, MAR, APR, MAY, JUL = (date(2026, month, 1) for month in (1, 2, 3, 4, 5, 7))

BY_GROUP = {
    1: ([Claim(1, None, MAR, None)], A, [Stretch(1, MAR, None)]),
    2: ([Claim(1, None, MAR, JUL)], A, [Stretch(1, MAR, JUL)]),
    3: (
        [Claim(1, None, JAN, None), Claim(2, A, MAR, APR)],
        A,
        [Stretch(1, JAN, MAR), Stretch(2, MAR, APR), Stretch(1, APR, None)],
    ),
    4: ([Claim(1, None, JAN, None), Claim(2, A, MAR, APR)], B, [Stretch(1, JAN, None)]),
    5: (
        [Claim(1, None, JAN, None), Claim(2, None, MAY, None)],
        A,
        [Stretch(1, JAN, MAY), Stretch(2, MAY, None)],
    ),
    6: ([Claim(1, B, JAN, None)], A, []),
    7: ([Claim(1, None, JAN, None), Claim(2, None, JAN, None)], A, [Stretch(2, JAN, None)]),
}
LINE = (JAN, None)
YEAR = (JAN, date(2027, 1, 1))
BY_CONTRACT = {
    8: (LINE, (date(2026, 2, 10), None), None, (date(2026, 2, 10), None)),
    9: (YEAR, (JAN, JUL), None, (JAN, JUL)),
    10: (LINE, (JAN, None), MAY, (JAN, MAY)),
    11: (LINE, (date(2025, 6, 1), JAN), None, None),
}


@pytest.mark.parametrize("row", BY_GROUP)
def test_the_worked_rows_of_groups(row: int) -> None:
    claims, group, expected = BY_GROUP[row]
    assert stretches(claims, group) == expected
    assert stretches(reversed(claims), group) == expected


@pytest.mark.parametrize("row", BY_CONTRACT)
def test_the_worked_rows_of_contracts(row: int) -> None:
    line, contract, pause, expected = BY_CONTRACT[row]
    assert days(line, contract, pause) == expected


MOMENTS = st.integers(0, 12).map(lambda count: JAN + timedelta(days=count))
SPANS = st.tuples(MOMENTS, st.none() | MOMENTS).filter(lambda d: d[1] is None or d[1] > d[0])
GROUPS = st.sampled_from([None, A, B])


@given(st.lists(st.tuples(GROUPS, SPANS), max_size=6))
def test_every_day_has_the_line_that_goes_first(lines: list) -> None:
    claims = [Claim(n, group, *span) for n, (group, span) in enumerate(lines)]
    found = stretches(claims, A)
    for one, following in pairwise(found):
        assert one.end is not None
        assert one.end <= following.start
        assert one.name != following.name or one.end < following.start
    for offset in range(14):
        day = JAN + timedelta(days=offset)
        those = [
            c for c in claims if c.group != B and c.start <= day and (not c.end or day < c.end)
        ]
        first = max(those, key=lambda c: (c.group == A, c.start, c.name), default=None)
        held = [s.name for s in found if s.start <= day and (s.end is None or day < s.end)]
        assert held == ([] if first is None else [first.name])
