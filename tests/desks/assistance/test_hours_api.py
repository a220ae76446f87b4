"""Prepaid hours by the API: topped up and taken back with their charge."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.make import allowances, catalog, parties
from tests.make import assistance as make
from tests.people import People, people

from canone.desks.assistance.services import assignments
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges
from canone.ledgers.invoicing.services import claims
from canone.registers.catalog.models import Tariff

pytestmark = pytest.mark.django_db
BODY = {"minutes": 600, "amount": "1250.50", "day": "2026-11-20"}


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def office(client: Client, who: People) -> Client:
    client.force_login(who.colleague)
    return client


@pytest.fixture
def hours() -> Tariff:
    tariff = make.subscription()
    given = {"starts_on": make.DAY, "by": None, "at": make.AFTER}
    assignments.assign(tariff_id=tariff.pk, group_ids=[parties.group().pk], **given)
    return tariff


def _top_up(client: Client, tariff: Tariff, **changed: Any) -> Any:
    url = f"/api/v1/tariffs/{tariff.pk}/top-ups"
    return client.post(url, BODY | changed, "application/json")


def _take_back(client: Client, entry_id: int, reason: str = "Doppia") -> Any:
    url = f"/api/v1/allowance-entries/{entry_id}/take-back"
    return client.post(url, {"reason": reason}, "application/json")


def test_hours_are_added_and_charged_once_under_their_key(office: Client, hours: Tariff) -> None:
    first = _top_up(office, hours, key="shop-1")
    again = _top_up(office, hours, key="shop-1")
    assert (first.status_code, first.json()["balance"]) == (201, 1200)
    assert again.json() == first.json()
    assert str(Charge.objects.get(kind="top_up").amount) == "1250.50"
    other = _top_up(office, hours, key="shop-1", minutes=60)
    assert (other.status_code, other.json()["error"]) == (409, "not_possible")
    assert allowances.balance(Allowance.objects.get()) == 1200


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"amount": "-1"}, "amount"),
        ({"day": "9999-12-31"}, "day"),
        ({"expires_on": "2026-11-19"}, "minutes"),
        ({"key": "k" * 41}, "key"),
    ],
)
def test_what_cannot_be_topped_up_is_told(
    office: Client, hours: Tariff, changed: dict[str, Any], field: str
) -> None:
    answer = _top_up(office, hours, **changed)
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, field)
    assert not Charge.objects.filter(kind="top_up").exists()


def test_hours_are_topped_up_where_there_are_some(office: Client) -> None:
    assert _top_up(office, catalog.tariff()).status_code == 404


def test_a_top_up_is_taken_back_with_its_charge(office: Client, hours: Tariff) -> None:
    entry_id = _top_up(office, hours).json()["entry_id"]
    origin = Entry.objects.get(pk=entry_id).origin
    assert _take_back(office, entry_id, " ").status_code == 422
    answer = _take_back(office, entry_id)
    assert (answer.status_code, answer.json()["balance"]) == (201, 600)
    made = Entry.objects.get(pk=answer.json()["entry_id"])
    assert (made.kind, made.reverses_id, made.note) == ("reversal", entry_id, "Doppia")
    assert charges.standing(origin) is None
    again = _take_back(office, entry_id)
    assert (again.status_code, again.json()["error"]) == (409, "reversed")


def test_what_is_on_a_document_is_not_taken_back(office: Client, hours: Tariff) -> None:
    entry_id = _top_up(office, hours).json()["entry_id"]
    given = {"document": "2026/1", "at": make.AFTER, "by": None}
    claims.claim(charge_ids=[Charge.objects.get(kind="top_up").pk], **given)
    answer = _take_back(office, entry_id)
    assert (answer.status_code, answer.json()["error"]) == (409, "not_possible")
    assert not Entry.objects.filter(kind="reversal").exists()


def test_only_purchases_of_subscriptions_are_taken_back_here(office: Client) -> None:
    pool = allowances.pool(owner="contract:1", granted=60)
    drawn = allowances.draw(allowances.pool(granted=60), 5).entry_id
    assert _take_back(office, Entry.objects.get(allowance=pool).pk).status_code == 404
    assert drawn is not None
    assert _take_back(office, drawn).status_code == 404


def test_a_technician_changes_no_hours(client: Client, who: People, hours: Tariff) -> None:
    client.force_login(who.technician)
    assert _top_up(client, hours).status_code == 403
    assert _take_back(client, Entry.objects.get().pk).status_code == 403
