"""The provider through the API: what its page can do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.config.oidc import issuer as issuers
from tests.config.oidc.issuer import CLIENT, SECRET, Issuer
from tests.make import access

from canone.base.access import queries
from canone.base.history.models import JournalEntry
from canone.config.oidc import asking

pytestmark = pytest.mark.django_db
URL = "/api/v1/sign-in/provider"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    asking.forget()
    with issuers.issuing() as (found, _little):
        yield found


@pytest.fixture
def program(client: Client) -> Client:
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(people.people().owner)}"
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def said(of: Issuer, **more: Any) -> dict[str, Any]:
    return {"name": "Acme ID", "issuer": of.url, "client_id": CLIENT, "secret": SECRET} | more


def put(program: Client, body: dict[str, Any]) -> Any:
    return program.put(URL, json.dumps(body), content_type="application/json")


def test_it_is_entered_read_and_taken_away(program: Client, issuer: Issuer) -> None:
    assert program.get(URL).status_code == 404
    assert program.delete(URL).status_code == 404
    hosts = ["A.example", "https://b.example/x"]
    answer = put(program, said(issuer, issuer=f"{issuer.url}/", hosts=hosts))
    assert answer.status_code == 200
    told = program.get(URL).json()
    assert told == answer.json()
    assert (told["issuer"], told["hosts"]) == (issuer.url, ["a.example", "b.example"])
    assert (told["has_secret"], told["is_active"], told["is_second_factor"]) == (True, True, False)
    assert told["callback"] == "http://testserver/accounts/oidc/callback/"
    assert JournalEntry.objects.filter(kind="access.provider").count() == 1
    assert program.delete(URL).status_code == 204
    assert queries.provider() is None


def test_the_secret_is_never_told_and_stays_with_its_issuer(
    program: Client, issuer: Issuer
) -> None:
    assert SECRET not in put(program, said(issuer)).content.decode()
    assert put(program, said(issuer, secret="", name="Other")).json()["has_secret"]
    kept = queries.provider()
    assert kept is not None
    assert queries.provider_secret(kept) == SECRET
    elsewhere = said(issuer, secret="", issuer="https://elsewhere.example")
    assert not put(program, elsewhere).json()["has_secret"]


def test_all_that_is_wrong_is_told_at_once(program: Client, issuer: Issuer) -> None:
    answer = put(program, said(issuer, issuer="http://elsewhere.example", hosts=["not a host"]))
    assert answer.status_code == 422
    faults = {fault["field"]: fault["detail"] for fault in answer.json()["fields"]}
    assert "is no address that can be asked" in faults["issuer"]
    assert faults["hosts"] == "This is no host: not a host"
    assert queries.provider() is None


def test_a_try_says_what_was_found_and_keeps_nothing(program: Client, issuer: Issuer) -> None:
    def tried() -> dict[str, Any]:
        answer = program.post(f"{URL}/try", said(issuer), content_type="application/json")
        return dict(answer.json())

    assert tried()["answers"]
    issuer.description = {"authorization_endpoint": None}
    assert not tried()["answers"]
    assert "lacks “authorization_endpoint”" in tried()["text"]
    assert queries.provider() is None
