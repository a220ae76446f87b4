"""Which contracts a list shows, what they bring in, and what is foreseen."""

from __future__ import annotations

from datetime import date

import pytest
from tests.make import catalog, parties
from tests.make import contracts as make
from tests.make import invoicing as ledger
from tests.people import people

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import active, situation
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries.contracts import Chosen
from canone.desks.contracts.services import contracts, lines
from canone.kernel.money import Money

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)


def test_who_sees_contracts() -> None:
    contract = make.contract()
    seen = people()
    assert list(queries.for_list(seen.owner)) == [contract]
    assert queries.in_full(contract.pk, seen.owner) == contract
    for user in (seen.technician, seen.customer, seen.stranger):
        assert not queries.for_list(user).exists()
        with pytest.raises(Contract.DoesNotExist):
            queries.in_full(contract.pk, user)


def test_a_list_is_narrowed_down() -> None:
    owner = people().owner
    kind, article = make.contract_type(), catalog.article("ADSL")
    one = make.contract(
        parties.party("Officine Brambilla"), type=kind, title="Assistenza", start=date(2026, 3, 1)
    )
    two = make.contract(parties.party("Hotel Bellavista"), end=date(2026, 6, 1), number="H/1")
    make.line(one, article=article, every=3)
    make.line(two, description="Router a noleggio", unit_of_cycle="year", anchor="calendar")
    contracts.cancel(
        contract_id=two.pk, last_day=date(2026, 4, 30), reason="x", on=TODAY, at=make.AT, by=None
    )
    for chosen, wanted in (
        (Chosen(), [one, two]),
        (Chosen(text="BRAMBILLA"), [one]),
        (Chosen(text="noleggio"), [two]),
        (Chosen(text="h/1 bella"), [two]),
        (Chosen(text="assistenza adsl"), []),
        (Chosen(customer_id=one.customer_id), [one]),
        (Chosen(type_id=kind.pk), [one]),
        (Chosen(article_id=article.pk), [one]),
        (Chosen(cycle="quarterly"), [one]),
        (Chosen(cycle="yearly"), [two]),
        (Chosen(cycle="weekly"), []),
        (Chosen(on=date(2026, 4, 30)), [one, two]),
        (Chosen(on=date(2026, 5, 1)), [one]),
        (Chosen(on=date(2026, 2, 1)), [two]),
        (Chosen(is_cancelled=True), [two]),
        (Chosen(is_cancelled=False), [one]),
        (Chosen(month=3), [one]),
        (Chosen(month=1), []),
    ):
        found = set(queries.for_list(owner, chosen))
        assert found == set(wanted), chosen


def test_what_a_contract_is_worth_a_year_and_an_invoice() -> None:
    contract = make.contract()
    make.line(contract, "120", every=3)
    make.line(contract, "1000", amount_per="year", every=4)
    make.line(contract, "70", unit_of_cycle="week", every=2)
    make.line(contract, "500", unit_of_cycle="")
    make.line(contract, "999", is_on_request=True)
    make.line(contract, "999", end=date(2026, 2, 1))
    make.line(contract, "999", start=date(2027, 2, 1))
    make.line(contract, "10", months=[1, 2])
    worth = queries.worth([contract.pk], on=TODAY)[contract.pk]
    # 480 + 1000 + 70 x 365/14 + 0 + 2 x 10
    assert str(worth.annual) == "3325.00"
    assert str(worth.invoice) == "533.33"
    assert worth.cycles == {"quarterly", "four_monthly", "every 2 week", "once", "monthly"}


def test_a_contract_that_is_over_brings_nothing() -> None:
    over, runs = make.contract(end=date(2026, 6, 1)), make.contract()
    for contract in (over, runs):
        make.line(contract)
        make.line(contract, "10", months=[1, 2], every=2)
    found = queries.worth([over.pk, runs.pk], on=TODAY)
    assert [str(found[one.pk].annual) for one in (over, runs)] == ["0.00", "1210.00"]
    assert found[over.pk].cycles == {"monthly", "bimonthly"}
    total = active.of_contracts(queries.for_list(people().owner), on=TODAY)
    assert (total.count, total.annual) == (2, 121_000)


def test_twelve_months_of_a_contract() -> None:
    contract = make.contract(start=date(2026, 3, 1), end=date(2027, 3, 1))
    monthly, quarterly = make.line(contract), make.line(contract, "300", every=3)
    make.line(contract, "999", is_on_request=True)
    for month in range(9, 12):
        origin = f"line:{monthly.pk}:2026-{month:02d}-01"
        ledger.charge(contract.customer, origin=origin, amount_minor=10_000)
    ledger.charge(contract.customer, origin=f"line:{quarterly.pk}:2026-09-01", amount_minor=29_000)
    found = situation.of_contract(
        Contract.objects.get(pk=contract.pk), today=date(2026, 12, 1), first=date(2026, 9, 15)
    )
    told = [(str(m.billed), str(m.to_bill), str(m.foreseen), str(m.if_renewed)) for m in found]
    assert [m.day for m in found][::11] == [date(2026, 9, 1), date(2027, 8, 1)]
    assert told == [
        ("390.00", "0.00", "0.00", "0.00"),
        ("100.00", "0.00", "0.00", "0.00"),
        ("100.00", "0.00", "0.00", "0.00"),
        ("0.00", "400.00", "0.00", "0.00"),
        ("0.00", "0.00", "100.00", "0.00"),
        ("0.00", "0.00", "100.00", "0.00"),
        ("0.00", "0.00", "0.00", "400.00"),
        ("0.00", "0.00", "0.00", "100.00"),
        ("0.00", "0.00", "0.00", "100.00"),
        ("0.00", "0.00", "0.00", "400.00"),
        ("0.00", "0.00", "0.00", "100.00"),
        ("0.00", "0.00", "0.00", "100.00"),
    ]


def test_what_ending_a_contract_would_give_back() -> None:
    contract = make.contract()
    line = make.line(contract, every=12)
    assert not situation.given_back(contract, last_day=date(2026, 9, 30))
    ledger.charge(
        contract.customer, origin=f"line:{line.pk}:2026-01-01", amount_minor=10_000,
        service_start=date(2026, 1, 1), service_end=date(2027, 1, 1),
    )  # fmt: skip
    # 273 of 365 days are kept
    assert situation.given_back(contract, last_day=date(2026, 9, 30)) == Money.of("25.21")
    assert situation.given_back(contract, last_day=date(2025, 9, 30)) == Money.of(100)
    assert not situation.given_back(contract, last_day=date(2026, 12, 31))


def test_cycles_have_names() -> None:
    line = make.line()
    for unit, every, name in (
        ("month", 1, "monthly"),
        ("month", 12, "yearly"),
        ("year", 1, "yearly"),
        ("year", 2, "every 2 year"),
        ("month", 5, "every 5 month"),
        ("", 1, "once"),
    ):
        lines.update(line_id=line.pk, at=make.AT, by=None, unit_of_cycle=unit, every=every)
        assert queries.cycle_of(Line.objects.get(pk=line.pk)) == name
