from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.make import assets as make
from tests.make import parties

from canone.registers.assets.models import Asset, Reading

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


def _fields(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [fault["field"] for fault in answer.json()["fields"]]


def test_a_machine_is_added_found_and_changed(office: Client) -> None:
    customer = parties.party()
    made = _send(office, "POST", "assets", {"customer_id": customer.pk, "name": "Caldaia"})
    assert made.status_code == 201
    key = made.json()["id"]
    make.asset(name="Stampante")
    found = office.get(f"{ROOT}/assets", {"q": "caldaia"}).json()
    assert [one["id"] for one in found["items"]] == [key]
    assert office.get(f"{ROOT}/assets", {"customer_id": customer.pk}).json()["items"]
    changed = _send(office, "PATCH", f"assets/{key}", {"serial": "SN-5", "is_active": False})
    assert (changed.json()["serial"], changed.json()["is_active"]) == ("SN-5", False)
    strange = parties.site(parties.party())
    assert _fields(_send(office, "PATCH", f"assets/{key}", {"site_id": strange.pk})) == ["site_id"]
    unknown = {"customer_id": 10**6, "name": "x"}
    assert _fields(_send(office, "POST", "assets", unknown)) == ["customer_id"]
    assert Asset.objects.count() == 2


def test_meters_are_added_and_read(office: Client) -> None:
    asset = make.asset()
    body = {"name": "Copie", "unit": "copie", "opening": 10}
    meter = _send(office, "POST", f"assets/{asset.pk}/meters", body).json()
    assert office.get(f"{ROOT}/assets/{asset.pk}").json()["meters"] == [meter]
    path = f"meters/{meter['id']}"
    assert _send(office, "PATCH", path, {"unit": "fogli"}).json()["unit"] == "fogli"
    low = {"day": "2026-10-31", "value": 9}
    assert _fields(_send(office, "POST", f"{path}/readings", low)) == ["value"]
    made = _send(office, "POST", f"{path}/readings", {"day": "2026-10-31", "value": 90})
    assert made.status_code == 201
    assert [one["value"] for one in office.get(f"{ROOT}/{path}/readings").json()["items"]] == [90]
    assert _send(office, "DELETE", f"readings/{made.json()['id']}").status_code == 204
    assert not Reading.objects.exists()
