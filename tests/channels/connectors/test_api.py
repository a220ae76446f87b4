"""Sources over JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests.channels.connectors import fake as fakes
from tests.channels.connectors.fake import Fake
from tests.make import connectors as make
from tests.people import People, people

from canone.base.tasks.models import Job
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.services import tools

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def owner(client: Client, who: People) -> Client:
    client.force_login(who.owner)
    return client


@pytest.fixture
def server() -> Iterator[Fake]:
    with fakes.running(Fake()) as fake:
        yield fake


def said(**more: Any) -> dict[str, Any]:
    return {
        "title": "Mesh",
        "url": "https://mesh.example.org",
        "fields": {"user": fakes.USER},
        "secrets": {"password": "well kept"},
        **more,
    }


def test_a_source_is_made_read_changed_and_removed(owner: Client) -> None:
    made = owner.post("/api/v1/sources", said(first_day="2026-11-01"), JSON)
    assert made.status_code == 201
    number = made.json()["id"]
    assert "well kept" not in made.content.decode()
    assert "secrets" not in made.json()
    assert made.json()["first_day"] == "2026-11-01"

    changed = owner.put(f"/api/v1/sources/{number}", said(title="Other", secrets={}), JSON)
    assert changed.json()["title"] == "Other"
    assert [row["title"] for row in owner.get("/api/v1/sources").json()["items"]] == ["Other"]
    assert tools.known(Source.objects.get()).secrets["password"] == "well kept"

    assert owner.delete(f"/api/v1/sources/{number}").status_code == 204
    assert owner.get(f"/api/v1/sources/{number}").status_code == 404


def test_every_fault_is_named_by_its_field(owner: Client) -> None:
    wrong = said(url="ftp://x", secrets={}, kinds=["dreams"], interval_minutes=0, title=" ")
    answer = owner.post("/api/v1/sources", wrong, JSON)
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["fields"]} == {
        "title", "url", "password", "kinds", "interval_minutes",
    }  # fmt: skip
    assert not Source.objects.exists()


def test_a_used_source_stays(owner: Client) -> None:
    source = make.source()
    Source.objects.update(sessions_new=1)
    answer = owner.delete(f"/api/v1/sources/{source.pk}")
    assert (answer.status_code, answer.json()["error"]) == (409, "in_use")


def test_pulling_is_started_once(owner: Client) -> None:
    source = make.source()
    first = owner.post(f"/api/v1/sources/{source.pk}/pull")
    second = owner.post(f"/api/v1/sources/{source.pk}/pull")
    assert first.status_code == second.status_code == 202
    assert first.json()["job"] == second.json()["job"] == Job.objects.get().pk


def test_a_source_is_paused_and_resumed(owner: Client) -> None:
    source = make.source()
    assert owner.post(f"/api/v1/sources/{source.pk}/pause").json()["state"] == "paused"
    assert owner.post(f"/api/v1/sources/{source.pk}/resume").json()["state"] == "active"


def test_the_log_speaks_in_words(owner: Client) -> None:
    source = make.source()
    PullLog.objects.create(
        source=source, trigger="hand", outcome="failed", trouble="broken", started_at=make.AT
    )
    PullLog.objects.create(
        source=source,
        trigger="hand",
        outcome="ok",
        warnings=[["clock_ahead", {"count": 480}]],
        started_at=make.AT,
    )
    rows = owner.get(f"/api/v1/sources/{source.pk}/pulls").json()["items"]
    assert [row["outcome"] for row in rows] == ["ok", "failed"]
    assert "480" in rows[0]["said"][0]
    assert rows[1]["said"]


def test_a_connection_is_tried(owner: Client, server: Fake) -> None:
    good = said(
        url=server.url, secrets={"password": fakes.PASSWORD}, fingerprint=fakes.certificate()[2]
    )
    assert owner.post("/api/v1/sources/try", good, JSON).json()["devices"] == 1
    bad = owner.post("/api/v1/sources/try", good | {"secrets": {"password": "wrong"}}, JSON)
    assert (bad.status_code, bad.json()["error"]) == (422, "refused")
    assert not Source.objects.exists()


def test_only_who_may_does(client: Client, who: People) -> None:
    source = make.source()
    assert client.get("/api/v1/sources").status_code == 401
    client.force_login(who.technician)
    assert client.get("/api/v1/sources").status_code == 403
    client.force_login(who.colleague)
    assert client.get(f"/api/v1/sources/{source.pk}").status_code == 200
    assert client.post("/api/v1/sources", said(), JSON).status_code == 403
    assert client.put(f"/api/v1/sources/{source.pk}", said(), JSON).status_code == 403


def test_the_tools_say_what_they_ask_for(owner: Client) -> None:
    told = {tool["tool"]: tool for tool in owner.get("/api/v1/tools").json()["items"]}
    assert told["meshcentral"]["listens"] is True
    assert told["teamviewer"]["url"] == "https://webapi.teamviewer.com"
    asked = {field["name"]: field["secret"] for field in told["anydesk"]["fields"]}
    assert asked["password"] is True
    assert asked["license"] is False


def test_another_tool_is_connected_by_its_own_fields(owner: Client) -> None:
    body = {"tool": "anydesk", "title": "AnyDesk", "secrets": {"password": "well kept"}}
    missing = owner.post("/api/v1/sources", body, JSON)
    assert [fault["field"] for fault in missing.json()["fields"]] == ["license"]

    made = owner.post("/api/v1/sources", body | {"fields": {"license": "1438129266231705"}}, JSON)
    assert made.status_code == 201
    assert made.json()["url"] == "https://v1.api.anydesk.com:8081"
    assert made.json()["fields"]["license"] == "1438129266231705"

    number = made.json()["id"]
    change = {"title": "AnyDesk 2", "fields": {"license": "1438129266231705"}}
    changed = owner.put(f"/api/v1/sources/{number}", change, JSON).json()
    assert (changed["tool"], changed["title"]) == ("anydesk", "AnyDesk 2")
    other = owner.put(f"/api/v1/sources/{number}", change | {"tool": "teamviewer"}, JSON)
    assert [fault["field"] for fault in other.json()["fields"]] == ["tool"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "x" * 81), ("url", "https://" + "x" * 300), ("tool", "telepathy")],
)
def test_what_is_too_long_or_unknown_is_a_fault(owner: Client, field: str, value: str) -> None:
    answer = owner.post("/api/v1/sources", said(**{field: value}), JSON)
    assert [fault["field"] for fault in answer.json()["fields"]] == [field]


def test_a_key_is_told_once_and_deliveries_are_listed(owner: Client) -> None:
    said_ = {"title": "Own tool", "tool": "webhook"}
    number = owner.post("/api/v1/sources", said_, JSON).json()["id"]
    first = owner.post(f"/api/v1/sources/{number}/keys")
    assert first.status_code == 201
    assert first.json()["key"].startswith("whsec_")
    assert first.json()["path"] == f"/hooks/{number}/"
    assert owner.delete(f"/api/v1/sources/{number}/keys/previous").status_code == 204

    assert owner.post(f"/hooks/{number}/", b"{}", JSON).status_code == 401
    (row,) = owner.get(f"/api/v1/sources/{number}/deliveries").json()["items"]
    assert (row["outcome"], row["reason"], len(row["said"])) == ("refused", "not_signed", 1)

    mesh = owner.post("/api/v1/sources", said(), JSON).json()["id"]
    assert owner.post(f"/api/v1/sources/{mesh}/keys").status_code == 404
    assert owner.get(f"/api/v1/sources/{mesh}/deliveries").status_code == 404
