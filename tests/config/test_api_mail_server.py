"""The mail server through the API: what its page can do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.make import access, smtp

from canone.base.mail import queries

pytestmark = pytest.mark.django_db
URL = "/api/v1/mail-server"
SECRET = "molto segreta"


@pytest.fixture
def program(client: Client, settings: Any) -> Client:
    settings.MAIL_SERVER = {}
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(people.people().owner)}"
    return client


def put(program: Client, **said: Any) -> Any:
    return program.put(URL, json.dumps(said), content_type="application/json")


def test_it_is_entered_and_its_password_never_told(program: Client) -> None:
    assert program.get(URL).json()["host"] == ""
    first = put(program, host="smtp.example.com", username="canone", password=SECRET)
    assert first.status_code == 200
    assert SECRET not in first.content.decode()
    assert first.json() == program.get(URL).json()
    assert (first.json()["port"], first.json()["security"]) == (587, "starttls")
    assert put(program, host="smtp.example.com", username="canone", port=25).json()["has_password"]
    kept = queries.stored()
    assert kept is not None
    assert queries.opened(kept).password == SECRET
    assert not put(program, host="other.example.com", username="canone").json()["has_password"]
    wrong = put(program, host="smtp.example.com", sender="nobody")
    assert [fault["field"] for fault in wrong.json()["fields"]] == ["sender"]


def test_a_test_goes_to_the_caller(program: Client) -> None:
    assert program.post(f"{URL}/try").status_code == 409
    with smtp.server() as running:
        host, port = running.server_address[:2]
        put(program, host=str(host), port=port, security="none", sender="us@example.com")
        assert program.post(f"{URL}/try").json() == {"taken": True, "said": ""}
        assert [to for to, _message in running.received] == ["owner@example.com"]
        running.refuse["owner@example.com"] = "550 unknown here"
        told = program.post(f"{URL}/try").json()
    assert not told["taken"]
    assert "unknown here" in told["said"]


def test_what_the_environment_names_is_read_and_not_changed(program: Client, settings: Any) -> None:
    settings.MAIL_SERVER = {
        "host": "smtp.example.com", "port": 465, "username": "", "password": SECRET,
        "use_tls": False, "use_ssl": True,
    }  # fmt: skip
    told = program.get(URL).json()
    assert (told["host"], told["security"], told["is_fixed"]) == ("smtp.example.com", "tls", True)
    assert SECRET not in json.dumps(told)
    assert put(program, host="other.example.com").status_code == 409
