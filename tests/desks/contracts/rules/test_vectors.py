"""Results that other billing systems published, read through our rules, group by group.

Where we decided otherwise, a rule of docs/algorithms/peers.md says so; no case is named. Groups
that are not in these tables are a failure: nothing published passes by unread.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.desks.contracts.rules.peers import killbill, lago, oca, others
from tests.desks.contracts.rules.peers.reading import RULES, Case, Waits
from tests.house import tree

ADAPTERS = killbill.ADAPTERS | lago.ADAPTERS | oca.ADAPTERS | others.ADAPTERS
PEERS = (tree.ROOT / "docs" / "algorithms" / "peers.md").read_text()


@pytest.fixture(scope="module")
def cases(schemas: Path) -> list[Case]:
    found: list[Case] = json.loads((schemas.parent / "vectors" / "recurring.json").read_text())[
        "cases"
    ]
    return found


def test_every_group_has_a_reader(cases: list[Case]) -> None:
    assert not {case["group"] for case in cases} - ADAPTERS.keys()


def test_published_results(cases: list[Case]) -> None:
    told: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    defects = []
    for case in cases:
        try:
            seen = ADAPTERS[case["group"]](case)
        except Waits:
            told[f"wait for {others.WAITING[case['group']]}"] += 1
            continue
        if seen.got == seen.wanted:
            told["agree"] += 1
        elif seen.rule:
            told["differ by a rule"] += 1
            rules[seen.rule] += 1
        else:
            defects.append(f"{case['id']}: {seen.got} instead of {seen.wanted}")
    print(dict(told), dict(rules))
    assert not defects, "\n".join(defects)
    assert told["agree"] > 10 * told["differ by a rule"]


def test_the_table_holds_every_rule_and_every_group_that_waits() -> None:
    assert not [text for text in RULES.values() if text not in PEERS]
    assert not [group for group in others.WAITING if f"`{group}`" not in PEERS]
