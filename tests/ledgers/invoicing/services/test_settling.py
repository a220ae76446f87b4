"""Payments, write-offs, credit notes against debts, and taking them back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from tests.make import invoicing as make

from canone.base.history import queries as history
from canone.base.history import services as journal
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Allocation, DueItem, Settlement
from canone.ledgers.invoicing.queries import settlement as queries
from canone.ledgers.invoicing.rules.ages import Lateness
from canone.ledgers.invoicing.services import crediting, settling
from canone.ledgers.invoicing.services.settling import Payment, SettlementError

pytestmark = pytest.mark.django_db
BOOK = {"at": make.AT, "by": None}


def _pay(of: int, amount: str, **fields: object) -> Settlement:
    return settling.pay(Payment(of, make.DAY, Money.of(amount), **fields), **BOOK)  # type: ignore[arg-type]


def _agrees() -> None:
    """Every due item says what its allocations sum to."""
    for item in DueItem.objects.annotate(sum=Sum("allocations__amount")):
        assert item.settled.minor == (item.sum.minor if item.sum else 0)
    assert journal.verify() == []


def test_a_payment_settles_the_oldest_first_and_the_rest_is_credit() -> None:
    who = make.customer()
    first, second = make.due_item(who), make.due_item(who)
    paid = _pay(who.pk, "200.00")
    first.refresh_from_db()
    second.refresh_from_db()
    assert [str(first.settled), str(second.settled)] == ["122.00", "78.00"]
    assert str(queries.balance_of(who.pk)) == "44.00"
    _pay(who.pk, "50.00")
    assert str(queries.credit_of(who.pk)) == "6.00"
    assert str(queries.balance_of(who.pk)) == "-6.00"
    assert history.facts_of(f"settlement:{paid.pk}").get().kind == "settlement.payment"
    _agrees()


def test_credit_is_given_to_a_later_invoice() -> None:
    who = make.customer()
    paid = _pay(who.pk, "150.00")
    item = make.due_item(who)
    assert [credit for _row, credit in queries.payments_with_credit(who.pk)] == [Money.of("150")]
    settling.allocate(settlement_id=paid.pk, shares={item.pk: Money.of("122")}, **BOOK)
    assert not queries.unsettled().exists()
    assert str(queries.credit_of(who.pk)) == "28.00"
    with pytest.raises(SettlementError):
        settling.allocate(settlement_id=paid.pk, shares={item.pk: Money.of("1")}, **BOOK)
    _agrees()


def test_shares_are_booked_as_given_and_never_more_than_is_open() -> None:
    who, other = make.customer(), make.customer()
    first, second = make.due_item(who), make.due_item(who)
    _pay(who.pk, "90", shares={first.pk: Money.of("30"), second.pk: Money.of("60")})
    for shares in (
        {first.pk: Money.of("92.01")},
        {first.pk: Money.of("-1")},
        {first.pk: Money.of("80"), second.pk: Money.of("21")},
        {make.due_item(other).pk: Money.of("10")},
        {},
    ):
        with pytest.raises(SettlementError):
            _pay(who.pk, "100", shares=shares)
    with pytest.raises(SettlementError):
        _pay(who.pk, "0")
    assert Settlement.objects.count() == 1
    _agrees()


def test_the_same_key_is_booked_once() -> None:
    who = make.customer()
    make.due_item(who)
    assert _pay(who.pk, "10", key="camt:1") == _pay(who.pk, "10", key="camt:1")
    assert Settlement.objects.count() == 1


def test_a_write_off_says_why() -> None:
    item = make.due_item()
    with pytest.raises(SettlementError):
        settling.write_off(shares={item.pk: Money.of("1")}, reason=" ", day=make.DAY, **BOOK)
    row = settling.write_off(
        shares={item.pk: Money.of("2.00")}, reason="Arrotondamento", day=make.DAY, **BOOK
    )
    assert (row.reason, str(row.amount)) == ("Arrotondamento", "2.00")
    assert str(queries.unsettled().get().open_amount) == "120.00"
    _agrees()


def test_a_reversal_opens_the_items_again_and_keeps_both() -> None:
    who = make.customer()
    item = make.due_item(who)
    paid = _pay(who.pk, "200")
    with pytest.raises(SettlementError):
        settling.reverse(settlement_id=paid.pk, reason="", day=make.DAY, **BOOK)
    back = settling.reverse(settlement_id=paid.pk, reason="Insoluto", day=make.DAY, **BOOK)
    item.refresh_from_db()
    assert (item.settled, str(back.amount)) == (Money(0), "-200.00")
    assert str(queries.balance_of(who.pk)) == "122.00"
    assert queries.payments_with_credit(who.pk) == []
    for row in (paid, back):
        with pytest.raises(SettlementError):
            settling.reverse(settlement_id=row.pk, reason="Ancora", day=make.DAY, **BOOK)
    _agrees()


def test_booked_rows_are_closed() -> None:
    who = make.customer()
    item = make.due_item(who)
    paid = _pay(who.pk, "10")
    for change in (
        lambda: Settlement.objects.filter(pk=paid.pk).update(amount=1),
        lambda: Allocation.objects.all().delete(),
        lambda: DueItem.objects.filter(pk=item.pk).update(amount=1),
        lambda: DueItem.objects.filter(pk=item.pk).update(settled=12_201),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_ageing_and_overdue() -> None:
    who = make.customer()
    item = make.due_item(who)
    due = date(2026, 12, 30)
    assert item.due_on == due
    for day, lateness in (
        (due, Lateness.NOT_DUE),
        (date(2026, 12, 31), Lateness.UP_TO_30),
        (date(2027, 1, 29), Lateness.UP_TO_30),
        (date(2027, 1, 30), Lateness.UP_TO_60),
        (date(2027, 3, 30), Lateness.UP_TO_90),
        (date(2027, 3, 31), Lateness.OLDER),
    ):
        found = queries.ageing(day=day)
        assert {age: str(total.amount) for age, total in found.items() if total.count} == {
            lateness: "122.00"
        }
        assert queries.ageing_by_customer(day=day)[who.pk][lateness].count == 1
        assert queries.overdue(day=day).exists() is (day > due)
    _pay(who.pk, "122")
    assert not queries.overdue(day=date(2027, 6, 1)).exists()


def test_a_credit_note_after_payment_is_refunded_or_kept() -> None:
    who = make.customer()
    item = make.due_item(who)
    _pay(who.pk, "122")
    note = crediting.credit(
        crediting.Credit(item.document_id, "settle", "Disdetta"), day=make.DAY, **BOOK
    )
    mine = note.due_items.get()
    assert str(queries.balance_of(who.pk)) == "-122.00"
    settling.refund(
        customer_id=who.pk,
        shares={mine.pk: Money.of("100")},
        day=make.DAY,
        method="transfer",
        reference="",
        **BOOK,
    )
    assert str(queries.balance_of(who.pk)) == "-22.00"
    later = make.due_item(who)
    settling.offset(credits_=[mine.pk], debts=[later.pk], day=make.DAY, **BOOK)
    later.refresh_from_db()
    assert str(later.settled) == "22.00"
    assert str(queries.balance_of(who.pk)) == "100.00"
    _agrees()
