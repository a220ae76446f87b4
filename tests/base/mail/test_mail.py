from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.mail.backends import dummy
from tests.make import smtp

from canone.base.files import queries as file_queries
from canone.base.files import services as files
from canone.base.firm.models import Firm
from canone.base.mail import queries, registry, rules, services, texts
from canone.base.mail.models import MailTemplate, OutgoingMail
from canone.base.mail.services import Letter, Source
from canone.base.tasks import registry as jobs
from canone.base.tasks.models import Job
from canone.base.tasks.registry import Work

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
State = OutgoingMail.State
KEY = "mail/trial"
TEXT = Source("Saldo di {{ name }}", "Restano {{ hours }}.\nVeda https://example.com\n\nGrazie\n")


@pytest.fixture
def server(settings: Any) -> Iterator[smtp.Server]:
    with smtp.server() as running:
        settings.MAIL_SERVER = running.address
        yield running


@pytest.fixture(autouse=True)
def _trial(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES = tmp_path
    monkeypatch.setattr(texts, "shipped", lambda key, language: TEXT)
    sample = {"name": "Brambilla", "hours": "2:30"}
    monkeypatch.setitem(registry._declared, KEY, registry.MailKind(KEY, "Trial", sample))
    Firm.objects.update_or_create(pk=1, defaults={"name": "Lariotech", "email": "info@lario.it"})


def letter(**more: Any) -> Letter:
    words = {"name": "Rossi & <b>Figli</b>", "hours": "1:00"}
    fields = {"to": "a@example.com", "language": "it", "template": KEY, "words": words, **more}
    return Letter(**fields)


def queue(**more: Any) -> OutgoingMail:
    return services.queue(letter(**more), at=AT, by=None)


def send(mail: OutgoingMail, at: datetime = AT) -> OutgoingMail:
    sent = services.send(mail.pk, at=at)
    assert sent
    return sent


def test_a_mail_arrives_as_text_and_page_with_its_attachment(server: smtp.Server) -> None:
    file = files.store(b"%PDF-1.7", name="Estratto.pdf", owner="x:1", at=AT, by=None)
    mail = send(queue(attachments=[file], owner="allowances.pool:3"))
    assert (mail.state, mail.sent_at, mail.error) == (State.SENT, AT, "")
    ((recipient, message),) = server.received
    assert recipient == "a@example.com"
    assert message["Subject"] == "Saldo di Rossi & <b>Figli</b>"
    assert message["From"] == "Lariotech <info@lario.it>"
    assert message["Message-ID"] == mail.message_id
    assert message["Content-Language"] == "it"
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain
    assert page
    assert plain.get_content().replace("\r", "").startswith("Restano 1:00.\nVeda https://")
    assert 'href="https://example.com"' in page.get_content()
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "Estratto.pdf"
    assert list(queries.of_owner("allowances.pool:3")) == [mail]


def test_words_are_never_markup() -> None:
    mail = queue(words={"name": "x\nBcc: b@x.it", "hours": "<script>{{ name }}</script>"})
    assert mail.subject == "Saldo di x Bcc: b@x.it"
    assert "<script>" not in mail.html
    assert "{{ name }}" in mail.text


def test_a_mail_is_sent_once(server: smtp.Server) -> None:
    mail = queue(key="low:3:2026-11")
    assert queue(key="low:3:2026-11") == mail
    send(mail)
    assert services.send(mail.pk, at=AT) is None
    assert len(server.received) == 1


def test_a_mail_may_take_another_way_than_the_firms_server(server: smtp.Server) -> None:
    sent = services.send(queue().pk, at=AT, through=dummy.EmailBackend())
    assert sent is not None
    assert (sent.state, sent.sent_at) == (OutgoingMail.State.SENT, AT)
    assert server.received == []


def test_a_busy_server_is_asked_again_later_and_at_last_given_up(server: smtp.Server) -> None:
    server.refuse["a@example.com"] = "451 busy"
    mail, moment = queue(), AT
    for wait in rules.WAITS:
        mail = send(mail, moment)
        assert (mail.state, mail.due_at) == (State.QUEUED, moment + wait)
        assert services.send(mail.pk, at=moment) is None
        moment += wait
    mail = send(mail, moment)
    assert mail.state == State.FAILED
    assert "451 busy" in mail.error
    server.refuse.clear()
    mail = send(services.retry(mail, at=moment), moment)
    assert mail.state == State.SENT


@pytest.mark.parametrize("refuse", [{"a@example.com": "550 nobody here"}])
def test_a_refusal_for_good_is_not_tried_again(server: smtp.Server, refuse: dict[str, str]) -> None:
    server.refuse.update(refuse)
    mail = send(queue())
    assert (mail.state, mail.attempts) == (State.FAILED, 1)
    assert "nobody here" in mail.error


def test_a_server_that_hangs_up_or_is_away(server: smtp.Server, settings: Any) -> None:
    server.hang_up = True
    assert send(queue()).state == State.QUEUED
    settings.MAIL_SERVER = {"host": "127.0.0.1", "port": 1, "timeout": 1}
    mail = send(queue())
    assert mail.state == State.QUEUED
    assert mail.error


def test_a_lost_attachment_is_not_tried_again(server: smtp.Server) -> None:
    file = files.store(b"%PDF-1.7", name="a.pdf", owner="x:1", at=AT, by=None)
    file_queries.path(file).unlink()
    assert send(queue(attachments=[file])).state == State.FAILED
    assert server.received == []


def test_a_mail_whose_sender_died_is_taken_up(server: smtp.Server) -> None:
    mail = queue()
    OutgoingMail.objects.filter(pk=mail.pk).update(state=State.SENDING)
    assert queries.due(AT + timedelta(minutes=14), 9) == []
    assert services.send(mail.pk, at=AT + timedelta(minutes=14)) is None
    later = AT + timedelta(minutes=15)
    assert queries.due(later, 9) == [mail.pk]
    assert send(mail, later).state == State.SENT


def test_the_job_sends_what_is_due(server: smtp.Server) -> None:
    for number in range(3):
        queue(to=f"a{number}@example.com")
    assert Job.objects.filter(kind="mail.send").count() == 1
    work = Work({})
    jobs.get("mail.send").run(work)
    assert len(server.received) == 3
    assert work.result["lines"][0][1] == 3


def test_without_a_server_mail_waits(settings: Any) -> None:
    settings.MAIL_SERVER = {}
    mail = queue()
    work = Work({})
    jobs.get("mail.send").run(work)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.QUEUED, 0)
    assert work.result["notes"]


