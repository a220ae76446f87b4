from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from tests import people
from tests.ledgers.invoicing.test_documents_api import send
from tests.make import catalog, parties
from tests.make import invoicing as make

from canone.base.tasks.models import Job
from canone.ledgers.invoicing.queries import ports
from canone.ledgers.invoicing.services import outlooks

pytestmark = pytest.mark.django_db
URL = "/api/v1/unbilled"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("canone.ledgers.invoicing.api.shared.today", lambda: make.DAY)
    before = ports.unready()
    ports.bind_unready()
    yield
    ports.bind_unready(*before)


@pytest.fixture
def office(client: Client) -> Client:
    catalog.vat()
    client.force_login(people.people().colleague)
    return client


def looked() -> None:
    found = outlooks.begin(day=make.DAY, at=make.AT)
    while outlooks.advance(found.pk):
        pass
    outlooks.finish(found.pk, at=make.AT)


def _titles(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.content
    return [item["title"] for item in answer.json()["items"]]


def test_what_is_owed_stands_there_with_what_is_in_its_way(office: Client) -> None:
    one = make.customer("Alfa srl")
    homeless = parties.party("Senza Tetto", vat_number="IT00000000009")
    make.charge(one, description="Prima")
    make.charge(homeless, description="Seconda", amount_minor=700, kind="manual")
    assert office.get(f"{URL}/totals").json()["seen_at"] is None
    looked()
    first = office.get(f"{URL}?limit=1").json()
    (shown,) = first["items"]
    assert (shown["title"], shown["amount"], shown["code"]) == ("Prima", "44.00", "")
    assert (shown["customer_id"], shown["last_day"]) == (one.pk, "2026-10-01")
    (other,) = office.get(f"{URL}?limit=1&cursor={first['next']}").json()["items"]
    assert (other["title"], other["code"]) == ("Seconda", "no_address")
    assert other["reason"]
    for query in ("code=ready", f"customer_id={one.pk}", "q=alfa", "kind=remote_session"):
        assert _titles(office, query) == ["Prima"], query
    for query in ("code=any", "code=no_address", "q=tetto seconda", "kind=manual"):
        assert _titles(office, query) == ["Seconda"], query
    assert _titles(office, "age=60") == ["Prima", "Seconda"]
    assert _titles(office, "age=older") == []
    assert _titles(office, "through=2026-09-30") == []


def test_the_sums_are_those_of_the_page(office: Client) -> None:
    one = make.customer("Alfa srl", code="A1")
    make.charge(one)
    make.charge(one, amount_minor=600, service_start=make.date(2026, 9, 10))
    make.charge(parties.party("Senza Tetto", vat_number="IT00000000009"), amount_minor=700)
    looked()
    told = office.get(f"{URL}/totals").json()
    assert (told["count"], told["amount"], told["seen_through"]) == (3, "57.00", "2027-01-31")
    assert told["ready"] == {"key": "ready", "count": 2, "amount": "50.00"}
    assert told["codes"] == [{"key": "no_address", "count": 1, "amount": "7.00"}]
    assert [one["count"] for one in told["ages"]] == [2, 1]
    rows = office.get(f"{URL}/customers").json()["items"]
    assert rows[0] == {
        "customer_id": one.pk,
        "code": "A1",
        "name": "Alfa srl",
        "count": 2,
        "stuck": 0,
        "oldest": "2026-09-10",
        "amount": "50.00",
    }
    assert [row["stuck"] for row in rows] == [0, 1]
    assert told["is_old"], "the look is of another time than the call"


def test_a_program_lets_it_look_again_once_at_a_time(office: Client) -> None:
    answer = send(office, "POST", f"{URL}/look")
    assert answer.status_code == 202
    assert send(office, "POST", f"{URL}/look").json() == answer.json()
    assert Job.objects.get().pk == answer.json()["job_id"]


def test_it_is_the_offices(client: Client) -> None:
    client.force_login(people.people().technician)
    for path in ("", "/totals", "/customers"):
        assert client.get(URL + path).status_code == 403
    assert send(client, "POST", f"{URL}/look").status_code == 403
