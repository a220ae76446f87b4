"""Invitations on the pages: mailed, handed over, renewed, withdrawn."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import kit, people
from tests.make import access

from canone.base.access import services
from canone.base.access.functions import Role
from canone.base.access.models import Invitation, User
from canone.base.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
NEW = {"name": "Pia Serra", "email": "pia@example.com", "language": "fr", "roles": ["technician"]}


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(people.people().owner)
    kit.confirm(client)
    return client


def link() -> str:
    found = re.search(r"/invitation/\S+/", OutgoingMail.objects.latest("pk").text)
    assert found
    return found[0]


def state(client: Client, user: User) -> str:
    return str(client.get(reverse("person", args=[user.pk])).context["head"].state.kind)


def test_it_goes_by_mail_in_the_language_of_the_invited(owner: Client) -> None:
    owner.post(reverse("person_new"), NEW | {"by_mail": "on"})
    user = User.objects.get(email="pia@example.com")
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.language) == (user.email, "fr")
    assert "Olga Conti vous invite" in mail.text
    assert state(owner, user) == "todo"
    page = Client().get(link())
    assert '<html lang="fr"' in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0")
    Client().post(link(), {"password": "trois chevaux"})
    assert state(owner, user) == "done"


def test_it_is_renewed_and_withdrawn(owner: Client) -> None:
    owner.post(reverse("person_new"), NEW | {"by_mail": "on"})
    user = User.objects.get(email="pia@example.com")
    first = link()
    owner.post(reverse("person_invite", args=[user.pk]), {"by": "mail"})
    second = link()
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    owner.post(reverse("person_invitation_withdraw", args=[user.pk]))
    assert Client().get(second).status_code == 404
    assert state(owner, user) == "idle"
    Invitation.objects.update(withdrawn_at=None, expires_at=timezone.now() - timedelta(days=1))
    assert state(owner, user) == "warn"
    assert Client().post(second, {"password": "trois chevaux"}).status_code == 404


def test_a_weak_password_is_said_at_its_field(client: Client) -> None:
    user = access.user(Role.TECHNICIAN)
    _made, secret = services.invite(user=user, at=timezone.now(), by=None)
    page = client.post(reverse("invitation", args=[secret]), {"password": "corta"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"password"}


def test_another_address_ends_the_link_and_tells_the_earlier_one(owner: Client) -> None:
    owner.post(reverse("person_new"), NEW | {"by_mail": "on"})
    user = User.objects.get(email="pia@example.com")
    old = link()
    owner.post(reverse("person_edit", args=[user.pk]), NEW | {"email": "other@example.com"})
    assert Client().get(old).status_code == 404
    assert OutgoingMail.objects.latest("pk").to == "pia@example.com"


def test_only_owners_invite(client: Client) -> None:
    folk = people.people()
    client.force_login(folk.colleague)
    for name in ("person_invite", "person_invitation_withdraw"):
        assert client.post(reverse(name, args=[folk.owner.pk])).status_code == 404
    assert not Invitation.objects.exists()
