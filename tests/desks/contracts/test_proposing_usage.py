"""What usage lines propose: readings, what is included, estimates, minimums."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from tests.make import assets as machines
from tests.make import contracts as make

from canone.desks.contracts.models import Line
from canone.desks.contracts.queries import proposing
from canone.kernel.money import Money
from canone.ledgers.invoicing.rules.ports import Ask, Proposed
from canone.ui import sentences

pytestmark = pytest.mark.django_db
DESK = proposing.proposer()


def propose(through: str) -> Proposed:
    ask = Ask(through=date.fromisoformat(through))
    return DESK.propose(ask, DESK.customers(ask, after=0, limit=10))


def reasons(answer: Proposed) -> list[str]:
    return [one.code for one in answer.left_out]


def usage(**more: Any) -> Line:
    contract = make.contract()
    meter = machines.meter(machines.asset(contract.customer), opening=100)
    given: dict[str, Any] = {"kind": "usage", "meter": meter, "every": 3, "included": 3000}
    return make.line(contract, "0.012", **given | more)


def test_copies_are_billed_in_arrears_over_what_is_included() -> None:
    line = usage(start=date(2026, 2, 10), anchor="calendar")
    assert line.meter is not None
    machines.reading(line.meter, date(2026, 2, 9), 500)
    machines.reading(line.meter, date(2026, 3, 31), 2_500)
    machines.reading(line.meter, date(2026, 6, 30), 6_750)
    first, second = propose("2026-07-01").proposals
    # 2,000 used, 3,000 x 50/90 included; 4,250 used, 3,000 included
    assert (first.amount_minor, second.amount_minor) == (401, 1500)
    assert (first.kind, first.invoice_on) == ("contract_usage", date(2026, 4, 1))
    assert json.loads(first.explanation) == [
        {"code": "contract_used", "included": "1666", "used": "2000"},
        {"amount": "4.01", "code": "contract_over", "over": "334"},
    ]


def test_a_missing_reading_holds_the_line_back_and_names_the_meter() -> None:
    line = usage()
    assert line.meter is not None
    machines.reading(line.meter, date(2026, 6, 30), 4_000)
    answer = propose("2026-07-01")
    assert reasons(answer) == ["missing_reading", "missing_reading"]
    assert line.meter.name in sentences.tell(answer.left_out[0].reason)
    assert "01/01/2026–31/03/2026" in sentences.tell(answer.left_out[0].reason)
    machines.reading(line.meter, date(2026, 3, 31), 3_600)
    # 3,500 - 3,000 over, then 400 of 3,000
    assert [p.amount_minor for p in propose("2026-07-01").proposals] == [600, 0]


def test_an_estimate_stands_in_where_it_is_allowed() -> None:
    line = usage(is_estimated=True, included=0)
    assert line.meter is not None
    machines.reading(line.meter, date(2025, 12, 1), 1_000)
    machines.reading(line.meter, date(2025, 12, 31), 1_900)
    [only] = propose("2026-04-01").proposals
    # 30 a day for 90 days
    assert only.amount_minor == 3240
    assert json.loads(only.explanation)[0] == {
        "code": "contract_used",
        "estimated": True,
        "included": "0",
        "used": "2700",
    }


def test_a_minimum_is_made_up_for() -> None:
    line = usage(included=0, minimum=Money.of(50))
    assert line.meter is not None
    machines.reading(line.meter, date(2026, 3, 31), 1_100)
    [only] = propose("2026-04-01").proposals
    assert only.amount_minor == 5000
    assert [s.get("amount") for s in json.loads(only.explanation)] == [None, "12.00", "38.00"]
