"""Signing in through a provider that speaks OpenID Connect, on the loopback."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from tests.channels.connectors.little import Little
from tests.config.oidc import issuer as issuers
from tests.config.oidc.coming import ENGLISH, NOW, back, come, enter, signed_in
from tests.config.oidc.issuer import CLIENT, SECRET, Issuer

from canone.base.access import queries, services
from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.history.models import JournalEntry
from canone.base.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


def test_the_sign_in_page_shows_the_button_only_while_a_provider_is_in_use(
    client: Client, technician: User, serving: tuple[Issuer, Little]
) -> None:
    url = reverse("account_login")
    assert "Acme ID" not in client.get(url, **ENGLISH).content.decode()
    enter(serving[0])
    assert "Sign in through Acme ID" in client.get(url, **ENGLISH).content.decode()
    enter(serving[0], is_active=False)
    assert "Acme ID" not in client.get(url, **ENGLISH).content.decode()
    assert client.post(reverse("oidc_start")).status_code == 404
    assert client.get(reverse("oidc_callback")).status_code == 404


def test_a_known_person_comes_in_and_is_told(
    client: Client, technician: User, issuer: Issuer
) -> None:
    answer = come(client, next="/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert signed_in(client) == technician.email
    assert issuer.faults == []
    [connection] = SocialAccount.objects.all()
    assert (connection.user, connection.uid) == (technician, "248289761001")
    assert connection.extra_data == {}
    assert UserSession.objects.filter(user=technician).count() == 1
    assert "canone_device" in client.cookies
    [message] = OutgoingMail.objects.all()
    assert message.to == technician.email
    assert User.objects.get(pk=technician.pk).check_password("montagna-lago-7")


def test_the_second_time_the_subject_counts_not_the_address(
    client: Client, technician: User, issuer: Issuer
) -> None:
    come(client)
    client.post(reverse("account_logout"))
    issuer.person |= {"email": "another@example.com", "email_verified": False}
    come(client)
    assert signed_in(client) == technician.email
    assert OutgoingMail.objects.count() == 1


def test_a_foreign_address_to_go_on_to_is_not_followed(
    client: Client, technician: User, issuer: Issuer
) -> None:
    assert come(client, next="https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"nonce": "of-somebody-else-s-try"}, "cannot be trusted"),
        ({"nonce": None}, "cannot be trusted"),
        ({"aud": "another-client"}, "cannot be trusted"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "cannot be trusted"),
        ({"aud": [CLIENT, "another"]}, "cannot be trusted"),
        ({"iss": "http://127.0.0.1:1"}, "cannot be trusted"),
        ({"exp": -600}, "has run out"),
        ({"exp": None}, "cannot be trusted"),
        ({"iat": 600}, "cannot be trusted"),
        ({"sub": ""}, "cannot be trusted"),
        ({"sub": "x" * 200}, "cannot be trusted"),
        ({"email_verified": False}, "does not vouch for your mail address"),
        ({"email_verified": None}, "does not vouch for your mail address"),
        ({"email": ""}, "does not vouch for your mail address"),
        ({"email": "nobody@example.com"}, "Nobody here has the address nobody@example.com"),
    ],
)
def test_what_is_not_right_lets_nobody_in(
    client: Client, technician: User, issuer: Issuer, claims: dict[str, Any], words: str
) -> None:
    now = int(time.time())  # instants are told as seconds from when the test runs
    issuer.claims = {
        name: value + now if isinstance(value, int) and name in ("exp", "iat") else value
        for name, value in claims.items()
    }
    answer = come(client)
    assert answer.status_code == 403
    assert words in answer.content.decode()
    assert signed_in(client) == ""
    assert not SocialAccount.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_the_providers_own_signature_is_refused(
    client: Client, technician: User, issuer: Issuer, algorithm: str
) -> None:
    issuer.algorithm = algorithm
    assert come(client).status_code == 403
    assert signed_in(client) == ""


def test_a_token_signed_by_somebody_else_is_refused(
    client: Client, technician: User, issuer: Issuer
) -> None:
    issuer.signs_with = issuers.new_key()
    assert come(client).status_code == 403
    assert signed_in(client) == ""


def test_an_answer_to_a_try_of_another_browser_is_refused(
    client: Client, technician: User, issuer: Issuer
) -> None:
    address = back(client)
    other = Client()
    answer = other.get(address, **ENGLISH)
    assert answer.status_code == 403
    assert "no longer valid" in answer.content.decode()
    assert signed_in(other) == ""


def test_an_answer_is_taken_once(client: Client, technician: User, issuer: Issuer) -> None:
    address = back(client)
    client.get(address)
    client.post(reverse("account_logout"))
    assert client.get(address).status_code == 403
    assert signed_in(client) == ""


def test_an_answer_that_names_another_issuer_is_refused(
    client: Client, technician: User, issuer: Issuer
) -> None:
    address = back(client).replace("iss=http", "iss=https")
    assert client.get(address).status_code == 403
    without = back(client).partition("&iss=")[0]
    assert client.get(without).status_code == 403
    assert signed_in(client) == ""


def test_who_breaks_off_is_told_that_nothing_happened(
    client: Client, technician: User, issuer: Issuer
) -> None:
    state = back(client).partition("state=")[2].partition("&")[0]
    url = f"{reverse('oidc_callback')}?error=access_denied&state={state}"
    assert "broken off" in client.get(url, **ENGLISH).content.decode()


def test_a_user_who_is_switched_off_does_not_come_in(
    client: Client, technician: User, issuer: Issuer
) -> None:
    come(client)
    client.post(reverse("account_logout"))
    services.deactivate(user=technician, at=NOW, by=None)
    for _time in range(2):
        answer = come(client)
        assert answer["Location"] == reverse("account_inactive")
        assert signed_in(client) == ""
        SocialAccount.objects.all().delete()


def test_a_door_closed_by_wrong_passwords_is_closed_here_too(
    client: Client, technician: User, issuer: Issuer, settings: Any
) -> None:
    settings.AXES_ENABLED = True
    wrong = {"login": technician.email, "password": "wrong"}
    for _try in range(settings.AXES_FAILURE_LIMIT):
        client.post(reverse("account_login"), wrong)
    assert come(client).status_code == 429
    assert signed_in(client) == ""


def test_the_address_may_stand_beside_the_token(
    client: Client, technician: User, issuer: Issuer
) -> None:
    issuer.claims = {"email": None, "email_verified": None}
    issuer.beside = {"email": technician.email.upper(), "email_verified": True}
    come(client)
    assert signed_in(client) == technician.email


def test_what_stands_beside_the_token_about_somebody_else_is_refused(
    client: Client, technician: User, issuer: Issuer
) -> None:
    issuer.claims = {"email": None}
    issuer.beside = {"email": technician.email, "email_verified": True, "sub": "another"}
    assert come(client).status_code == 403


def test_another_account_with_the_same_address_is_not_the_person(
    client: Client, technician: User, issuer: Issuer
) -> None:
    come(client)
    client.post(reverse("account_logout"))
    issuer.person |= {"sub": "somebody-new"}
    answer = come(client)
    assert "Another account at Acme ID" in answer.content.decode()
    assert signed_in(client) == ""
    owner = Client()
    owner.force_login(User.objects.get(email="owner@example.com"))
    taken = owner.post(reverse("person_provider", args=[technician.pk]))
    assert taken.status_code == 302
    assert JournalEntry.objects.filter(kind="access.disconnected").count() == 1
    come(client)
    assert signed_in(client) == technician.email


class TestInvited:
    @pytest.fixture
    def invited(self) -> User:
        at = datetime.now(UTC)
        user = services.create(
            email="tech@example.com", name="Tito", roles=[Role.TECHNICIAN], at=at, by=None
        )
        services.invite(user=user, at=at, by=None)
        return user

    def test_they_enter_without_a_password(
        self, client: Client, invited: User, issuer: Issuer
    ) -> None:
        come(client)
        assert signed_in(client) == invited.email
        invited.invitation.refresh_from_db()
        assert invited.invitation.used_at is not None
        assert not User.objects.get(pk=invited.pk).has_usable_password()

    def test_unless_the_owner_wants_a_password_first(
        self, client: Client, invited: User, serving: tuple[Issuer, Little]
    ) -> None:
        enter(serving[0], lets_invited_in=False)
        assert "Choose a password first" in come(client).content.decode()
        assert signed_in(client) == ""

    @pytest.mark.parametrize("how", ["withdrawn", "run out"])
    def test_a_closed_invitation_opens_nothing(
        self, client: Client, invited: User, issuer: Issuer, how: str
    ) -> None:
        if how == "withdrawn":
            services.withdraw_invitation(user=invited, at=datetime.now(UTC), by=None)
        else:
            services.invite(user=invited, at=NOW - timedelta(days=8), by=None)
        assert "withdrawn or has run out" in come(client).content.decode()
        assert signed_in(client) == ""


def test_nobody_signs_up_and_no_page_of_another_house_shows(
    client: Client, technician: User, issuer: Issuer
) -> None:
    for path in ("3rdparty/", "3rdparty/signup/", "social/signup/", "oidc/x/login/"):
        assert client.get(f"/accounts/{path}").status_code == 404
    client.force_login(technician)
    technician.set_unusable_password()
    technician.save()
    client.force_login(technician)
    page = client.get(reverse("account_set_password")).content.decode()
    assert "Scelta della password" in page
    assert 'class="cn-panel"' in page


def test_the_secret_is_sealed_and_in_no_history(issuer: Issuer) -> None:
    row = queries.provider()
    assert row is not None
    assert SECRET not in row.secret
    assert queries.provider_secret(row) == SECRET
    assert not hasattr(row.history.get(), "secret")
