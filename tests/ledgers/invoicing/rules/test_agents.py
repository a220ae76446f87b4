from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.ledgers.invoicing.rules.agents import shared

ONE_X, BOTH = (("X", 5_000),), (("X", 2_000), ("Y", 3_000))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(10_000, (("X", 500),))], [("X", 500, 500)]),
        (
            [(10_000, (("X", 3_333), ("Y", 3_333), ("Z", 3_334)))],
            [("X", 3_333, 3_333), ("Y", 3_333, 3_333), ("Z", 3_334, 3_334)],
        ),
        ([(5, (("X", 5_000), ("Y", 5_000)))], [("X", 5_000, 3), ("Y", 5_000, 2)]),
        ([(10_000, ONE_X), (20_000, BOTH)], [("X", 3_000, 9_000), ("Y", 2_000, 6_000)]),
        ([(10_000, (("X", 1_000),)), (5_000, ())], [("X", 667, 1_000)]),
        ([(10_000, (("X", 1_000),)), (5_000, (("X", 1_000),))], [("X", 1_000, 1_500)]),
        ([(10_000, ONE_X), (-10_000, BOTH)], [("X", 0, 3_000), ("Y", 0, -3_000)]),
        ([(10_000, ())], []),
        ([], []),
    ],
)
def test_each_contract_is_shared_by_itself(parts: Any, expected: Any) -> None:
    assert list(shared(parts)) == expected


CUTS = st.lists(st.integers(0, 10_000), max_size=6).map(sorted)


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), CUTS), max_size=5))
def test_where_shares_make_the_whole_no_cent_is_lost(parts: list[tuple[int, list[int]]]) -> None:
    known = []
    for net, cuts in parts:
        bounds = [0, *cuts, 10_000]
        shares = [end - start for start, end in pairwise(bounds)]
        known.append((net, [(f"A{n}", share) for n, share in enumerate(shares)]))
    assert sum(one.amount for one in shared(known)) == sum(net for net, _agents in known)
