"""What everybody decides for themselves, through the API: profile, sessions, tokens."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import people
from tests.make import access
from tests.people import People

from canone.base.access import services

pytestmark = pytest.mark.django_db
ME, TOKENS, SESSIONS = "/api/v1/me", "/api/v1/me/tokens", "/api/v1/me/sessions"


@pytest.fixture
def who() -> People:
    return people.people()


@pytest.fixture
def program(client: Client, who: People) -> Client:
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(who.technician)}"
    return client


def patch(program: Client, **said: Any) -> Any:
    return program.patch(ME, json.dumps(said), content_type="application/json")


def test_what_is_sent_changes_and_the_rest_stays(program: Client, who: People) -> None:
    told = patch(program, language="fr", density="roomy", single_keys=False).json()
    assert told == program.get(ME).json()
    assert (told["name"], told["language"], told["density"]) == ("Tito Galli", "fr", "roomy")
    assert (told["single_keys"], told["roles"]) == (False, ["technician"])
    for wrong in ({"name": ""}, {"theme": "pink"}, {"language": "de"}):
        answer = patch(program, **wrong)
        assert [fault["field"] for fault in answer.json()["fields"]] == list(wrong)
    assert patch(program, email="x@example.com").status_code == 200
    who.technician.refresh_from_db()
    assert who.technician.email == "tech@example.com"


def test_tokens_are_listed_without_their_text_and_taken_back(program: Client, who: People) -> None:
    row, text = services.create_token(
        user=who.technician, name="Vecchio", scopes=["*"], at=timezone.now() - timedelta(days=9)
    )
    foreign, _text = services.create_token(
        user=who.owner, name="Altrui", scopes=["*"], at=timezone.now()
    )
    listed = program.get(TOKENS)
    assert [one["name"] for one in listed.json()["items"]] == ["Vecchio", "Test"]
    assert text.split("_", 2)[2] not in listed.content.decode()
    assert program.delete(f"{TOKENS}/{foreign.pk}").status_code == 404
    for _time in (1, 2):
        assert program.delete(f"{TOKENS}/{row.pk}").status_code == 204
    assert Client().get(ME, headers={"authorization": f"Bearer {text}"}).status_code == 401
    assert program.get(ME).status_code == 200


def test_no_token_makes_another(program: Client) -> None:
    assert program.post(TOKENS, "{}", content_type="application/json").status_code == 405


def test_sessions_are_listed_and_ended(who: People) -> None:
    browsers = [Client(), Client(), Client()]
    for browser in browsers:
        browser.force_login(who.technician)
        browser.get(reverse("own"))
    stranger = Client()
    stranger.force_login(who.owner)
    stranger.get(reverse("own"))
    asks = browsers[0]
    listed = asks.get(SESSIONS).json()["items"]
    assert sorted(one["is_current"] for one in listed) == [False, False, True]
    foreign = UserSession.objects.get(user=who.owner)
    end = f"{SESSIONS}?session="
    assert asks.delete(f"{end}{foreign.pk}").json() == {"count": 0}
    named = next(one["id"] for one in listed if not one["is_current"])
    assert asks.delete(f"{end}{named}").json() == {"count": 1}
    assert asks.delete(SESSIONS).json() == {"count": 1}
    assert [one["is_current"] for one in asks.get(SESSIONS).json()["items"]] == [True]
    program = Client(headers={"authorization": f"Bearer {access.token(who.technician)}"})
    assert program.delete(SESSIONS).json() == {"count": 1}
    assert UserSession.objects.get() == foreign