def test_a_withdrawn_mail_stays_here(server: smtp.Server) -> None:
    mail = services.withdraw(queue())
    assert services.send(mail.pk, at=AT) is None
    assert server.received == []


def test_the_firms_text_takes_the_place_of_ours() -> None:
    own = Source("Ore: {{ hours }}", "{% if name %}Buongiorno {{ name }}{% endif %}.")
    services.replace_text(key=KEY, language="it", text=own, at=AT, by=None)
    assert queue().subject == "Ore: 1:00"
    services.restore_text(key=KEY, language="it")
    assert queue().subject.startswith("Saldo")


@pytest.mark.parametrize(
    "text",
    [
        Source("{{ hours", "x"),
        Source("x", "{{ unknown }}"),
        Source("x", "{% load static %}"),
        Source("x", "{% include 'a' %}"),
        Source("x", "{{ name.__class__ }}"),
        Source("x", "{% if unknown %}a{% endif %}"),
        Source("x", "{% if name %}a"),
        Source("x", "{%if name%}" * 900 + "a" + "{%endif%}" * 900),
        Source("x", "{{ name|ljust:99999 }}"),
        Source("", "x"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused(text: Source) -> None:
    with pytest.raises(services.TextError):
        services.replace_text(key=KEY, language="it", text=text, at=AT, by=None)
    assert not MailTemplate.objects.exists()


def test_no_address_no_mail() -> None:
    with pytest.raises(ValidationError):
        queue(to="not an address")


def test_what_libraries_send_goes_through_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "canone.config.outbox.OutboxBackend"
    assert send_mail("Reset", "Link", None, ["a@example.com", "b@example.com"]) == 1
    assert [mail.to for mail in queries.log().order_by("to")] == ["a@example.com", "b@example.com"]
