"""Outgoing mail, its texts and undelivered events through the API: what their pages can do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.make import access
from tests.people import People

from canone.base.events.models import Delivery, Event
from canone.base.mail import registry, services
from canone.base.mail.models import MailTemplate, OutgoingMail

pytestmark = pytest.mark.django_db
MAILS, TEXTS, UNDELIVERED = "/api/v1/mails", "/api/v1/mail-texts", "/api/v1/undelivered"
KEY = "allowances/low"
URL = f"{TEXTS}/{KEY}/it"
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
State = OutgoingMail.State


@pytest.fixture
def who() -> People:
    return people.people()


@pytest.fixture
def program(client: Client, who: People) -> Client:
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(who.owner)}"
    return client


def letter(to: str = "a@example.com", text: str = "Prova", state: str = "queued") -> OutgoingMail:
    said = services.Letter(to, "it", subject=f"Per {to}", text=text)
    mail = services.queue(said, at=AT, by=None)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state)
    return mail


def send(program: Client, method: str, url: str, **said: Any) -> Any:
    return program.generic(method, url, json.dumps(said), content_type="application/json")


def found(program: Client, **wanted: str) -> list[str]:
    return [row["to"] for row in program.get(MAILS, wanted).json()["items"]]


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return [fault["field"] for fault in answer.json()["fields"]]


def test_the_outbox_is_listed_and_read(program: Client) -> None:
    letter("a@example.com")
    failed = letter("b@example.com", state="failed")
    assert found(program) == ["b@example.com", "a@example.com"]
    assert found(program, state="failed") == found(program, text="Per B@") == ["b@example.com"]
    assert program.get(MAILS, {"state": "lost"}).status_code == 422
    told = program.get(f"{MAILS}/{failed.pk}").json()
    assert (told["state"], told["text"], told["attachments"]) == ("failed", "Prova", [])
    assert program.get(f"{MAILS}/{failed.pk + 1}").status_code == 404


def test_a_link_to_enter_is_read_by_nobody_but_its_recipient(program: Client) -> None:
    secret = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4"
    mail = letter(text=f"https://canone.example.com/invitation/{secret}/")
    told = program.get(f"{MAILS}/{mail.pk}").json()
    assert "https://canone.example.com/invitation/***" in told["text"]
    assert secret not in json.dumps(told)


def test_a_mail_is_withdrawn_and_sent_again(program: Client) -> None:
    mail = letter()
    withdrawn = program.post(f"{MAILS}/{mail.pk}/withdraw")
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "cancelled")
    assert program.post(f"{MAILS}/{mail.pk}/retry").json()["state"] == "queued"
    for state in (State.SENT, State.SENDING):
        gone = letter(state=state)
        for act in ("retry", "withdraw"):
            refused = program.post(f"{MAILS}/{gone.pk}/{act}")
            assert (refused.status_code, refused.json()["error"]) == (409, "not_possible")
        gone.refresh_from_db()
        assert gone.state == state


def test_every_text_is_listed_in_every_language(program: Client) -> None:
    listed = program.get(f"{TEXTS}?limit=200").json()["items"]
    wanted = {(kind.key, code) for kind in registry.all_mails() for code in ("it", "fr", "en")}
    assert {(row["key"], row["language"]) for row in listed} == wanted
    assert len(listed) == len(wanted)


def test_a_text_is_replaced_and_given_back(program: Client) -> None:
    ours = program.get(URL).json()
    assert not ours["is_own"]
    assert ours["words"]["customer"] == "Officine Brambilla S.r.l."
    own = {"subject": "Ore di {{ customer }}", "body": "Restano {{ left }}.\r\n"}
    told = send(program, "PUT", URL, **own).json()
    assert (told["is_own"], told["subject"]) == (True, own["subject"])
    assert told["body"] == "Restano {{ left }}.\n"
    assert program.get(f"{TEXTS}/{KEY}/fr").json()["is_own"] is False
    assert program.delete(URL).status_code == 204
    assert program.get(URL).json() == ours


def test_a_text_is_tried_with_sample_words(program: Client) -> None:
    own = {"subject": "Per {{ customer }}", "body": "{% if left %}Restano ore.{% endif %}"}
    told = send(program, "POST", f"{URL}/preview", **own).json()
    assert told == {"subject": "Per Officine Brambilla S.r.l.", "body": "Restano ore."}
    assert not MailTemplate.objects.exists()


@pytest.mark.parametrize(("method", "url"), [("PUT", URL), ("POST", f"{URL}/preview")])
def test_a_text_that_cannot_be_used_is_told(program: Client, method: str, url: str) -> None:
    wrong = send(program, method, url, subject="x", body="{{ nonsense }}")
    assert faults(wrong) == ["body"]
    assert "{{ nonsense }}" in wrong.json()["fields"][0]["detail"]
    assert faults(send(program, method, url, subject="", body="x")) == ["subject"]
    assert (
        send(program, method, url.replace("/it", "/de"), subject="x", body="x").status_code == 404
    )
    assert not MailTemplate.objects.exists()


def test_there_is_nothing_at_another_name(program: Client) -> None:
    for path in ("no/such/it", f"{KEY}/xx"):
        assert program.get(f"{TEXTS}/{path}").status_code == 404
        assert program.delete(f"{TEXTS}/{path}").status_code == 404


def test_what_was_set_aside_is_delivered_again(program: Client) -> None:
    event = Event.objects.create(kind="allowances.AllowanceLow", payload={})
    dead = [
        Delivery.objects.create(event=event, handler=f"x.{n}", state="dead", attempts=12, error="E")
        for n in (1, 2)
    ]
    ids = [one.pk for one in dead]
    [last, first] = program.get(UNDELIVERED).json()["items"]
    assert (first["id"], last["id"]) == (ids[0], ids[1])
    assert (first["event"], first["handler"]) == ("allowances.AllowanceLow", "x.1")
    again = f"{UNDELIVERED}/again"
    assert faults(send(program, "POST", again, ids=[ids[0], ids[1] + 1])) == ["ids"]
    assert faults(send(program, "POST", again, ids=[])) == ["ids"]
    assert len(program.get(UNDELIVERED).json()["items"]) == 2
    assert send(program, "POST", again, ids=ids).json() == {"count": 2}
    assert program.get(UNDELIVERED).json()["items"] == []
    assert {one.state for one in Delivery.objects.all()} == {"waiting"}


def test_the_office_sees_mail_and_changes_no_text(client: Client, who: People) -> None:
    mail = letter()
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(who.colleague)}"
    assert client.get(f"{MAILS}/{mail.pk}").status_code == 200
    for url in (TEXTS, URL, UNDELIVERED):
        assert client.get(url).status_code == 403
    said = {"subject": "x", "body": "x"}
    assert send(client, "PUT", URL, **said).status_code == 403
    assert send(client, "POST", f"{URL}/preview", **said).status_code == 403
    assert client.delete(URL).status_code == 403
    assert send(client, "POST", f"{UNDELIVERED}/again", ids=[1]).status_code == 403
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(who.technician)}"
    assert client.get(MAILS).status_code == client.get(f"{MAILS}/{mail.pk}").status_code == 403
    for act in ("retry", "withdraw"):
        assert client.post(f"{MAILS}/{mail.pk}/{act}").status_code == 403
