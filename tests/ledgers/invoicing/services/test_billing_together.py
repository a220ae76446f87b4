"""Several at once, on either engine: each charge on one document, each number once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from tests.make import catalog
from tests.make import invoicing as make

from canone.base.history import services as journal
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document, DueItem
from canone.ledgers.invoicing.queries import planning, ports
from canone.ledgers.invoicing.services import billing, booking, charges, issuing, settling

pytestmark = pytest.mark.django_db(transaction=True)


def _together(*works: Callable[[], object]) -> None:
    """Do all of it at the same moment, each on a connection of its own."""
    start = Barrier(len(works))

    def one(work: Callable[[], object]) -> None:
        try:
            start.wait(timeout=20)
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(one, works))


def _run(**fields: object) -> Callable[[], None]:
    run = billing.open_run(make.order(**fields), day=make.DAY, at=make.AT, by=None)

    def work() -> None:
        while not billing.advance(run.pk, at=make.AT, by=None).is_last:
            pass

    return work


def _holds(customers: int) -> None:
    numbers = Document.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, customers + 1))
    assert Document.objects.values("customer").distinct().count() == customers
    claimed = Charge.objects.exclude(document="").count()
    assert claimed == Charge.objects.count() == customers * 3
    assert journal.verify() == []


def test_two_runs_share_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "CUSTOMERS", 5)
    desk = make.Desk()
    for number in range(20):
        who = make.customer()
        make.charge(who)
        desk.proposals += [
            make.proposal(who, origin=f"line:{number}{n}:a", bundle=f"contract:{number}")
            for n in range(2)
        ]
    with ports.bound(proposers=[desk]):
        _together(_run(), _run())
    _holds(20)


def test_a_charge_that_is_reversed_meanwhile_is_not_billed() -> None:
    catalog.vat()
    rows = [make.charge(make.customer()) for _ in range(12)]
    half = [row.pk for row in rows[:6]]

    def reverse() -> None:
        for key in half:
            try:
                charges.reverse(charge_ids=[key], reason="Sbagliata", at=make.AT, by=None)
            except charges.OnDocumentError:
                continue

    _together(_run(), reverse)
    for row in rows:
        is_reversed = Charge.objects.filter(origin=row.origin, is_reversal=True).exists()
        row.refresh_from_db()
        assert bool(row.document) is not is_reversed
    assert Document.objects.count() == Charge.objects.exclude(document="").count() >= 6


def test_what_was_planned_and_then_taken_is_planned_again() -> None:
    desk = make.Desk(make.proposal(make.customer()))
    with ports.bound(proposers=[desk]):
        order = make.order()
        plan = planning.plan(order, planning.next_customers(order, after=0))
        make.bill()
        stamp = issuing.Stamp(day=make.DAY, at=make.AT, by=None)
        with pytest.raises(issuing.MovedError):
            issuing.issue(plan.documents, stamp)
    assert list(Document.objects.values_list("number", flat=True)) == [1]


def test_a_due_item_is_settled_once() -> None:
    item = make.due_item()

    def pay() -> None:
        payment = settling.Payment(
            item.customer_id, date(2026, 12, 1), Money.of("100"), shares={item.pk: Money.of("100")}
        )
        try:
            settling.pay(payment, at=make.AT, by=None)
        except booking.SettlementError:
            return

    _together(pay, pay)
    assert DueItem.objects.get(pk=item.pk).settled == Money.of("100")
    assert journal.verify() == []
