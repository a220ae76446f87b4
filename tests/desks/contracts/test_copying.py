"""Which lines go along into a copy of a contract."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.make import assets, parties
from tests.make import contracts as make

from canone.desks.contracts.models import Contract
from canone.desks.contracts.services import copying, lines
from canone.kernel.money import UnitPrice
from canone.registers.assets.services import assets as machines

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"at": make.AT, "by": None}
START = date(2027, 1, 1)


def copied(contract: Contract, customer: int) -> list[tuple[str, date, date | None]]:
    new = copying.copy(contract_id=contract.pk, customer_id=customer, start=START, **BY)
    return [(line.description, line.start, line.end) for line in new.lines.order_by("pk")]


def test_lines_by_a_meter_go_along_for_the_same_customer() -> None:
    contract = make.contract()
    make.line(contract)
    stays = assets.meter(assets.asset(contract.customer))
    gone = assets.meter(assets.asset(contract.customer))
    for meter in (stays, gone):
        make.line(contract, "0.01", kind="usage", meter=meter, description=f"Copie {meter.pk}")
    machines.update(asset_id=gone.asset_id, customer=parties.party(), **BY)
    fee = ("Canone assistenza", START, None)
    assert copied(contract, contract.customer_id) == [fee, (f"Copie {stays.pk}", START, None)]
    assert copied(contract, parties.party().pk) == [fee]


def test_lines_that_end_later_go_along_and_what_is_over_does_not() -> None:
    contract = make.contract()
    make.line(contract, description="Finita", end=START)
    make.line(contract, description="Fino a marzo", end=date(2027, 4, 1))
    later = make.line(contract, description="Da marzo", start=date(2027, 3, 1))
    assert later.end is None
    wanted = [("Fino a marzo", START, date(2027, 4, 1)), ("Da marzo", START, None)]
    assert copied(contract, contract.customer_id) == wanted
    assert copied(contract, parties.party().pk) == wanted


def test_a_line_that_follows_goes_on_in_the_periods_of_the_copy() -> None:
    contract = make.contract()
    old = make.line(contract, every=3)
    for day, price in ((date(2026, 7, 1), "110"), (date(2027, 6, 1), "120")):
        old = lines.revise(line_id=old.pk, day=day, unit_price=UnitPrice.of(price), **BY)
    new = copying.copy(contract_id=contract.pk, customer_id=contract.customer_id, start=START, **BY)
    first, second = new.lines.order_by("pk")
    assert (first.start, first.end, first.counted_from) == (START, date(2027, 6, 1), None)
    assert (second.start, second.end) == (date(2027, 6, 1), None)
    assert second.terms().counted_from == START
    assert [line.unit_price for line in (first, second)] == [UnitPrice.of(110), UnitPrice.of(120)]
