"""How users come in, through the API: what the pages for users can do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.make import access
from tests.people import People, people

from canone.base.access import queries, services
from canone.base.access.functions import Role
from canone.base.access.models import IdempotencyKey, User
from canone.base.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> People:
    return people()


def send(user: User, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {access.token(user)}"}
    answer = Client(headers=headers).generic(
        method, f"/api/v1{path}", json.dumps(body), content_type="application/json"
    )
    return answer.status_code, json.loads(answer.content or b"null")


def test_an_invitation_is_made_renewed_and_withdrawn(who: People) -> None:
    url = f"/users/{who.technician.pk}/invitation"
    status, first = send(who.owner, "POST", url, {})
    assert status == 201
    assert not OutgoingMail.objects.exists()
    _status, second = send(who.owner, "POST", url, {"by_mail": True})
    assert OutgoingMail.objects.get().to == who.technician.email
    assert Client().get(first["link"]).status_code == 404
    assert Client().get(second["link"]).status_code == 200
    listed = send(who.owner, "GET", "/invitations?state=open")[1]["items"]
    assert [(one["user_id"], one["state"]) for one in listed] == [(who.technician.pk, "open")]
    assert second["link"].split("/")[-2] not in json.dumps(listed)
    assert send(who.owner, "DELETE", url)[0] == 204
    assert send(who.owner, "DELETE", url)[0] == 409
    assert Client().get(second["link"]).status_code == 404
    assert send(who.owner, "GET", "/invitations?state=open")[1]["items"] == []
    assert send(who.owner, "GET", "/invitations")[1]["items"][0]["state"] == "withdrawn"


def test_a_link_that_is_told_once_is_not_kept_in_the_clear(who: People) -> None:
    text = access.token(who.owner)
    client = Client(headers={"authorization": f"Bearer {text}", "idempotency-key": "once"})
    url = f"/api/v1/users/{who.technician.pk}/invitation"
    first, second = [client.post(url, "{}", content_type="application/json") for _ in range(2)]
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    secret = first.json()["link"].split("/")[-2]
    assert secret not in IdempotencyKey.objects.get().answer


def test_states_of_invitations_are_told_apart(who: People) -> None:
    now = timezone.now()
    services.invite(user=who.technician, at=now - timedelta(days=8), by=None)
    _made, secret = services.invite(user=who.colleague, at=now, by=None)
    services.accept_invitation(secret=secret, password="montagna-lago-7", at=now)
    for state, user in (("run_out", who.technician), ("used", who.colleague)):
        items = send(who.owner, "GET", f"/invitations?state={state}")[1]["items"]
        assert [(one["user_id"], one["state"]) for one in items] == [(user.pk, state)]


def test_who_is_switched_off_is_not_invited(who: People) -> None:
    services.deactivate(user=who.technician, at=timezone.now(), by=None)
    status, said = send(who.owner, "POST", f"/users/{who.technician.pk}/invitation", {})
    assert (status, said["error"]) == (409, "not_possible")


def test_a_changed_address_ends_the_invitation(who: People) -> None:
    services.invite(user=who.technician, at=timezone.now(), by=None)
    send(who.owner, "PATCH", f"/users/{who.technician.pk}", {"email": "new@example.com"})
    assert not queries.invitations(state="open", at=timezone.now()).exists()


def test_sessions_are_listed_and_ended(who: People) -> None:
    services.set_password(user=who.technician, password="montagna-lago-7")
    browsers = [Client(), Client()]
    typed = {"login": who.technician.email, "password": "montagna-lago-7"}
    for browser in browsers:
        browser.post(reverse("account_login"), typed)
    door = send(who.owner, "GET", f"/users/{who.technician.pk}/door")[1]
    assert (door["has_password"], door["has_second_factor"], door["is_connected"]) == (
        True,
        False,
        False,
    )
    assert len(door["sessions"]) == 2
    url = f"/users/{who.technician.pk}/sessions"
    named = f"{url}?session={door['sessions'][0]['id']}"
    assert send(who.owner, "DELETE", named)[1] == {"count": 1}
    assert sorted(one.get("/me/").status_code for one in browsers) == [200, 302]
    assert send(who.owner, "DELETE", url)[1] == {"count": 1}
    assert [one.get("/me/").status_code for one in browsers] == [302, 302]


def test_second_factors_and_connections_are_taken(who: People) -> None:
    totp.TOTP.activate(who.technician, totp.generate_totp_secret())
    SocialAccount.objects.create(user=who.technician, provider="x", uid="y")
    url = f"/users/{who.technician.pk}"
    assert send(who.owner, "DELETE", f"{url}/second-factors")[1] == {"count": 1}
    assert not Authenticator.objects.exists()
    assert send(who.owner, "DELETE", f"{url}/provider")[0] == 204
    assert send(who.owner, "DELETE", f"{url}/provider")[0] == 409
    assert OutgoingMail.objects.count() == 2
    assert send(who.owner, "DELETE", f"/users/{who.owner.pk}/second-factors")[0] == 409


def test_roles_are_asked_for_a_second_factor(who: People) -> None:
    assert send(who.owner, "GET", "/sign-in")[1] == {"second_factor": []}
    assert send(who.owner, "PUT", "/sign-in", {"second_factor": ["owner"]})[0] == 200
    assert queries.roles_with_second_factor() == {Role.OWNER}
    assert send(who.owner, "PUT", "/sign-in", {"second_factor": ["king"]})[0] == 422


def test_names_in_other_tools_are_read_and_written(who: People) -> None:
    url = f"/users/{who.technician.pk}"
    changed = send(who.owner, "PATCH", url, {"aliases": ["tito", "t.galli"]})[1]
    assert changed["aliases"] == ["tito", "t.galli"]
    assert User.objects.get(pk=who.technician.pk).aliases == ["tito", "t.galli"]


def test_nobody_but_owners_does_any_of_it(who: People) -> None:
    pk = who.technician.pk
    for method, path in (
        ("GET", "/invitations"),
        ("POST", f"/users/{pk}/invitation"),
        ("DELETE", f"/users/{pk}/sessions"),
        ("DELETE", f"/users/{pk}/second-factors"),
        ("GET", f"/users/{pk}/door"),
        ("PUT", "/sign-in"),
    ):
        assert send(who.colleague, method, path, {})[0] == 403, path
