from datetime import date

import pytest
from django.test import Client
from tests import people
from tests.make import allowances as make
from tests.make import parties

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/allowances"


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.colleague)
    return client


def test_a_pool_is_read_with_its_balance(office: Client) -> None:
    pool = make.pool(granted=600, thresholds=["20%"])
    make.draw(pool, 500)
    found = office.get(f"{ROOT}/{pool.pk}").json()
    assert (found["granted"], found["consumed"], found["balance"]) == (600, 500, 100)
    assert (found["state"], found["unit"], found["thresholds"]) == ("low", "minute", ["20%"])


def test_pools_are_filtered(office: Client) -> None:
    pool = make.pool(granted=60)
    over = make.pool()
    make.draw(over, 10)
    for query, row in ((f"customer_id={pool.customer_id}", pool), ("state=over", over)):
        assert [item["id"] for item in office.get(f"{ROOT}?{query}").json()["items"]] == [row.pk]
    assert office.get(f"{ROOT}?is_active=false").json()["items"] == []


def test_movements_come_newest_first(office: Client) -> None:
    pool = make.pool()
    make.grant(pool, 60, expires_on=date(2026, 12, 31))
    make.draw(pool, 45, day=date(2026, 11, 20))
    items = office.get(f"{ROOT}/{pool.pk}/entries").json()["items"]
    assert [(i["kind"], i["quantity"], i["balance_after"]) for i in items] == [
        ("draw", -45, 15),
        ("grant", 60, 60),
    ]
    assert (items[1]["amount"], items[1]["expires_on"]) == ("500.00", "2026-12-31")
    found = office.get(f"{ROOT}/{pool.pk}/entries?kind=draw&since=2026-11-20&until=2026-11-20")
    assert len(found.json()["items"]) == 1
    found = office.get(f"{ROOT}/{pool.pk}/entries?since=2026-11-21")
    assert found.json()["items"] == []


def test_a_customer_reads_their_own_alone(client: Client, who: people.People) -> None:
    own = parties.party()
    parties.login(who.customer, own)
    mine, theirs = make.pool(own), make.pool()
    client.force_login(who.customer)
    assert [item["id"] for item in client.get(ROOT).json()["items"]] == [mine.pk]
    assert client.get(f"{ROOT}/{theirs.pk}").status_code == 404
    assert client.get(f"{ROOT}/{theirs.pk}/entries").status_code == 404
    client.force_login(who.technician)
    assert client.get(ROOT).status_code == 403
