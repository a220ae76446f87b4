"""No lost updates: a change asks for the version that its caller saw."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import path
from django.utils import timezone
from tests.make import access

from canone.base.access import functions, services
from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.registers.parties.models import Zone
from canone.ui import api
from canone.ui.api import limits

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
router = api.Router()


class ZoneChange(api.Schema):
    name: str


class ZoneOut(api.Schema):
    id: int
    name: str


def _zone(zone_id: int) -> Zone:
    found = Zone.objects.filter(pk=zone_id).first()
    if found is None:
        raise Http404
    return found


@router.get("/zones/{zone_id}", response=ZoneOut)
@api.allows(functions.SIGNED_IN)
def zone(request: api.Request, zone_id: api.Id) -> Zone:
    return _zone(zone_id)


@router.patch("/zones/{zone_id}", response=ZoneOut)
@api.allows(functions.SETTINGS)
def change_zone(request: api.Request, zone_id: api.Id, body: ZoneChange) -> Zone:
    found = _zone(zone_id)
    found.name = body.name
    found.save()
    if body.name == "taken":
        raise api.Problem(409, "taken", "It is taken.")
    return found


@router.delete("/zones/{zone_id}/mark", response={204: None})
@api.allows(functions.SETTINGS)
def remove_mark(request: api.Request, zone_id: api.Id) -> Any:
    return api.Answer(204, None)


tried = api.create(title="Tried", version="1", description="")
tried.add_router("", router)
urlpatterns = [path("api/v1/", tried.urls)]


@pytest.fixture
def owner() -> User:
    return access.user(Role.OWNER)


def bearer(user: User) -> Client:
    _token, text = services.create_token(user=user, name="T", scopes=["*"], at=timezone.now())
    return Client(headers={"authorization": f"Bearer {text}", "accept-language": "en"})


def patch(client: Client, of: Zone, name: str, **headers: str) -> Any:
    url = f"/api/v1/zones/{of.pk}"
    return client.patch(url, {"name": name}, "application/json", headers=headers)


def seen(client: Client, of: Zone) -> str:
    return str(client.get(f"/api/v1/zones/{of.pk}")["ETag"])


def test_a_change_is_made_to_what_was_seen(owner: User) -> None:
    client, north = bearer(owner), Zone.objects.create(name="North")
    first = seen(client, north)
    assert first == seen(client, north)
    assert patch(client, north, "South", **{"if-match": first}).status_code == 200
    assert seen(client, north) != first
    again = patch(client, north, "West", **{"if-match": first})
    assert (again.status_code, again.json()["error"]) == (412, "changed")
    assert seen(client, north) != first
    north.refresh_from_db()
    assert north.name == "South"
    known = f'"0", {seen(client, north)}'
    assert patch(client, north, "East", **{"if-match": known}).status_code == 200
    assert patch(client, north, "North", **{"if-match": "*"}).status_code == 200
    assert patch(client, north, "Any").status_code == 200


def test_a_repeated_change_is_answered_as_the_first(owner: User) -> None:
    client, north = bearer(owner), Zone.objects.create(name="North")
    headers = {"if-match": seen(client, north), "idempotency-key": "once"}
    first = patch(client, north, "South", **headers)
    again = patch(client, north, "South", **headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again["Idempotency-Replayed"] == "true"
    late = patch(client, north, "West", **headers | {"idempotency-key": "twice"})
    assert late.status_code == 412
    fresh = headers | {"if-match": seen(client, north), "idempotency-key": "twice"}
    assert patch(client, north, "West", **fresh).status_code == 200


def test_what_is_refused_leaves_nothing_behind(owner: User) -> None:
    client, north = bearer(owner), Zone.objects.create(name="North")
    first = seen(client, north)
    assert patch(client, north, "taken", **{"if-match": first}).status_code == 409
    assert seen(client, north) == first


def test_who_may_not_change_it_or_asks_for_nothing_learns_no_version(owner: User) -> None:
    north = Zone.objects.create(name="North")
    technician, client = bearer(access.user(Role.TECHNICIAN)), bearer(owner)
    assert patch(technician, north, "South", **{"if-match": '"0"'}).status_code == 403
    assert patch(Client(), north, "South", **{"if-match": '"0"'}).status_code == 401
    north.pk += 1
    assert patch(client, north, "South", **{"if-match": '"0"'}).status_code == 404


def test_what_cannot_be_read_at_its_address_is_not_changed_by_version(owner: User) -> None:
    client, north = bearer(owner), Zone.objects.create(name="North")
    url = f"/api/v1/zones/{north.pk}/mark"
    assert client.delete(url, headers={"if-match": "*"}).status_code == 412
    assert client.delete(url).status_code == 204


def test_comparing_costs_the_caller_no_request(owner: User, settings: Any) -> None:
    settings.API_RATE = 600
    client, north = bearer(owner), Zone.objects.create(name="North")
    left = int(client.get(f"/api/v1/zones/{north.pk}")["RateLimit-Remaining"])
    said = patch(client, north, "South", **{"if-match": "*"})
    assert int(said["RateLimit-Remaining"]) == left - 1
    limits.forget()
