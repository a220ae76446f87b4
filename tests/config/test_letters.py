from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import kit
from tests.people import People, people

from canone.base.access import services as access
from canone.base.mail import registry, services
from canone.base.mail.models import MailTemplate, OutgoingMail

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEY = "allowances/low"


@pytest.fixture
def who(client: Client) -> People:
    made = people()
    client.force_login(made.owner)
    return made


def queue(number: int = 0) -> OutgoingMail:
    words = dict(registry.get(KEY).sample)
    letter = services.Letter(to=f"a{number}@example.com", language="it", template=KEY, words=words)
    return services.queue(letter, at=AT, by=None)


@pytest.mark.usefixtures("who")
def test_the_outbox_shows_withdraws_and_sends_again(client: Client) -> None:
    mail = queue()
    assert "a0@example.com" in client.get(reverse("mails")).content.decode()
    shown = client.get(reverse("mail", args=[mail.pk])).content.decode()
    assert "Officine Brambilla" in shown
    client.post(reverse("mail_withdraw", args=[mail.pk]))
    mail.refresh_from_db()
    assert mail.state == OutgoingMail.State.CANCELLED
    client.post(reverse("mail_retry", args=[mail.pk]))
    mail.refresh_from_db()
    assert mail.state == OutgoingMail.State.QUEUED


def test_a_link_to_enter_is_shown_to_nobody_but_its_recipient(
    client: Client, who: People, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "canone.config.outbox.OutboxBackend"
    client.post(reverse("account_logout"))
    access.set_password(user=who.owner, password="montagna-lago-7")
    client.post(reverse("account_reset_password"), {"email": who.owner.email})
    typed = {"login": who.owner.email, "password": "montagna-lago-7"}
    client.post(reverse("account_login"), typed)
    client.post(reverse("person_invite", args=[who.colleague.pk]), {"by": "mail"})
    letters = list(OutgoingMail.objects.all())
    links = [word for letter in letters for word in letter.text.split() if "://" in word]
    ways = [link for link in links if "/invitation/" in link or "/reset/key/" in link]
    assert len(ways) == 2
    client.force_login(who.colleague)
    for letter in letters:
        shown = client.get(reverse("mail", args=[letter.pk])).content.decode()
        assert not [way for way in ways if way.rstrip("/").rpartition("/")[2] in shown]
        assert "/***" in shown


@pytest.mark.usefixtures("who")
def test_the_outbox_asks_a_fixed_number_of_queries(client: Client) -> None:
    queue()
    kit.assert_fixed_queries(client, reverse("mails"), lambda: [queue(n) for n in range(1, 12)])


@pytest.mark.usefixtures("who")
def test_a_text_is_replaced_tried_and_restored(client: Client) -> None:
    url = reverse("mail_text", args=[KEY, "it"])
    assert "{{ title }}" in client.get(url).content.decode()
    wrong = client.post(url, {"subject": "x", "body": "{{ nonsense }}"})
    assert wrong.status_code == 422
    assert "{{ nonsense }}" in wrong.content.decode()
    client.post(url, {"subject": "Ore di {{ customer }}", "body": "Restano {{ left }}.\r\n"})
    assert queue().subject == "Ore di Officine Brambilla S.r.l."
    assert MailTemplate.objects.get().body == "Restano {{ left }}.\n"
    client.post(reverse("mail_text_restore", args=[KEY, "it"]))
    assert not MailTemplate.objects.exists()


@pytest.mark.usefixtures("who")
def test_the_preview_fills_the_words_in(client: Client) -> None:
    url = reverse("mail_text_preview", args=[KEY, "fr"])
    shown = client.post(url, {"subject": "<b>", "body": "{{ customer }}"}).content.decode()
    assert "Officine Brambilla" in shown
    assert "<b>" not in shown
    assert "{{ no }}" in client.post(url, {"subject": "x", "body": "{{ no }}"}).content.decode()


def test_every_mail_has_its_text_in_every_language(client: Client, who: People) -> None:
    page = client.get(reverse("mail_texts")).content.decode()
    for kind in registry.all_mails():
        for language in ("it", "fr", "en"):
            url = reverse("mail_text", args=[kind.key, language])
            assert url in page
            text = services.texts.source(kind.key, language)
            filled: Any = services.texts.fill(text, kind.sample)
            assert filled.subject
            assert filled.body.strip()


def test_who_may_not_see_it_gets_404(client: Client, who: People) -> None:
    mail = queue()
    for user in (who.technician, who.customer, who.stranger):
        client.force_login(user)
        assert client.get(reverse("mails")).status_code == 404
        assert client.get(reverse("mail", args=[mail.pk])).status_code == 404
        assert client.post(reverse("mail_retry", args=[mail.pk])).status_code == 404
    client.force_login(who.colleague)
    assert client.get(reverse("mails")).status_code == 200
    assert client.get(reverse("mail_texts")).status_code == 404
    assert client.get(reverse("mail_text", args=[KEY, "it"])).status_code == 404
    client.force_login(who.owner)
    assert client.get(reverse("mail_text", args=["no/such", "it"])).status_code == 404
    assert client.get(reverse("mail_text", args=[KEY, "xx"])).status_code == 404
