from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.make import allowances as make
from tests.make import parties

from canone.ledgers.allowances.models import Entry
from canone.ledgers.allowances.rules.expiry import Rollover

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


def test_warnings_and_carry_over_are_set(office: Client) -> None:
    pool = make.pool(granted=600)
    sent = {
        "title": " Ore 2026 ",
        "thresholds": ["20%", "60"],
        "rollover_months": 2,
        "rollover_cap": 90,
    }
    said = office.patch(f"{ROOT}/{pool.pk}", sent, "application/json").json()
    assert (said["title"], said["thresholds"], said["is_active"]) == (
        "Ore 2026",
        ["20%", "60"],
        True,
    )
    pool.refresh_from_db()
    assert pool.rollover == Rollover(2, 90)
    assert pool.low_at == 120


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ({"is_active": False}, Rollover(2, 90)),
        ({"rollover_months": 3}, Rollover(3, 90)),
        ({"rollover_cap": None}, Rollover(2, None)),
        ({"rollover_months": None}, None),
    ],
)
def test_what_is_not_sent_stays(office: Client, sent: dict[str, Any], left: object) -> None:
    pool = make.pool(rollover=Rollover(2, 90), thresholds=["20%"])
    assert office.patch(f"{ROOT}/{pool.pk}", sent, "application/json").status_code == 200
    pool.refresh_from_db()
    assert (pool.rollover, pool.thresholds, pool.title) == (left, ["20%"], "Monte ore")
    assert pool.is_active is sent.get("is_active", True)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"thresholds": ["101%"]}, "thresholds"),
        ({"thresholds": ["1:00"]}, "thresholds"),
        ({"thresholds": ["1%"] * 11}, "thresholds"),
        ({"rollover_months": 0}, "rollover_months"),
        ({"rollover_months": 1, "rollover_cap": 0}, "rollover_cap"),
        ({"rollover_cap": 60}, "rollover_months"),
        ({"title": " "}, "title"),
    ],
)
def test_what_cannot_be_set_is_told(office: Client, sent: dict[str, Any], field: str) -> None:
    pool = make.pool(title="Ore")
    answer = office.patch(f"{ROOT}/{pool.pk}", sent, "application/json")
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, field)
    pool.refresh_from_db()
    assert (pool.title, pool.thresholds, pool.rollover) == ("Ore", [], None)


def _reverse(client: Client, entry_id: int | None, reason: str = "Sbagliato") -> Any:
    url = f"/api/v1/allowance-entries/{entry_id}/reverse"
    return client.post(url, {"reason": reason}, "application/json")


def test_a_movement_is_reversed_once_with_its_reason(office: Client) -> None:
    pool = make.pool(granted=600)
    drawn = make.draw(pool, 45, origin="visit:1").entry_id
    assert _reverse(office, drawn, " ").status_code == 422
    answer = _reverse(office, drawn)
    said = answer.json()
    assert answer.status_code == 201
    assert (said["kind"], said["quantity"], said["balance_after"]) == ("reversal", 45, 600)
    assert (said["reverses_id"], said["note"]) == (drawn, "Sbagliato")
    again = _reverse(office, drawn)
    assert (again.status_code, again.json()["error"]) == (409, "reversed")
    assert _reverse(office, said["id"]).json()["error"] == "not_possible"
    assert Entry.objects.filter(kind="reversal").count() == 1


def test_what_a_desk_moved_is_taken_back_there(office: Client) -> None:
    pool = make.pool(granted=600)
    drawn = make.draw(pool, 45, origin="session:1").entry_id
    answer = _reverse(office, drawn)
    assert (answer.status_code, answer.json()["error"]) == (409, "not_here")
    assert "assistenza remota" in answer.json()["detail"]
    assert make.balance(pool) == 555


def test_who_sees_a_pool_does_not_change_it(client: Client, who: people.People) -> None:
    own = parties.party()
    parties.login(who.customer, own)
    mine = make.pool(own, granted=60)
    drawn = make.draw(mine, 5, origin="visit:1").entry_id
    client.force_login(who.customer)
    sent = {"title": "Meine"}
    assert client.patch(f"{ROOT}/{mine.pk}", sent, "application/json").status_code == 403
    assert _reverse(client, drawn).status_code == 403
