"""The mail server's page: entered, tried, kept sealed, and the environment before it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import people
from tests.make import smtp

from canone.base.mail import queries
from canone.base.mail.models import MailServer, OutgoingMail
from canone.base.mail.services import Letter, queue
from canone.base.tasks import worker

pytestmark = pytest.mark.django_db
PAGE = "/settings/mail/server/"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRET = "molto segreta"


@pytest.fixture
def owner(client: Client, settings: Any) -> Client:
    settings.MAIL_SERVER = {}
    client.force_login(people.people().owner)
    return client


def entered(running: smtp.Server, **changes: str) -> dict[str, str]:
    host, port = running.server_address[:2]
    typed = {"host": str(host), "port": str(port), "security": "none", "sender": "us@example.com"}
    return typed | {"username": "", "password": ""} | changes


def test_a_test_goes_out_before_anything_is_kept(owner: Client) -> None:
    with smtp.server() as running:
        page = owner.post(PAGE, entered(running) | {"try": "1"})
        [(to, message)] = running.received
        [note] = page.context["head"].notes
        assert (to, note.kind) == ("owner@example.com", "done")
        assert "us@example.com" in message["From"]
        running.refuse["owner@example.com"] = "550 unknown here"
        page = owner.post(PAGE, entered(running, username="u", password=SECRET) | {"try": "1"})
    [note] = page.context["head"].notes
    assert note.kind == "stop"
    assert SECRET in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert not MailServer.objects.exists()


def test_waiting_mail_goes_out_once_a_server_is_entered(owner: Client) -> None:
    letter = Letter(to="c@example.com", language="it", subject="Salve", text="Testo")
    mail = queue(letter, at=AT, by=None)
    with smtp.server() as running:
        assert owner.post(PAGE, entered(running)).status_code == 302
        worker.drain()
        assert [to for to, _message in running.received] == ["c@example.com"]
    mail.refresh_from_db()
    assert mail.state == OutgoingMail.State.SENT


def test_the_password_is_sealed_and_stays_with_its_server(owner: Client) -> None:
    with smtp.server() as running:
        typed = entered(running, username="u", password=SECRET)
        owner.post(PAGE, typed)
        row = MailServer.objects.get()
        assert SECRET not in row.password
        assert SECRET not in owner.get(PAGE).content.decode()
        assert queries.server()["password"] == SECRET
        owner.post(PAGE, typed | {"password": "", "port": "2525"})
        assert queries.server()["password"] == SECRET
        owner.post(PAGE, typed | {"password": "", "host": "elsewhere.example"})
        assert queries.server()["password"] == ""
        assert not MailServer.history.filter(host="127.0.0.1").values().first().get("password")


def test_a_password_of_another_secret_is_said_and_nothing_is_lost(
    owner: Client, settings: Any
) -> None:
    with smtp.server() as running:
        owner.post(PAGE, entered(running, username="u", password=SECRET))
        settings.SECRET_KEY = "another"
        letter = Letter(to="c@example.com", language="it", subject="Salve", text="Testo")
        mail = queue(letter, at=AT, by=None)
        worker.drain()
        assert running.received == []
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (OutgoingMail.State.QUEUED, 1)
    assert mail.error


def test_the_environment_wins(owner: Client, settings: Any) -> None:
    with smtp.server() as running:
        settings.MAIL_SERVER = running.address
        page = owner.get(PAGE)
        assert "form" not in page.context
        page = owner.post(reverse("mail_server_try"), follow=True)
        assert [to for to, _message in running.received] == ["owner@example.com"]


def test_without_a_server_there_is_nothing_to_try(owner: Client) -> None:
    assert owner.post(reverse("mail_server_try"))["Location"] == PAGE


def test_a_server_that_does_not_answer_is_a_note(owner: Client) -> None:
    with smtp.server() as running:
        running.hang_up = True
        page = owner.post(PAGE, entered(running) | {"try": "1"})
    assert page.context["head"].notes[0].kind == "stop"


def test_only_owners_enter_it(client: Client) -> None:
    folk = people.people()
    for user in (folk.colleague, folk.technician, folk.customer, folk.stranger):
        client.force_login(user)
        assert client.get(PAGE).status_code == 404
        assert client.post(reverse("mail_server_try")).status_code == 404
