"""Two payments at the same moment, on either engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Sum
from tests.make import invoicing as make

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Allocation, DueItem, Settlement
from canone.ledgers.invoicing.services import booking, settling, surplus
from canone.ledgers.invoicing.services.settling import Payment

pytestmark = pytest.mark.django_db(transaction=True)


def together(*payments: Payment) -> list[str]:
    """Book all at once; return for each its number, or what refused it."""
    start = Barrier(len(payments))

    def book(payment: Payment) -> str:
        try:
            start.wait(timeout=20)
            return str(settling.pay(payment, at=make.AT, by=None).pk)
        except booking.SettlementError as error:
            return ",".join(error.message_dict)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(payments)) as pool:
        return list(pool.map(book, payments))


@pytest.mark.parametrize("is_open", [True, False])
def test_one_key_is_booked_once_and_both_get_the_same(is_open: bool) -> None:
    who = make.customer()
    if is_open:
        make.due_item(who)
    payment = Payment(who.pk, make.DAY, Money.of("122.00"), key="camt:7")
    first, second = together(payment, payment)
    assert first == second
    assert Settlement.objects.count() == 1


def test_nothing_is_settled_twice_over() -> None:
    item = make.due_item()
    whole = Money.of("122.00")
    payment = Payment(item.customer_id, make.DAY, whole, shares={item.pk: whole})
    results = together(payment, payment)
    assert sorted(result.isdecimal() for result in results) == [False, True]
    assert "shares" in results
    assert DueItem.objects.get().settled == whole
    assert Allocation.objects.aggregate(sum=Sum("amount"))["sum"] == whole


def test_the_oldest_first_shares_out_what_is_left() -> None:
    who = make.customer()
    make.due_item(who)
    make.due_item(who)
    payment = Payment(who.pk, make.DAY, Money.of("150.00"))
    together(payment, payment)
    assert [str(item.settled) for item in DueItem.objects.order_by("pk")] == ["122.00", "122.00"]
    assert Settlement.objects.count() == 2
    assert str(settling_credit(who.pk)) == "56.00"


def test_one_key_gives_back_of_one_payment_and_refuses_the_other() -> None:
    due = make.due_item()
    payments = [make.payment(due, "150.00"), make.payment(due, "5.00")]
    start = Barrier(2)

    def give(payment: Settlement) -> str:
        given = surplus.GivenBack(payment.pk, make.DAY, Money.of("1.00"), key="k")
        try:
            start.wait(timeout=20)
            return str(surplus.give_back(given, at=make.AT, by=None).pk)
        except booking.SettlementError as error:
            return ",".join(error.message_dict)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(give, payments))
    assert sorted(result.isdecimal() for result in results) == [False, True]
    assert "key" in results
    assert Settlement.objects.filter(kind="refund").count() == 1


def settling_credit(customer_id: int) -> Money:
    rows = Settlement.objects.filter(customer=customer_id)
    return Money(sum(booking.credit_of(row).minor for row in rows))
