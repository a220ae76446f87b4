"""One's own saved views through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import people
from tests.people import People

from canone.ui.models import SavedView

pytestmark = pytest.mark.django_db
VIEWS = "/api/v1/me/views"
BODY = {"page": "parties.parties", "name": "Milano", "query": "?text=Milano&page=3"}


@pytest.fixture
def who() -> People:
    return people.people()


@pytest.fixture
def technician(client: Client, who: People) -> Client:
    client.force_login(who.technician)
    return client


def _keep(client: Client, **changed: Any) -> Any:
    return client.post(VIEWS, BODY | changed, "application/json")


def test_a_view_is_kept_overwritten_and_forgotten(technician: Client, who: People) -> None:
    made = _keep(technician)
    assert made.status_code == 201
    assert made.json() == {
        "id": SavedView.objects.get(user=who.technician).pk,
        "page": "parties.parties",
        "name": "Milano",
        "query": "text=Milano",
    }
    assert _keep(technician, name=" Milano ", query="text=MI").json()["id"] == made.json()["id"]
    _keep(technician, page="sessions")
    (view,) = technician.get(VIEWS, {"of": "parties.parties"}).json()["items"]
    assert view["query"] == "text=MI"
    assert len(technician.get(VIEWS).json()["items"]) == 2
    url = f"{VIEWS}/{view['id']}"
    assert [technician.delete(url).status_code for _ in range(2)] == [204, 404]
    assert [one["page"] for one in technician.get(VIEWS).json()["items"]] == ["sessions"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 81}, "name"),
        ({"page": ""}, "page"),
        ({"query": "q" * 4001}, "query"),
    ],
)
def test_what_cannot_be_kept_is_told(
    technician: Client, changed: dict[str, Any], field: str
) -> None:
    said = _keep(technician, **changed)
    assert (said.status_code, said.json()["fields"][0]["field"]) == (422, field)
    assert not SavedView.objects.exists()


def test_views_belong_to_who_keeps_them(client: Client, who: People) -> None:
    theirs = SavedView.objects.create(user=who.owner, page="x", name="Vista")
    client.force_login(who.technician)
    assert client.get(VIEWS).json()["items"] == []
    assert client.delete(f"{VIEWS}/{theirs.pk}").status_code == 404
    client.post(
        reverse("ui:view_save"), {"page": "x", "name": "Vista", "query": "a=1", "path": "/"}
    )
    (mine,) = client.get(VIEWS).json()["items"]
    assert (mine["id"] == theirs.pk, mine["query"]) == (False, "a=1")
