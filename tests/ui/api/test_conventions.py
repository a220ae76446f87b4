"""The conventions, tried on a small API of their own."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.test import Client
from django.urls import path
from django.utils import timezone
from tests.make import access

from canone.base.access import functions, services
from canone.base.access.functions import Role
from canone.base.access.models import ApiToken, IdempotencyKey, User
from canone.base.history import services as history
from canone.base.history.models import JournalEntry
from canone.registers.parties.models import Zone
from canone.ui import api

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
router = api.Router()


class ZoneIn(api.Schema):
    name: str
    day: date | None = None


class ZoneOut(api.Schema):
    id: int
    name: str


@router.get("/zones", response=api.Paged[ZoneOut])
@api.allows(functions.SIGNED_IN)
def zones(request: api.Request, page: api.Page = api.PAGE, backwards: bool = False) -> Any:
    return api.cut(Zone.objects.all(), page, newest_first=backwards)


@router.get("/zones/{zone_id}", response=ZoneOut)
@api.allows(functions.SIGNED_IN)
def zone(request: api.Request, zone_id: api.Id) -> Zone:
    found = Zone.objects.filter(pk=zone_id).first()
    if found is None:
        raise Http404
    return found


@router.post("/zones", response={201: ZoneOut})
@api.allows(functions.SETTINGS)
def make_zone(request: api.Request, body: ZoneIn) -> api.Answer[Zone]:
    fact = history.Fact("zone.made", body.name, "{}")
    history.append([fact], at=timezone.now(), by=request.user.pk)
    if body.name == "taken":
        raise ValidationError({"name": ValidationError("It is taken.", code="unique")})
    if body.name == "broken":
        raise RuntimeError("inside")
    return api.Answer(201, Zone.objects.create(name=body.name))


tried = api.create(title="Tried", version="1", description="")
tried.add_router("", router)
urlpatterns = [path("api/v1/", tried.urls)]


@pytest.fixture
def owner() -> User:
    return access.user(Role.OWNER)


def bearer(user: User, *scopes: str) -> Client:
    _token, text = services.create_token(
        user=user, name="Test", scopes=scopes or ["*"], at=timezone.now()
    )
    return Client(headers={"authorization": f"Bearer {text}", "accept-language": "en"})


def post(client: Client, body: Any, **headers: str) -> tuple[int, Any]:
    answer = client.post(
        "/api/v1/zones", json.dumps(body), content_type="application/json", headers=headers
    )
    return answer.status_code, answer.json()


def test_nobody_and_a_wrong_token_learn_nothing(owner: User) -> None:
    for client in (Client(), Client(headers={"authorization": "Bearer canone_x_y"})):
        answer = client.get("/api/v1/zones")
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthenticated")


def test_a_wrong_token_is_refused_even_beside_a_session(owner: User) -> None:
    client = Client(headers={"authorization": "Basic abc"})
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/api/v1/zones").status_code == 401


def test_a_token_does_what_both_its_user_and_its_scopes_may(owner: User) -> None:
    technician = access.user(Role.TECHNICIAN)
    assert post(bearer(owner), {"name": "North"})[0] == 201
    assert post(bearer(owner, functions.SIGNED_IN), {"name": "South"})[0] == 403
    status, said = post(bearer(technician), {"name": "South"})
    assert (status, said["error"], said["fields"]) == (403, "forbidden", [])
    assert bearer(technician).get("/api/v1/zones").status_code == 200
    assert JournalEntry.objects.filter(kind="zone.made").get().by == owner


def test_a_session_reads_and_writes_only_with_the_csrf_token(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/api/v1/zones").status_code == 200
    assert post(client, {"name": "North"})[1]["error"] == "csrf"
    client.cookies["csrftoken"] = "a" * 32
    assert post(client, {"name": "North"}, **{"x-csrftoken": "a" * 32})[0] == 201


@pytest.mark.parametrize("backwards", [False, True])
def test_pages_follow_each_other_while_rows_are_added(owner: User, backwards: bool) -> None:
    made = [Zone.objects.create(name=f"Z{n}").pk for n in range(5)]
    client, seen, cursor = bearer(owner), [], ""
    while True:
        query = {"limit": 2, "cursor": cursor, "backwards": backwards}
        said = client.get("/api/v1/zones", query).json()
        seen += [item["id"] for item in said["items"]]
        cursor = said["next"]
        if not cursor:
            break
        if len(seen) == 2 and backwards:
            Zone.objects.create(name="new")
    assert seen == (made[::-1] if backwards else made)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"limit": 10**30}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "Yzk5OTk5OTk5OTk5OTk5OTk5OTk5"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
    ],
)
def test_a_page_that_cannot_be_is_said_by_field(owner: User, query: Any, field: str) -> None:
    answer = bearer(owner).get("/api/v1/zones", query)
    said = answer.json()
    assert (answer.status_code, said["error"]) == (422, "invalid")
    assert [fault["field"] for fault in said["fields"]] == [field]


def test_all_faults_are_said_at_once_in_the_callers_language(owner: User) -> None:
    status, said = post(bearer(owner), {"day": "31.2.2026"})
    assert (status, said["error"], said["detail"]) == (422, "invalid", "2 values are not valid.")
    assert said["fields"] == [
        {"field": "name", "error": "missing", "detail": "This field is required."},
        {
            "field": "day",
            "error": "date_from_datetime_parsing",
            "detail": "Enter a date such as 2026-04-01.",
        },
    ]
    client = bearer(owner)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "it"
    assert post(client, {})[1]["fields"][0]["detail"] == "Questo campo è obbligatorio."


def test_a_services_fault_looks_like_a_forms(owner: User) -> None:
    status, said = post(bearer(owner), {"name": "taken"})
    fields = [{"field": "name", "error": "unique", "detail": "It is taken."}]
    assert (status, said) == (
        422,
        {"error": "invalid", "detail": "1 value is not valid.", "fields": fields},
    )


@pytest.mark.parametrize("zone_id", ["1", str(2**63 - 1), str(2**63), "0", "-1", "x", str(10**40)])
def test_what_is_not_there_is_not_found_or_not_valid(owner: User, zone_id: str) -> None:
    assert bearer(owner).get(f"/api/v1/zones/{zone_id}").status_code in {404, 422}


@pytest.mark.parametrize("body", ['{"name": "\\u0000"}', "{", "[]", '{"name": "\\ud800"}', "\xff"])
def test_a_body_that_cannot_be_read_is_the_callers_fault(owner: User, body: str) -> None:
    answer = bearer(owner).post("/api/v1/zones", body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert set(answer.json()) == {"error", "detail", "fields"}


def test_an_unexpected_failure_shows_a_reference_and_nothing_of_the_inside(
    owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    client = bearer(owner)
    client.raise_request_exception = False
    status, said = post(client, {"name": "broken"}, **{"idempotency-key": "k"})
    assert (status, said["error"]) == (500, "unexpected")
    assert "inside" not in str(said)
    assert said["detail"].split("Quote ")[1].split(" ")[0] in caplog.text
    assert not JournalEntry.objects.filter(kind="zone.made").exists()


def test_a_write_with_a_key_is_done_once(owner: User) -> None:
    client = bearer(owner)
    first = post(client, {"name": "North"}, **{"idempotency-key": "k1"})
    again = post(client, {"name": "North"}, **{"idempotency-key": "k1"})
    assert first == again
    assert first[0] == 201
    assert Zone.objects.count() == 1
    assert post(client, {"name": "South"}, **{"idempotency-key": "k1"})[1]["error"] == "idempotency"
    assert post(client, {"name": "South"}, **{"idempotency-key": "k2"})[0] == 201


def test_a_key_is_its_owners_and_lasts_a_day(owner: User) -> None:
    other = access.user(Role.OWNER)
    key = {"idempotency-key": "k1"}
    assert post(bearer(owner), {"name": "North"}, **key)[0] == 201
    assert post(bearer(other), {"name": "South"}, **key)[0] == 201
    IdempotencyKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert post(bearer(owner), {"name": "West"}, **key)[0] == 201
    assert services.forget_answers(at=timezone.now()) == 1


def test_a_failed_write_leaves_its_key_free_and_nothing_else(owner: User) -> None:
    client = bearer(owner)
    assert post(client, {"name": "taken"}, **{"idempotency-key": "k"})[0] == 422
    assert not IdempotencyKey.objects.exists()
    assert not JournalEntry.objects.filter(kind="zone.made").exists()
    assert post(client, {"name": "North"}, **{"idempotency-key": "k"})[0] == 201


def test_an_impossible_key_is_refused(owner: User) -> None:
    assert post(bearer(owner), {"name": "North"}, **{"idempotency-key": "k" * 101})[0] == 400


def test_a_revoked_token_and_a_switched_function_end_at_once(owner: User) -> None:
    client = bearer(owner)
    services.switch(user=owner, switches={functions.SETTINGS: False}, at=timezone.now(), by=None)
    assert post(client, {"name": "North"})[0] == 403
    services.revoke_token(token=ApiToken.objects.get(), at=timezone.now(), by=owner.pk)
    assert post(client, {"name": "North"})[0] == 401
