"""What a session through the provider is worth, and how somebody shows again who they are."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse
from tests import people
from tests.channels.connectors.little import Little
from tests.config.oidc.coming import ENGLISH, NOW, come, enter, signed_in
from tests.config.oidc.issuer import Issuer

from canone.base.access import services
from canone.base.access.functions import Role
from canone.base.access.models import User

pytestmark = pytest.mark.django_db


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def asked(self, technician: User) -> None:
        services.ask_second_factor(roles=[Role.TECHNICIAN], at=NOW, by=None)

    def test_a_role_that_needs_one_is_led_to_set_it_up(
        self, client: Client, issuer: Issuer
    ) -> None:
        come(client)
        assert client.get("/me/")["Location"] == reverse("mfa_index")

    def test_unless_the_providers_own_counts(
        self, client: Client, technician: User, serving: tuple[Issuer, Little]
    ) -> None:
        enter(serving[0], is_second_factor=True)
        come(client)
        assert client.get("/me/").status_code == 200
        enter(serving[0], is_second_factor=False)
        assert client.get("/me/")["Location"] == reverse("mfa_index")
        by_password = Client()
        enter(serving[0], is_second_factor=True)
        typed = {"login": technician.email, "password": "montagna-lago-7"}
        by_password.post(reverse("account_login"), typed)
        assert by_password.get("/me/")["Location"] == reverse("mfa_index")

    def test_who_has_one_is_asked_for_it(
        self, client: Client, technician: User, serving: tuple[Issuer, Little]
    ) -> None:
        totp.TOTP.activate(technician, totp.generate_totp_secret())
        enter(serving[0])
        assert come(client)["Location"] == reverse("mfa_authenticate")
        assert signed_in(client) == ""
        enter(serving[0], is_second_factor=True)
        come(client)
        assert signed_in(client) == technician.email


class TestAgain:
    """Who signed in through the provider shows it there again, before what matters."""

    @pytest.fixture
    def owner(self, issuer: Issuer, client: Client) -> User:
        owner = people.people().owner
        owner.language = "en"
        owner.set_unusable_password()
        owner.save()
        issuer.person |= {"email": owner.email}
        come(client)
        assert signed_in(client) == owner.email
        session = client.session
        for record in session["account_authentication_methods"]:
            record["at"] -= 3600
        session.save()
        return owner

    def test_what_was_wanted_goes_on_afterwards(
        self, client: Client, owner: User, issuer: Issuer
    ) -> None:
        asked = client.post(reverse("person_new"), {"name": "Nobody"})
        assert asked["Location"].startswith(reverse("oidc_again"))
        page = client.get(asked["Location"], **ENGLISH).content.decode()
        assert "Through Acme ID" in page
        answer = come(client, next=reverse("person_new"))
        assert answer.status_code == 422  # what was sent went on, and lacks an address
        assert "Nobody" in answer.content.decode()
        assert client.get(reverse("person_new")).status_code == 200

    def test_a_provider_that_did_not_ask_shows_nothing(
        self, client: Client, owner: User, issuer: Issuer
    ) -> None:
        issuer.proves_again = False
        answer = come(client, next=reverse("person_new"))
        assert "did not ask you again" in answer.content.decode()
        assert client.get(reverse("person_new")).status_code == 302

    def test_somebody_else_shows_nothing(self, client: Client, owner: User, issuer: Issuer) -> None:
        issuer.person |= {"sub": "another"}
        answer = come(client, next=reverse("person_new"))
        assert "somebody else" in answer.content.decode()
        assert signed_in(client) == owner.email

    def test_a_second_factor_is_not_set_up_without(
        self, client: Client, owner: User, issuer: Issuer
    ) -> None:
        asked = client.get(reverse("mfa_activate_totp"))
        assert asked["Location"].startswith(reverse("oidc_again"))
