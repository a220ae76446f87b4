import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from ninja.operation import PathView
from pydantic import BaseModel
from tests.make import access
from tests.people import People, people

from canone.base.access.models import User
from canone.base.tasks import registry, services
from canone.config import api

pytestmark = pytest.mark.django_db


def client(user: User) -> Client:
    return Client(headers={"authorization": f"Bearer {access.token(user)}"})


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_kinds", {})
    registry.job("test.run", title="Run")(lambda work: None)


def test_the_caller_learns_who_they_are_and_what_they_may(who: People) -> None:
    said = client(who.technician).get("/api/v1/me").json()
    assert (said["email"], said["roles"]) == ("tech@example.com", ["technician"])
    assert "access.signed_in" in said["functions"]
    assert "access.settings" not in said["functions"]


def test_a_job_is_seen_stopped_and_started_again_by_who_may(who: People) -> None:
    job = services.start("test.run", params={}, by=who.technician.pk, at=timezone.now())
    mine, office = client(who.technician), client(who.colleague)
    assert mine.get(f"/api/v1/jobs/{job.pk}").json()["state"] == "waiting"
    assert office.post(f"/api/v1/jobs/{job.pk}/cancel").json()["state"] == "cancelled"
    assert mine.post(f"/api/v1/jobs/{job.pk}/cancel").status_code == 409
    assert mine.post(f"/api/v1/jobs/{job.pk}/retry").json()["state"] == "waiting"
    assert [item["id"] for item in office.get("/api/v1/jobs").json()["items"]] == [job.pk]


def test_a_job_of_somebody_else_is_not_there(who: People) -> None:
    job = services.start("test.run", params={}, by=who.owner.pk, at=timezone.now())
    technician = client(who.technician)
    assert technician.get("/api/v1/jobs").json()["items"] == []
    for call in ("", "/cancel", "/retry"):
        url = f"/api/v1/jobs/{job.pk}{call}"
        answer = technician.post(url) if call else technician.get(url)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert client(who.customer).get("/api/v1/jobs").status_code == 403


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    paths = api.schema()["paths"]
    return [(verb, url, said) for url, verbs in paths.items() for verb, said in verbs.items()]


def test_the_description_is_public_and_says_of_each_operation_who_may(client: Client) -> None:
    said = client.get("/api/v1/openapi.json").json()
    assert said["openapi"].startswith("3.1")
    assert set(said["components"]["securitySchemes"]) == {"Bearer", "Session"}
    for verb, url, operation in operations():
        assert operation["x-permission"], (verb, url)
        assert {"401", "403", "404", "422"} <= {str(status) for status in operation["responses"]}
        assert operation["summary"], (verb, url)


def test_an_address_that_no_operation_has_answers_in_the_same_form(client: Client) -> None:
    for url in ("/api/v1/", "/api/v1/nothing/here"):
        answer = client.get(url)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def send(of: Client, verb: str, url: str, body: Any) -> tuple[int, Any]:
    answer = of.generic(verb, f"/api/v1{url}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_an_owner_adds_and_changes_users(who: People) -> None:
    owner = client(who.owner)
    new = {"email": "New@Example.com", "name": "Pia Serra", "roles": ["technician"]}
    status, made = send(owner, "POST", "/users", new)
    assert (status, made["email"], made["roles"]) == (201, "new@example.com", ["technician"])
    url = f"/users/{made['id']}"
    change = {"roles": ["owner"], "switches": {"access.settings": False}, "is_active": False}
    status, changed = send(owner, "PATCH", url, change)
    assert (status, changed["roles"], changed["is_active"]) == (200, ["owner"], False)
    assert changed["switches"] == {"access.settings": False}
    status, changed = send(owner, "PATCH", url, {"switches": {"access.settings": None}})
    assert (changed["switches"], changed["name"]) == ({}, "Pia Serra")
    assert send(owner, "POST", "/users", new)[1]["fields"][0]["field"] == "email"
    assert client(who.colleague).get("/api/v1/users").status_code == 403


def test_nothing_of_a_change_stays_unless_all_of_it_can(who: People) -> None:
    owner = client(who.owner)
    url = f"/users/{who.owner.pk}"
    status, said = send(owner, "PATCH", url, {"name": "Changed", "roles": ["technician"]})
    assert (status, said["fields"][0]["error"]) == (422, "last_owner")
    assert User.objects.get(pk=who.owner.pk).name == "Olga Conti"
    for change in ({"is_active": False}, {"switches": {"access.settings": False}}):
        assert send(owner, "PATCH", url, change)[0] == 409
    assert send(owner, "PATCH", url, {"switches": {"no.such": True}})[0] == 422


def test_no_two_shapes_of_the_description_share_a_name() -> None:
    shapes: dict[str, set[type]] = {}
    for bound in api.api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                bodies = [m for m in operation.models if m.__ninja_param_source__ == "body"]
                for model in (*operation.response_models.values(), *bodies):
                    for shape in _shapes(model):
                        shapes.setdefault(shape.__name__, set()).add(shape)
    assert {name: those for name, those in shapes.items() if len(those) > 1} == {}


def _shapes(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not kind.__name__.startswith("NinjaResponse") and "Params" not in kind.__name__:
            yield kind
        for field in kind.model_fields.values():
            yield from _shapes(field.annotation)
    for part in get_args(kind):
        yield from _shapes(part)


def test_no_placeholder_hides_a_word() -> None:
    for url, verbs in api.schema()["paths"].items():
        plain = re.sub(r"\{[^}]*\}", "1", url)
        match = resolve(plain)
        cells = match.func.__closure__ or ()
        (view,) = [c.cell_contents for c in cells if isinstance(c.cell_contents, PathView)]
        allowed = {method.lower() for operation in view.operations for method in operation.methods}
        assert set(verbs) <= allowed, url


def test_a_verb_that_an_address_does_not_know_is_refused_in_the_one_body(who: People) -> None:
    answer = client(who.owner).delete("/api/v1/me")
    assert (answer.status_code, answer.json()["error"], answer["Allow"]) == (
        405,
        "method",
        "GET, PATCH",
    )
