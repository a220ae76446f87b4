from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import people
from tests.make import assets, parties
from tests.make import contracts as make

from canone.desks.contracts.models import Agent, Cover, Paper

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(people.people().owner)
    return client


def _send(client: Client, method: str, path: str, body: Any = None) -> Any:
    return client.generic(
        method, f"{ROOT}/{path}", json.dumps(body or {}), content_type="application/json"
    )


def test_agents_are_set_as_a_whole(office: Client) -> None:
    contract, agent = make.contract(), parties.party()
    path = f"contracts/{contract.pk}/agents"
    one = {"party_id": agent.pk, "share_basis_points": 2_500}
    assert _send(office, "PUT", path, {"agents": [one]}).json() == {"agents": [one]}
    more = {"party_id": contract.customer_id, "share_basis_points": 8_000}
    assert _send(office, "PUT", path, {"agents": [one, more]}).status_code == 422
    assert Agent.objects.count() == 1
    unknown = {"party_id": 10**6, "share_basis_points": 1}
    assert _send(office, "PUT", path, {"agents": [unknown]}).status_code == 422
    assert _send(office, "PUT", path, {"agents": []}).json() == {"agents": []}


def test_machines_are_covered_until_a_day(office: Client) -> None:
    contract = make.contract()
    machine = assets.asset(contract.customer)
    path = f"contracts/{contract.pk}/covers"
    made = _send(office, "POST", path, {"asset_id": machine.pk})
    assert made.status_code == 201
    assert made.json()["first_day"] == "2026-01-01"
    assert _send(office, "POST", path, {"asset_id": machine.pk}).status_code == 422
    assert _send(office, "POST", path, {"asset_id": assets.asset().pk}).status_code == 422
    one = f"contract-covers/{made.json()['id']}"
    assert _send(office, "PATCH", one, {"last_day": "2025-01-01"}).status_code == 422
    assert (
        _send(office, "PATCH", one, {"last_day": "2026-06-30"}).json()["last_day"] == "2026-06-30"
    )
    assert _send(office, "PATCH", one, {"last_day": None}).json()["last_day"] is None
    shown = office.get(f"{ROOT}/contracts/{contract.pk}").json()
    assert shown["covers"][0]["id"] == made.json()["id"]
    assert _send(office, "DELETE", one).status_code == 204
    assert not Cover.objects.exists()


def test_papers_are_added_listed_fetched_and_removed(office: Client) -> None:
    contract = make.contract()
    path = f"{ROOT}/contracts/{contract.pk}/papers"
    content = b"%PDF-1.4\n%%EOF\n"
    file = SimpleUploadedFile("firmato.pdf", content)
    made = office.post(path, {"file": file, "title": "Firmato", "signed": "true"})
    assert made.status_code == 201, made.content
    assert (made.json()["title"], made.json()["is_signed"]) == ("Firmato", True)
    assert [one["id"] for one in office.get(path).json()["items"]] == [made.json()["id"]]
    one = f"contract-papers/{made.json()['id']}"
    assert b"".join(office.get(f"{ROOT}/{one}/file")) == content  # type: ignore[call-overload]
    strange = SimpleUploadedFile("x.exe", b"MZ\x00\x00")
    assert office.post(path, {"file": strange}).status_code == 422
    assert _send(office, "DELETE", one).status_code == 204
    assert not Paper.objects.exists()
