import json
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.make import invoicing as make
from tests.make import parties

from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.services import claims

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/charges"


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.colleague)
    return client


def _post(client: Client, url: str, body: Any, **headers: str) -> Any:
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def test_charges_are_listed_newest_first_in_pages(office: Client) -> None:
    rows = [make.charge() for _ in range(3)]
    first = office.get(f"{ROOT}?limit=2").json()
    assert [item["id"] for item in first["items"]] == [rows[2].pk, rows[1].pk]
    second = office.get(f"{ROOT}?limit=2&cursor={first['next']}").json()
    assert [item["id"] for item in second["items"]] == [rows[0].pk]
    assert second["next"] is None


def test_a_charge_is_decimal_text_and_inclusive_days(office: Client) -> None:
    row = make.charge(quantity_micros=2_500_000, unit_price_micros=8_500)
    found = office.get(f"{ROOT}/{row.pk}").json()
    assert (found["amount"], found["quantity"], found["unit_price"]) == ("44.00", "2.5", "0.0085")
    assert (found["first_day"], found["last_day"]) == ("2026-10-01", "2026-10-01")
    assert found["state"] == "to_invoice"


def test_filters(office: Client) -> None:
    row = make.charge(origin="session:7")
    make.reversed_charge()
    for query in (f"customer_id={row.customer_id}", "state=to_invoice", "origin=session:7"):
        assert [item["id"] for item in office.get(f"{ROOT}?{query}").json()["items"]] == [row.pk]
    assert office.get(f"{ROOT}?since=2027-01-01").json()["items"] == []
    assert office.get(f"{ROOT}?state=nothing").status_code == 422


def test_a_charge_is_posted_once_under_its_key(office: Client) -> None:
    body = {
        "customer_id": parties.party().pk,
        "description": "Consulenza",
        "quantity": "2.5",
        "unit_price": "40",
        "first_day": "2026-10-01",
    }
    answers = [_post(office, ROOT, body, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["amount"] == "100.00"
    assert Charge.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"customer_id": 10**9}, "customer_id"),
        ({"vat_id": 10**9}, "vat_id"),
        ({"description": " "}, "description"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "0.0000001"}, "quantity"),
        ({"unit_price": "NaN"}, "unit_price"),
        ({"last_day": "2026-09-30"}, "last_day"),
    ],
)
def test_what_cannot_be_names_its_field(
    office: Client, wrong: dict[str, object], field: str
) -> None:
    body = {
        "customer_id": parties.party().pk,
        "description": "Consulenza",
        "unit_price": "40",
        "first_day": "2026-10-01",
    }
    answer = _post(office, ROOT, body | wrong)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["fields"]] == [field]


def test_charges_are_reversed_all_or_none(office: Client) -> None:
    one, two = make.charge(origin="manual:1"), make.charge(origin="manual:2")
    claims.claim(charge_ids=[two.pk], document="2026/1", at=make.AT, by=None)
    body = {"ids": [one.pk, two.pk], "reason": "Errore"}
    refused = _post(office, f"{ROOT}/reverse", body)
    assert (refused.status_code, refused.json()["error"]) == (409, "not_reversible")
    claims.release(document="2026/1", at=make.AT, by=None)
    done = _post(office, f"{ROOT}/reverse", body)
    assert done.status_code == 200
    assert {item["charge_id"] for item in done.json()} == {one.pk, two.pk}
    assert _post(office, f"{ROOT}/reverse", body | {"reason": " "}).status_code == 422
    assert _post(office, f"{ROOT}/reverse", body | {"ids": [10**9]}).status_code == 404


def test_what_comes_from_a_desk_is_corrected_there(office: Client) -> None:
    row = make.charge(origin="session:1")
    answer = _post(office, f"{ROOT}/reverse", {"ids": [row.pk], "reason": "x"})
    assert answer.status_code == 409


def test_a_customer_reads_their_own_alone(client: Client, who: people.People) -> None:
    own = parties.party()
    parties.login(who.customer, own)
    mine, theirs = make.charge(own), make.charge()
    client.force_login(who.customer)
    assert [item["id"] for item in client.get(ROOT).json()["items"]] == [mine.pk]
    assert client.get(f"{ROOT}/{theirs.pk}").status_code == 404
    assert _post(client, f"{ROOT}/reverse", {"ids": [mine.pk], "reason": "x"}).status_code == 403
    client.force_login(who.technician)
    assert client.get(ROOT).status_code == 403
