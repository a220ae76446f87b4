"""What a payment left over: given back, kept, taken by what came later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import people
from tests.make import invoicing as make

from canone.base.history import services as journal
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Settlement
from canone.ledgers.invoicing.queries import receipts, settlement
from canone.ledgers.invoicing.services import booking, settling, surplus
from canone.ledgers.invoicing.services.booking import SettlementError

pytestmark = pytest.mark.django_db
EARLIER = date(2026, 11, 29)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("api.shared", "web.surplus", "web.due_forms", "web.account", "web.payment"):
        monkeypatch.setattr(f"canone.ledgers.invoicing.{name}.today", lambda: make.DAY)


@pytest.fixture
def office(client: Client) -> Client:
    who = people.people().colleague
    who.language = "en"
    who.save()
    client.force_login(who)
    return client


def paid_too_much() -> Settlement:
    """Return a payment of 150.00 for an invoice of 122.00."""
    return make.payment(make.due_item(), "150.00")


def give_back(of: Settlement, amount: str, day: date = make.DAY, key: str = "") -> Settlement:
    given = surplus.GivenBack(of.pk, day, Money.of(amount), "transfer", "Restituzione", key)
    return surplus.give_back(given, at=make.AT, by=None)


def standing(of: Settlement) -> tuple[str, str]:
    row: Any = receipts.with_standing(Settlement.objects.all()).get(pk=of.pk)
    return row.standing, str(row.credit)


def test_what_was_paid_too_much_goes_back_in_parts_and_the_rest_stays_credit() -> None:
    payment = paid_too_much()
    refund = give_back(payment, "20.00")
    assert (refund.kind, str(refund.amount), refund.returns) == ("refund", "-20.00", payment)
    assert standing(payment) == ("credit", "8.00")
    assert standing(refund) == ("booked", "0.00")
    assert str(settlement.credit_of(payment.customer_id)) == "8.00"
    assert settlement.payments_with_credit(payment.customer_id) == [(payment, Money.of("8.00"))]
    give_back(payment, "8.00")
    assert standing(payment) == ("booked", "0.00")
    assert settlement.payments_with_credit(payment.customer_id) == []
    assert journal.verify() == []


@pytest.mark.parametrize(
    ("amount", "day", "field"),
    [("28.01", make.DAY, "amount"), ("0.00", make.DAY, "amount"), ("1.00", EARLIER, "day")],
)
def test_no_more_goes_back_than_is_left_and_not_before_it_came(
    amount: str, day: date, field: str
) -> None:
    payment = paid_too_much()
    with pytest.raises(SettlementError) as caught:
        give_back(payment, amount, day)
    assert set(caught.value.message_dict) == {field}
    assert Settlement.objects.count() == 1


def test_what_went_back_is_given_to_no_due_item() -> None:
    payment = paid_too_much()
    give_back(payment, "20.00")
    later = make.due_item(payment.customer, "122.00")
    with pytest.raises(SettlementError):
        settling.allocate(
            settlement_id=payment.pk, shares={later.pk: Money.of("8.01")}, at=make.AT, by=None
        )
    settling.allocate(
        settlement_id=payment.pk, shares={later.pk: Money.of("8.00")}, at=make.AT, by=None
    )
    assert standing(payment) == ("booked", "0.00")


def test_undoing_the_refund_gives_the_credit_again_and_frees_the_payment() -> None:
    payment = paid_too_much()
    refund = give_back(payment, "28.00")
    undone = {"reason": "IBAN sbagliato", "day": make.DAY, "at": make.AT, "by": None}
    with pytest.raises(SettlementError, match="28"):
        settling.reverse(settlement_id=payment.pk, **undone)
    settling.reverse(settlement_id=refund.pk, **undone)
    assert standing(payment) == ("credit", "28.00")
    settling.reverse(settlement_id=payment.pk, **undone)
    assert str(settlement.credit_of(payment.customer_id)) == "0.00"
    assert str(settlement.balance_of(payment.customer_id)) == "122.00"


def test_a_refund_has_no_credit_to_give() -> None:
    payment = paid_too_much()
    refund = give_back(payment, "20.00")
    later = make.due_item(payment.customer)
    for row in (refund, settling.reverse(
        settlement_id=refund.pk, reason="x", day=make.DAY, at=make.AT, by=None
    )):  # fmt: skip
        with pytest.raises(SettlementError):
            settling.allocate(
                settlement_id=row.pk, shares={later.pk: Money.of("1")}, at=make.AT, by=None
            )
        with pytest.raises(SettlementError):
            give_back(row, "1.00")


def test_the_same_key_goes_back_once() -> None:
    payment = paid_too_much()
    assert give_back(payment, "20.00", key="k") == give_back(payment, "20.00", key="k")
    assert str(booking.credit_of(payment)) == "8.00"


def test_a_later_document_takes_the_advance_the_oldest_payment_first() -> None:
    first = paid_too_much()
    second = settling.pay(
        settling.Payment(first.customer_id, make.DAY, Money.of("50.00")), at=make.AT, by=None
    )
    assert surplus.use_credit(customer_id=first.customer_id, at=make.AT, by=None) == []
    due = make.due_item(first.customer, "61.00")
    used = surplus.use_credit(customer_id=first.customer_id, at=make.AT, by=None)
    assert used == [first, second]
    due.refresh_from_db()
    assert due.settled == due.amount
    assert (standing(first), standing(second)) == (("booked", "0.00"), ("credit", "17.00"))
    assert surplus.use_credit(customer_id=first.customer_id, at=make.AT, by=None) == []


def test_payments_with_credit_are_what_the_database_says_in_one_query() -> None:
    payment = paid_too_much()
    who = payment.customer_id
    for amount in ("10.00", "20.00", "30.00"):
        settling.pay(settling.Payment(who, make.DAY, Money.of(amount)), at=make.AT, by=None)
    used, undone, part = Settlement.objects.filter(customer=who).order_by("pk")[1:4]
    give_back(used, "10.00")
    settling.reverse(settlement_id=undone.pk, reason="Sbagliato", day=make.DAY, at=make.AT, by=None)
    give_back(part, "12.00")
    settling.reverse(
        settlement_id=give_back(part, "3.00").pk,
        reason="Non è partito",
        day=make.DAY,
        at=make.AT,
        by=None,
    )
    with CaptureQueriesContext(connection) as captured:
        found = settlement.payments_with_credit(who)
    assert len(captured) == 1
    assert found == [(payment, Money.of("28.00")), (part, Money.of("18.00"))]
    assert [left for _row, left in found] == [booking.credit_of(row) for row, _left in found]
    assert settlement.credit_of(who) == Money.of("46.00")


def test_a_key_that_somebody_took_meanwhile_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payment = paid_too_much()
    other = settling.pay(
        settling.Payment(payment.customer_id, make.DAY, Money.of("5.00")), at=make.AT, by=None
    )
    give_back(payment, "1.00", key="k")
    found, asked = booking.known, []

    def late(wanted: Settlement, parts: Mapping[int, int] | None = None) -> Settlement | None:
        """Find nothing at first, as who asks before the other has written."""
        asked.append(wanted.key)
        return found(wanted, parts) if len(asked) > 1 else None

    monkeypatch.setattr(booking, "known", late)
    with pytest.raises(SettlementError) as caught:
        give_back(other, "1.00", key="k")
    assert set(caught.value.message_dict) == {"key"}
    asked.clear()
    assert give_back(payment, "1.00", key="k") == Settlement.objects.get(kind="refund")


def test_the_page_of_the_payment_gives_it_back(office: Client) -> None:
    payment = paid_too_much()
    url = f"/invoicing/payments/{payment.pk}/back/"
    assert url in office.get(f"/invoicing/payments/{payment.pk}/").content.decode()
    form = office.get(url).content.decode()
    assert 'value="28.00"' in form
    sent = {"key": "a", "amount": "20.00", "day": "30/11/2026", "method": "transfer"}
    wrong = office.post(url, sent | {"amount": "30.00"})
    assert wrong.status_code == 422
    assert "28.00 is left" in wrong.content.decode()
    assert office.post(url, sent | {"day": "01/12/2026"}).status_code == 422
    for _time in range(2):
        assert office.post(url, sent).status_code == 302
    refund = Settlement.objects.get(kind="refund")
    page = office.get(f"/invoicing/payments/{payment.pk}/").content.decode()
    assert "Given back" in page
    assert f"/invoicing/payments/{refund.pk}/" in page
    told = office.get(f"/invoicing/payments/{refund.pk}/").content.decode()
    assert f"no. {payment.pk}" in told
    assert office.get(f"/invoicing/payments/{refund.pk}/back/").status_code == 404


def test_pressed_twice_all_of_it_goes_back_once_and_who_comes_late_keeps_what_was_typed(
    office: Client,
) -> None:
    payment = paid_too_much()
    url = f"/invoicing/payments/{payment.pk}/back/"
    sent = {"key": "a", "amount": "28.00", "day": "30/11/2026", "reference": "IBAN 7"}
    for _time in range(2):
        assert office.post(url, sent).status_code == 302
    refund = Settlement.objects.get(kind="refund")
    assert refund.key == "page:a"
    late = office.post(url, sent | {"key": "b"})
    assert late.status_code == 422
    assert 'value="IBAN 7"' in late.content.decode()
    assert office.get(url).status_code == 404
    assert Settlement.objects.filter(kind="refund").count() == 1


def test_the_key_of_a_payment_books_no_refund_and_of_a_refund_no_payment(office: Client) -> None:
    due = make.due_item()
    payment, other = (
        settling.pay(
            settling.Payment(due.customer_id, make.DAY, Money.of(amount), key=key),
            at=make.AT,
            by=None,
        )
        for amount, key in (("150.00", "api:k"), ("5.00", "api:other"))
    )
    give_back(payment, "1.00", key="api:back")
    for key in ("k", "other"):
        answer = office.post(
            f"/api/v1/payments/{payment.pk}/give-back",
            json.dumps({"amount": "2.00", "day": "2026-11-30", "key": key}),
            content_type="application/json",
        )
        assert answer.status_code == 409
        assert [fault["field"] for fault in answer.json()["fields"]] == ["key"]
    with pytest.raises(SettlementError):
        give_back(other, "1.00", key="api:back")
    again = settling.Payment(payment.customer_id, make.DAY, Money.of("1.00"), key="api:back")
    with pytest.raises(SettlementError):
        settling.pay(again, at=make.AT, by=None)


def test_the_page_of_the_customer_offers_both(office: Client) -> None:
    payment = paid_too_much()
    account = f"/invoicing/customers/{payment.customer_id}/account/"
    use = f"/invoicing/customers/{payment.customer_id}/use-credit/"
    page = office.get(account).content.decode()
    assert f"/invoicing/payments/{payment.pk}/back/" in page
    assert use not in page, "nothing is open"
    refused = office.post(use, follow=True).content.decode()
    assert "no debt to settle" in refused
    due = make.due_item(payment.customer)
    assert use in office.get(account).content.decode()
    office.post(use)
    due.refresh_from_db()
    assert str(due.settled) == "28.00"


def test_programs_give_it_back_and_use_it(office: Client) -> None:
    payment = paid_too_much()

    def send(path: str, body: dict[str, Any]) -> Any:
        return office.post(
            f"/api/v1/payments/{path}", json.dumps(body), content_type="application/json"
        )

    sent = {"amount": "20.00", "day": "2026-11-30", "reference": "R", "key": "b1"}
    made = send(f"{payment.pk}/give-back", sent)
    assert made.status_code == 201
    told = made.json()
    assert (told["kind"], told["amount"], told["returns_id"]) == ("refund", "-20.00", payment.pk)
    assert send(f"{payment.pk}/give-back", sent).json() == told
    too_much = send(f"{payment.pk}/give-back", sent | {"key": "", "amount": "8.01"})
    assert [fault["field"] for fault in too_much.json()["fields"]] == ["amount"]
    late = send(f"{payment.pk}/give-back", sent | {"key": "", "day": "2026-12-01"})
    assert [fault["field"] for fault in late.json()["fields"]] == ["day"]
    asked = {"customer_id": payment.customer_id}
    assert send("use-credit", asked).status_code == 409
    make.due_item(payment.customer)
    (used,) = send("use-credit", asked).json()
    assert (used["id"], used["credit"], len(used["shares"])) == (payment.pk, "0.00", 2)
