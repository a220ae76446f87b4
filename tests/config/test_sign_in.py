import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from tests import people

from canone.base.access import services as access
from canone.base.access.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "words"), [("it", "password"), ("fr", "mot de passe")])
def test_who_forgot_the_password_gets_a_link_by_mail(
    client: Client, language: str, words: str
) -> None:
    owner = people.people().owner
    access.set_password(user=owner, password="montagna-lago-7")
    header = {"Accept-Language": language}
    url = reverse("account_reset_password")
    assert client.post(url, {"email": owner.email}, headers=header).status_code == 302
    [message] = mail.outbox
    assert message.to == [owner.email]
    assert words in message.body.lower()
    found = re.search(r"https?://testserver(/accounts/password/reset/key/\S+)", message.body)
    assert found
    form = client.get(found[1], follow=True)
    typed = {"password1": "lago-montagna-8", "password2": "lago-montagna-8"}
    client.post(form.request["PATH_INFO"], typed)
    assert User.objects.get(pk=owner.pk).check_password("lago-montagna-8")


def test_who_does_not_exist_is_answered_alike(client: Client) -> None:
    answer = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert answer.status_code == 302
    assert mail.outbox == []


def test_signing_in_leads_where_one_wanted_to_go(client: Client) -> None:
    owner = people.people().owner
    access.set_password(user=owner, password="montagna-lago-7")
    asked = client.get(reverse("people"))
    assert asked.status_code == 302
    typed = {"login": "OWNER@example.com ", "password": "montagna-lago-7"}
    answer = client.post(asked["Location"], typed | {"next": reverse("people")})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("people")


def test_a_foreign_address_is_not_followed(client: Client) -> None:
    owner = people.people().owner
    access.set_password(user=owner, password="montagna-lago-7")
    typed = {"login": owner.email, "password": "montagna-lago-7", "next": "https://evil.example"}
    assert client.post(reverse("account_login"), typed)["Location"] == "/"
    client.post(reverse("set_language"), {"language": "fr", "next": "https://evil.example"})
    sent = {"page": "x", "name": "y", "query": "", "path": "https://evil.example"}
    assert client.post(reverse("ui:view_save"), sent)["Location"].startswith("/")
