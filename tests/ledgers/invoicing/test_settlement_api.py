from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.ledgers.invoicing.test_documents_api import send
from tests.make import invoicing as make
from tests.make import parties

from canone.ledgers.invoicing.models import DueItem, Settlement
from canone.ledgers.invoicing.services import crediting

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
TODAY = date(2027, 2, 10)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canone.ledgers.invoicing.api.shared.today", lambda: TODAY)


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.colleague)
    return client


def payment(item: DueItem, amount: str = "100", **fields: Any) -> dict[str, Any]:
    given = {"customer_id": item.customer_id, "day": "2027-02-01", "amount": amount}
    return given | fields


def share(item: DueItem, amount: str) -> dict[str, Any]:
    return {"due_item_id": item.pk, "amount": amount}


def credit(of: DueItem) -> DueItem:
    wanted = crediting.Credit(of.document_id, "settle", "Cortesia")
    return crediting.credit(wanted, day=TODAY, at=make.AT, by=None).due_items.get()


def test_a_payment_is_booked_once_and_settles_the_oldest_first(office: Client) -> None:
    who = make.customer()
    first, second = make.due_item(who), make.due_item(who)
    url, body = f"{ROOT}/payments", payment(first, "150", reference="CRO 1", key="camt:7")
    answers = [send(office, "POST", url, body, **{"Idempotency-Key": "p"}) for _ in range(2)]
    made = answers[0].json()
    assert [answer.json() for answer in answers] == [made, made]
    assert [part["amount"] for part in made["shares"]] == ["122.00", "28.00"]
    assert send(office, "POST", url, body).json()["id"] == made["id"]  # the same key
    assert Settlement.objects.count() == 1
    other = make.customer().pk
    for change in ({"amount": "4"}, {"customer_id": other}, {"shares": [share(second, "28")]}):
        refused = send(office, "POST", url, body | change)  # other money under the same key
        assert (refused.status_code, refused.json()["error"]) == (409, "idempotency")
        assert [fault["field"] for fault in refused.json()["fields"]] == ["key"]
    assert Settlement.objects.count() == 1
    shown = office.get(f"{ROOT}/due-items/{second.pk}").json()
    assert (shown["state"], shown["open"], shown["days_late"]) == ("overdue", "94.00", 42)
    account = office.get(f"{ROOT}/parties/{who.pk}/account").json()
    assert (account["open"], account["overdue"], account["balance"]) == (
        "94.00",
        "94.00",
        "94.00",
    )
    assert account["ageing"]["late_60"] == "94.00"


def test_shares_are_booked_as_sent_and_the_rest_is_credit_to_give(office: Client) -> None:
    item = make.due_item()
    body = payment(item, "100", shares=[share(item, "30.50")])
    made = send(office, "POST", f"{ROOT}/payments", body).json()
    assert (made["state"], made["credit"]) == ("credit", "69.50")
    url = f"{ROOT}/payments/{made['id']}/give"
    assert send(office, "POST", url, {"shares": [share(item, "69.51")]}).status_code == 422
    given = send(office, "POST", url, {"shares": [share(item, "69.50")]}).json()
    assert (given["state"], given["credit"]) == ("booked", "0.00")
    assert office.get(f"{ROOT}/payments?state=credit").json()["items"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"day": "2027-02-11"}, "day"),
        ({"customer_id": 10**9}, "customer_id"),
        ({"method": "barter"}, "method"),
        ({"share": "122.01"}, "shares"),
        ({"share": "-1"}, "shares"),
        ({"share": "101"}, "shares"),
        ({"share": "10", "day": "2026-11-29"}, "day"),
        ({"reference": "x" * 141}, "reference"),
    ],
)
def test_what_cannot_be_names_its_field(office: Client, wrong: dict[str, str], field: str) -> None:
    item = make.due_item()
    sent: dict[str, Any] = dict(wrong)
    if "share" in sent:
        sent["shares"] = [share(item, sent.pop("share"))]
    answer = send(office, "POST", f"{ROOT}/payments", payment(item, **({"amount": "100"} | sent)))
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["fields"]] == [field]
    assert not Settlement.objects.exists()


def test_shares_of_others_or_named_twice_are_refused(office: Client) -> None:
    item, other = make.due_item(), make.due_item()
    for shares, error in (
        ([share(item, "1"), share(item, "2")], "twice"),
        ([{"due_item_id": 10**9, "amount": "1"}], "unknown"),
    ):
        answer = send(office, "POST", f"{ROOT}/payments", payment(item, shares=shares))
        assert answer.json()["fields"][0]["error"] == error
    foreign = send(office, "POST", f"{ROOT}/payments", payment(item, shares=[share(other, "1")]))
    assert foreign.status_code == 409
    body = {"shares": [share(item, "1"), share(other, "1")], "reason": "x"}
    assert send(office, "POST", f"{ROOT}/write-offs", body).status_code == 422


