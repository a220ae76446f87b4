"""Possible duplicates by the API: listed, and told apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.make import access, parties
from tests.people import People, people

from canone.base.access.functions import Role
from canone.registers.parties.models import Distinct

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/party-duplicates"


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def office(client: Client, who: People) -> Client:
    client.force_login(who.colleague)
    return client


def _apart(client: Client, first: int, second: int) -> Any:
    sent = {"first_id": first, "second_id": second}
    return client.post(f"{ROOT}/apart", sent, "application/json")


def test_pairs_are_listed_with_their_reason_page_by_page(office: Client) -> None:
    one, same = parties.party("Officine Brambilla"), parties.party("Officine Brambilla")
    number = "00743110157"
    vat, again = (parties.party(name, vat_number=number) for name in ("Zeta", "Alfa"))
    first = office.get(ROOT, {"limit": 1}).json()
    assert first["items"] == [
        {"first_id": vat.pk, "second_id": again.pk, "reason": "vat_number", "likeness": 0}
    ]
    second = office.get(ROOT, {"limit": 1, "cursor": first["next"]}).json()
    (pair,) = second["items"]
    assert (pair["first_id"], pair["second_id"]) == (one.pk, same.pk)
    assert (pair["reason"], pair["likeness"], second["next"]) == ("same_name", 100, None)


def test_two_that_are_told_apart_are_not_pointed_out_again(office: Client, who: People) -> None:
    one, same = parties.party("Officine Brambilla"), parties.party("Officine Brambilla")
    said = _apart(office, same.pk, one.pk)
    assert said.status_code == 200
    assert (said.json()["first_id"], said.json()["second_id"]) == (one.pk, same.pk)
    assert said.json()["decided_by_id"] == who.colleague.pk
    assert office.get(ROOT).json()["items"] == []
    assert office.get(f"/api/v1/parties/{one.pk}/duplicates").json()["items"] == []
    assert _apart(office, one.pk, same.pk).json() == said.json()
    assert Distinct.objects.count() == 1


def test_a_party_is_not_told_apart_from_itself_or_from_nobody(office: Client) -> None:
    one = parties.party()
    for second, error in ((one.pk, "same"), (one.pk + 1, "unknown")):
        said = _apart(office, one.pk, second)
        assert said.status_code == 422
        assert (said.json()["fields"][0]["field"], said.json()["fields"][0]["error"]) == (
            "second_id",
            error,
        )
    page = {"first": one.pk, "second": one.pk}
    assert office.post(reverse("parties:apart"), page).status_code == 404
    assert not Distinct.objects.exists()


def test_suppliers_stay_hidden_from_who_may_not_see_them(client: Client) -> None:
    someone = access.user(Role.TECHNICIAN)
    someone.switches.create(code="parties.change", allowed=True)
    one = parties.party("Feldspato")
    other = parties.party("Feldspato", is_customer=False, is_supplier=True)
    client.force_login(someone)
    assert client.get(ROOT).json()["items"] == []
    assert _apart(client, one.pk, other.pk).status_code == 422


def test_who_may_not_change_parties_tells_none_apart(client: Client, who: People) -> None:
    one, same = parties.party("Rossi"), parties.party("Rossi")
    client.force_login(who.technician)
    assert client.get(ROOT).status_code == 403
    assert _apart(client, one.pk, same.pk).status_code == 403
