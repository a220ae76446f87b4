"""What the pages do, a program does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.make import access, webhooks

from canone.base.access.functions import Role
from canone.base.tasks.worker import drain
from canone.channels.webhooks.models import Delivery, Hook

pytestmark = pytest.mark.django_db
AT = webhooks.AT


class Api:
    """A program with a token of an owner."""

    def __init__(self) -> None:
        self.owner = access.user(Role.OWNER)
        self.headers = {"Authorization": f"Bearer {access.token(self.owner)}"}

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = Client().generic(
            method,
            f"/api/v1/{path}",
            data="" if body is None else json.dumps(body),
            content_type="application/json",
            headers=self.headers,
        )
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None


@pytest.fixture
def ask() -> Api:
    return Api()


def test_the_whole_life_of_a_webhook(ask: Api) -> None:
    with webhooks.receiver() as receiver:
        facts = [one["code"] for one in ask("GET", "webhooks/facts")["items"]]
        assert "party.created" in facts
        given = {"name": "ERP", "url": receiver.url, "facts": ["party.created"]}
        refused = ask("POST", "webhooks", given, 422)
        assert [one["field"] for one in refused["fields"]] == ["url"]
        made = ask("POST", "webhooks", given | {"is_inside_allowed": True}, 201)
        path = f"webhooks/{made['id']}"
        assert made["secret"].startswith("whsec_")
        assert "secret" not in ask("GET", path)
        webhooks.party()
        sent = ask("POST", f"{path}/test", status=202)
        assert sent["fact"] == "webhook.test"
        drain()
        told = ask("GET", f"{path}/deliveries?state=done")["items"]
        assert {one["fact"] for one in told} == {"party.created", "webhook.test"}
        row = next(one for one in told if one["fact"] == "party.created")
        whole = ask("GET", f"{path}/deliveries/{row['id']}")
        assert whole["data"]["name"] == "Officine Brambilla"
        (attempt,) = ask("GET", f"{path}/deliveries/{row['id']}/attempts")["items"]
        assert (attempt["status"], attempt["answer"]) == (200, "ok")
        assert ask("POST", f"{path}/deliveries/{row['id']}/withdraw", status=409)
        assert ask("POST", f"{path}/deliveries/{row['id']}/again")["state"] == "waiting"
        assert ask("POST", f"{path}/deliveries/{row['id']}/withdraw")["state"] == "withdrawn"
        period = {"start": "2026-01-01T00:00:00Z", "end": "2030-01-01T00:00:00Z"}
        again = ask("POST", f"{path}/deliveries/again", period)
        assert again == {"deliveries": 1}
        assert ask("POST", f"{path}/deliveries/withdraw") == {"deliveries": 1}
        rotated = ask("POST", f"{path}/secret", {"overlap_hours": 1}, 201)
        assert rotated["secret"] != made["secret"]
        assert rotated["previous_until"]
        assert ask("PATCH", path, {"name": "Altro"})["name"] == "Altro"
        assert ask("POST", f"{path}/off")["is_active"] is False
        assert ask("POST", f"{path}/on")["is_active"] is True
        ask("DELETE", path, status=204)
        ask("GET", path, status=404)
        assert not Hook.objects.exists()
        assert not Delivery.objects.exists()


def test_webhooks_are_described_for_programs(ask: Api) -> None:
    said = ask("GET", "openapi.json")["webhooks"]
    charge = said["charge.posted"]["post"]["requestBody"]["content"]["application/json"]
    assert charge["schema"]["properties"]["data"]["properties"]["amount"]["format"] == "decimal"