def test_a_payment_is_undone_once(office: Client) -> None:
    item = make.due_item()
    row = make.payment(item)
    url = f"{ROOT}/payments/{row.pk}/undo"
    assert send(office, "POST", url, {"reason": " "}).status_code == 422
    early = {"reason": "Insoluto", "day": str(make.DAY - timedelta(days=1))}
    assert send(office, "POST", url, early).json()["fields"][0]["field"] == "day"
    back = send(office, "POST", url, {"reason": "Insoluto"}).json()
    assert (back["state"], back["amount"], back["reverses_id"]) == ("reversal", "-122.00", row.pk)
    assert back["day"] == "2027-02-10"
    assert office.get(f"{ROOT}/payments/{row.pk}").json()["state"] == "reversed"
    assert send(office, "POST", url, {"reason": "Ancora"}).status_code == 409
    assert office.get(f"{ROOT}/due-items/{item.pk}").json()["open"] == "122.00"


def test_write_off_refund_and_set_off(office: Client) -> None:
    who = make.customer()
    first, second = make.due_item(who), make.due_item(who)
    body = {"shares": [share(second, "2.00")], "reason": "Arrotondamento"}
    written = send(office, "POST", f"{ROOT}/write-offs", body).json()
    assert (written["kind"], written["amount"]) == ("write_off", "2.00")
    send(office, "POST", f"{ROOT}/payments", payment(first, "122", shares=[share(first, "122")]))
    note = credit(first)
    body = {"customer_id": who.pk, "day": "2027-02-10", "shares": [share(note, "-22")]}
    assert send(office, "POST", f"{ROOT}/refunds", body).json()["amount"] == "-22.00"
    positive = body | {"shares": [share(note, "22")]}
    assert send(office, "POST", f"{ROOT}/refunds", positive).status_code == 422
    done = send(office, "POST", f"{ROOT}/set-offs", {"customer_id": who.pk})
    assert (done.status_code, done.json()["kind"]) == (201, "offset")
    assert send(office, "POST", f"{ROOT}/set-offs", {"customer_id": who.pk}).status_code == 409
    account = office.get(f"{ROOT}/parties/{who.pk}/account").json()
    assert account["open"] == "20.00"  # 120 less the 100 of the note


def test_due_items_and_ageing_are_found(office: Client) -> None:
    late, paid = make.due_item(make.customer("Acme")), make.due_item()
    make.payment(paid)
    for query, found in (
        ("", {late.pk, paid.pk}),
        ("unsettled=true", {late.pk}),
        ("unsettled=false", {paid.pk}),
        ("state=overdue", {late.pk}),
        ("state=settled", {paid.pk}),
        ("late=60", {late.pk}),
        ("late=30", set()),
        (f"document_id={late.document_id}", {late.pk}),
        (f"customer_id={paid.customer_id}", {paid.pk}),
        ("since=2026-12-31", set()),
    ):
        items = office.get(f"{ROOT}/due-items?{query}").json()["items"]
        assert {item["id"] for item in items} == found, query
    (aged,) = office.get(f"{ROOT}/ageing").json()["items"]
    assert (aged["customer"], aged["late_60"], aged["open"]) == ("Acme", "122.00", "122.00")
    assert aged["oldest_due_on"] == "2026-12-30"
    assert office.get(f"{ROOT}/ageing?late=older").json()["items"] == []


def test_a_customer_reads_what_they_owe_and_books_nothing(
    client: Client, who: people.People
) -> None:
    mine, other = make.due_item(), make.due_item()
    parties.login(who.customer, mine.customer)
    client.force_login(who.customer)
    items = client.get(f"{ROOT}/due-items").json()["items"]
    assert [item["id"] for item in items] == [mine.pk]
    assert client.get(f"{ROOT}/due-items/{other.pk}").status_code == 404
    assert client.get(f"{ROOT}/parties/{other.customer_id}/account").status_code == 404
    assert len(client.get(f"{ROOT}/ageing").json()["items"]) == 1
    assert client.get(f"{ROOT}/payments").status_code == 403
    assert send(client, "POST", f"{ROOT}/payments", payment(mine)).status_code == 403
