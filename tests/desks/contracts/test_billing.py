"""Contracts through the real billing run: what is issued, what a second run adds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from tests.make import assets as machines
from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.desks.contracts.models import Contract
from canone.desks.contracts.services import contracts, lines
from canone.kernel.money import Money, UnitPrice
from canone.kernel.periods import ONE_DAY
from canone.ledgers.invoicing.models import BillingRun, Charge, Document
from canone.ledgers.invoicing.queries import preview

pytestmark = pytest.mark.django_db


def bill(through: str, **more: Any) -> BillingRun:
    day = date.fromisoformat(through)
    return ledger.bill(day=day, through=day, issue_date=day, **more)


def issued() -> list[tuple[str, str]]:
    rows = Document.objects.filter(number__gt=0).order_by("pk")
    return [(row.kind, str(row.net)) for row in rows]


def stands(contract: Contract) -> Money:
    amounts = Charge.objects.filter(bundle=contract.bundle).values_list("amount", flat=True)
    return sum(amounts, Money.zero())


def test_a_run_bills_what_is_due_and_a_second_one_nothing() -> None:
    contract = make.contract(ledger.customer(), invoice_notes="Grazie")
    make.line(contract)
    make.line(contract, "300", every=3)
    bill("2026-03-31")
    [(kind, net)] = issued()
    assert (kind, net) == ("invoice", "600.00")
    document = Document.objects.get()
    assert document.bundle == contract.bundle
    assert "Grazie" in document.notes
    bill("2026-03-31")
    assert len(issued()) == 1
    bill("2026-04-30")
    assert issued()[1:] == [("invoice", "400.00")]


def test_the_preview_is_the_run() -> None:
    for every in (1, 2, 3):
        make.line(make.contract(ledger.customer()), every=every)
    suspended = make.contract(ledger.customer())
    make.line(suspended)
    contracts.suspend(
        contract_id=suspended.pk, day=make.START, reason="Cantiere", at=make.AT, by=None
    )
    day = date(2026, 6, 30)
    foreseen = preview.sums(ledger.order(through=day, issue_date=day))
    assert not issued()
    assert foreseen.left_out["suspended"][0] == 6
    bill("2026-06-30")
    assert len(issued()) == foreseen.documents == 3
    assert sum(Money.of(net).minor for _kind, net in issued()) == foreseen.net == 110_000


def test_only_the_difference_is_billed_after_a_change() -> None:
    contract = make.contract(ledger.customer())
    line = make.line(contract)
    bill("2026-06-30")
    lines.update(line_id=line.pk, at=make.AT, by=None, unit_price=UnitPrice.of(110))
    bill("2026-06-30")
    assert issued()[1:] == [("invoice", "60.00")]
    lines.revise(
        line_id=line.pk, day=date(2026, 6, 16), at=make.AT, by=None, unit_price=UnitPrice.of(50)
    )
    bill("2026-06-30")
    assert stands(contract) == Money.of(5 * 110 + 55 + 25)
    count = len(issued())
    bill("2026-06-30")
    assert len(issued()) == count


def test_ending_a_contract_gives_back_what_was_billed_beyond() -> None:
    contract = make.contract(ledger.customer())
    make.line(contract, "365", every=12)
    make.line(contract)
    bill("2026-10-31")
    contracts.cancel(
        contract_id=contract.pk, last_day=date(2026, 9, 30), reason="Disdetta",
        on=date(2026, 10, 31), at=make.AT, by=None,
    )  # fmt: skip
    bill("2026-11-30")
    assert stands(contract) == Money.of(273 + 900)
    assert [kind for kind, _net in issued()] == ["invoice", "credit_note"]
    assert issued()[1][1] in ("192.00", "-192.00")
    count = len(issued())
    bill("2026-12-31")
    assert len(issued()) == count


def test_a_pause_that_is_not_billed_leaves_no_trace() -> None:
    contract = make.contract(ledger.customer())
    make.line(contract)
    bill("2026-03-31")
    contracts.suspend(
        contract_id=contract.pk, day=date(2026, 4, 1), reason="Cantiere", at=make.AT, by=None
    )
    bill("2026-05-31")
    assert len(issued()) == 1
    lines.resume(contract_id=contract.pk, day=date(2026, 6, 1), at=make.AT, by=None)
    bill("2026-06-30")
    assert stands(contract) == Money.of(400)


def test_a_reading_that_comes_late_is_billed_with_the_next_run() -> None:
    contract = make.contract(ledger.customer())
    meter = machines.meter(machines.asset(contract.customer))
    make.line(contract, "0.10", kind="usage", meter=meter, every=3)
    bill("2026-04-30")
    assert not issued()
    machines.reading(meter, date(2026, 3, 31), 1_000)
    bill("2026-04-30")
    assert issued() == [("invoice", "100.00")]


def test_what_another_program_billed_stays_billed() -> None:
    contract = make.contract(ledger.customer(), start=date(2020, 1, 1))
    make.line(contract, billed_through=date(2026, 9, 30))
    bill("2026-11-30")
    assert issued() == [("invoice", "200.00")]


def test_a_contract_of_years_is_billed_by_its_last_periods() -> None:
    contract = make.contract(ledger.customer(), start=date(2016, 1, 1))
    make.line(contract)
    bill("2026-10-31")
    assert stands(contract) == Money.of(13_000)
    bill("2026-11-30")
    assert issued()[1:] == [("invoice", "100.00")]


def test_a_difference_names_the_days_that_were_taken_off_or_put_on() -> None:
    line = make.line(make.contract(ledger.customer()), "310.00")
    told = []
    for last in (31, 15, 31, 10, 20):
        ends = date(2026, 1, last)
        lines.update(line_id=line.pk, at=make.AT, by=None, end=ends + ONE_DAY)
        bill("2026-01-31")
        for charge in Charge.objects.order_by("revision")[len(told) :]:
            days = (charge.service_start.day, (charge.service_end - ONE_DAY).day)
            told.append((*days, str(charge.amount)))
    assert told == [
        (1, 31, "310.00"),
        (16, 31, "-160.00"),
        (16, 31, "160.00"),
        (11, 31, "-160.00"),  # all of the second invoice,
        (11, 31, "-50.00"),  # and of the first what is left to give back
        (11, 20, "100.00"),
    ]
    bill("2026-01-31")
    assert len(issued()) == len(told)


def test_what_was_billed_before_an_activation_that_moved_is_given_back() -> None:
    contract = make.contract(ledger.customer())
    make.line(contract)
    make.line(contract, "50", unit_of_cycle="")
    bill("2026-03-31")
    assert stands(contract) == Money.of("350")
    contracts.update(contract_id=contract.pk, at=make.AT, by=None, start=date(2026, 3, 16))
    bill("2026-03-31")
    assert stands(contract) == Money.of("150")
    assert issued()[1:] == [("invoice", "150.00"), ("credit_note", "350.00")]
    contracts.update(contract_id=contract.pk, at=make.AT, by=None, start=make.START)
    bill("2026-03-31")
    assert stands(contract) == Money.of("350")


def test_a_line_that_is_over_before_the_activation_is_given_back_whole() -> None:
    contract = make.contract(ledger.customer())
    make.line(contract, end=date(2026, 3, 1))
    bill("2026-03-31")
    contracts.update(contract_id=contract.pk, at=make.AT, by=None, start=date(2026, 6, 1))
    bill("2026-03-31")
    assert stands(contract) == Money.zero()


def test_a_line_from_before_its_activation_is_kept_and_billed_from_there() -> None:
    contract = make.contract(ledger.customer(), start=date(2025, 11, 10))
    line = make.line(contract, every=3, counted_from=contract.start)
    contracts.update(contract_id=contract.pk, at=make.AT, by=None, start=make.START)
    changed = lines.update(line_id=line.pk, at=make.AT, by=None, description="Canone")
    assert changed.start == date(2025, 11, 10)
    bill("2026-01-31")
    [charge] = Charge.objects.all()
    assert (charge.service_start, charge.service_end) == (make.START, date(2026, 2, 10))
    assert str(charge.amount) == "43.48"
    with pytest.raises(ValidationError, match="01/01/2026"):
        lines.update(line_id=line.pk, at=make.AT, by=None, start=date(2025, 12, 1))


def test_a_line_that_comes_later_falls_due_with_its_contract() -> None:
    contract = make.contract(ledger.customer(), start=date(2026, 11, 10))
    make.line(contract)
    make.line(contract, "30", start=date(2026, 11, 25))
    make.line(contract, "500", every=5, anchor="calendar", start=date(2027, 2, 1))
    bill("2027-02-10")
    rows = Charge.objects.order_by("service_start", "pk").exclude(amount=Money.of("100"))
    found = [(str(row.service_start), str(row.service_end), str(row.amount)) for row in rows]
    assert found == [
        ("2026-11-25", "2026-12-10", "15.00"),
        ("2026-12-10", "2027-01-10", "30.00"),
        ("2027-01-10", "2027-02-10", "30.00"),
        ("2027-02-01", "2027-04-01", "195.36"),
        ("2027-02-10", "2027-03-10", "30.00"),
    ]
