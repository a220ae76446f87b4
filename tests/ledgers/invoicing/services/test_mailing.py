"""Documents by mail: to whom, in which words, the PDF attached, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from tests.make import invoicing, parties, smtp
from tests.people import people

from canone.base.files.models import StoredFile
from canone.base.mail import services as mail
from canone.base.mail.models import MailTemplate, OutgoingMail
from canone.base.mail.queries import Server
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.queries import mailing as queries
from canone.ledgers.invoicing.services import crediting, mailing
from canone.ledgers.invoicing.services import papers as services
from canone.ledgers.invoicing.services.mailing import Message

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"


@pytest.fixture
def server() -> Iterator[smtp.Server]:
    with smtp.server() as made:
        host, port = made.server_address[:2]
        known = Server(str(host), int(port), "none", sender="firma@example.com")
        mail.set_server(known, at=AT, by=None)
        yield made


def send(row: Document, *to: str, key: str = "k", **words: str) -> list[OutgoingMail]:
    return mailing.send(row.pk, Message(to, **words), key=key, at=AT, by=None)


def test_a_document_goes_to_who_receives_invoices() -> None:
    who = invoicing.customer(email="info@example.com", pec="ditta@pec.example.com")
    parties.contact(who, "Anna", email="anna@example.com", gets_invoices=True)
    parties.contact(who, "Ugo", email="ugo@example.com")
    parties.contact(who, "Ida", email="ida@example.com", gets_invoices=True, is_active=False)
    found = queries.addresses([who.pk])[who.pk]
    assert found.chosen == ("anna@example.com",)
    assert found.further == ("info@example.com", "ditta@pec.example.com")
    (made,) = send(invoicing.invoice(who))
    assert made.to == "anna@example.com"


@pytest.mark.parametrize(
    ("email", "pec", "chosen", "further"),
    [
        ("info@example.com", "d@pec.example.com", ("info@example.com",), ("d@pec.example.com",)),
        ("", "d@pec.example.com", ("d@pec.example.com",), ()),
        ("", "", (), ()),
    ],
)
def test_without_such_a_contact_the_customers_own_address_counts(
    email: str, pec: str, chosen: tuple[str, ...], further: tuple[str, ...]
) -> None:
    who = invoicing.customer(email=email, pec=pec)
    assert queries.addresses([who.pk])[who.pk] == queries.Addresses(chosen, further)


def test_the_mail_speaks_the_customers_language_and_carries_the_pdf(server: smtp.Server) -> None:
    row = invoicing.invoice(invoicing.customer(language="fr", email="info@example.com"))
    (queued,) = send(row)
    assert queued.subject.startswith(f"Facture {row.label}")
    assert "122,00" in queued.text
    assert "30/12/2026" in queued.text
    sent = mail.send(queued.pk, at=AT)
    assert sent is not None
    assert sent.state == OutgoingMail.State.SENT
    ((to, message),) = server.received
    assert (to, message["Content-Language"]) == ("info@example.com", "fr")
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == services.file_name(row)
    assert attached.get_content() == services.pdf(row.pk, at=AT)


def test_a_credit_note_and_a_pro_forma_have_words_of_their_own() -> None:
    who = invoicing.customer(email="info@example.com")
    original = invoicing.invoice(who)
    wanted = crediting.Credit(original.pk, crediting.Mode.SETTLE.value, "Sconto")
    note = crediting.credit(wanted, day=invoicing.DAY, at=AT, by=None)
    (made,) = send(note, key="1")
    assert "nota di credito" in made.text
    assert original.label in made.text
    (made,) = send(invoicing.invoice(who, invoicing.line(), kind="pro_forma"), key="2")
    assert "Non è una fattura" in made.text


def test_the_firms_own_text_is_taken() -> None:
    MailTemplate.objects.create(
        key="invoicing/invoice", language="it", subject="{{ number }}", body="Ciao.", updated_at=AT
    )
    row = invoicing.invoice(invoicing.customer(email="info@example.com"))
    (made,) = send(row)
    assert (made.subject, made.text) == (row.label, "Ciao.")
    (made,) = send(row, key="2", subject="Sollecito", text="Buongiorno.")
    assert (made.subject, made.text) == ("Sollecito", "Buongiorno.")


def test_one_occasion_mails_an_address_once() -> None:
    row = invoicing.invoice()
    first = send(row, "a@example.com", "A@example.com", "b@example.com")
    assert [one.to for one in first] == ["a@example.com", "b@example.com"]
    assert send(row, "a@example.com", "b@example.com") == first
    assert StoredFile.objects.filter(owner=row.key).count() == 1
    assert len(send(row, "a@example.com", key="another")) == 1
    assert queries.mails(row).count() == 3


def test_what_is_no_address_and_no_address_at_all_are_refused() -> None:
    row = invoicing.invoice()
    with pytest.raises(ValidationError, match="nobody"):
        send(row, "a@example.com", "nobody")
    with pytest.raises(ValidationError) as caught:
        send(row)
    assert set(caught.value.message_dict) == {"to"}
    with pytest.raises(ValidationError):
        send(row, *(f"a{n}@example.com" for n in range(mailing.MOST + 1)))
    assert not OutgoingMail.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_draft_is_not_mailed() -> None:
    with pytest.raises(ValidationError):
        send(invoicing.draft_document(), "a@example.com")


def test_the_page_proposes_and_logs(client: Client, server: smtp.Server) -> None:
    row = invoicing.invoice(
        invoicing.customer(email="info@example.com", pec="ditta@pec.example.com")
    )
    address = f"/invoicing/documents/{row.pk}/mail/"
    client.force_login(people().colleague)
    page = client.get(address).content.decode()
    assert "info@example.com" in page
    assert "ditta@pec.example.com" in page
    form = {"key": "x1", "to": "uno@example.com; due@example.com", "subject": "S", "text": "T"}
    refused = client.post(address, form | {"to": "uno@example.com, sbagliato"})
    assert "«sbagliato» non è" in refused.content.decode()
    assert not OutgoingMail.objects.exists()
    for _twice in range(2):
        assert client.post(address, form).status_code == 302
    assert OutgoingMail.objects.count() == 2
    server.refuse = {"due@example.com": "550 no such user"}
    for one in OutgoingMail.objects.all():
        mail.send(one.pk, at=datetime.now(UTC))
    page = client.get(f"/invoicing/documents/{row.pk}/").content.decode()
    assert "550 no such user" in page
    assert page.count("is-done") >= 1
    failed = OutgoingMail.objects.get(state="failed")
    again = f"{address}again/"
    assert client.post(again, {"mail": failed.pk}).status_code == 302
    failed.refresh_from_db()
    assert failed.state == OutgoingMail.State.QUEUED
    other = invoicing.invoice()
    strange = f"/invoicing/documents/{other.pk}/mail/again/"
    refused = client.post(strange, {"mail": failed.pk}, follow=True)
    assert "non ha un’e-mail simile" in refused.content.decode()


def test_who_would_mail_what_was_mailed_meanwhile_is_told_once(client: Client) -> None:
    row = invoicing.invoice(invoicing.customer(email="info@example.com"))
    client.force_login(people().colleague)
    address = f"/invoicing/documents/{row.pk}/mail/"
    assert 'name="seen" value="0"' in client.get(address).content.decode()
    send(row, "altri@example.com", key="elsewhere")
    form = {"key": "x", "seen": "0", "to": "uno@example.com", "subject": "S", "text": "T"}
    answer = client.post(address, form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "altri@example.com" in page
    newest = OutgoingMail.objects.get().pk
    assert f'name="seen" value="{newest}"' in page
    # pressed again it goes out, and a second press of the same changes nothing
    for _twice in range(2):
        assert client.post(address, form | {"seen": str(newest)}).status_code == 302
    assert OutgoingMail.objects.count() == 2


def test_the_same_occasion_at_once_writes_one_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    row = invoicing.invoice()
    (first,) = send(row, "a@example.com")
    letter = mail.Letter(to="a@example.com", language="it", subject="S", text="T", key=first.key)
    rows, seen = OutgoingMail.objects.filter, []

    def late(**conditions: Any) -> Any:
        """Find nothing at first, as who asks before the other has written."""
        seen.append(conditions)
        return rows(**conditions) if len(seen) > 1 else OutgoingMail.objects.none()

    monkeypatch.setattr(OutgoingMail.objects, "filter", late)
    assert mail.queue(letter, at=AT, by=None) == first


def test_a_customer_sees_no_mail(client: Client) -> None:
    who = invoicing.customer(email="info@example.com")
    login = people().customer
    parties.login(login, who)
    row = invoicing.invoice(who)
    send(row, "segreto@example.com")
    client.force_login(login)
    page = client.get(f"/invoicing/documents/{row.pk}/")
    assert page.status_code == 200
    assert "segreto@example.com" not in page.content.decode()
    assert client.get(f"/invoicing/documents/{row.pk}/mail/").status_code == 404


def test_a_draft_has_no_page_of_mail(client: Client) -> None:
    client.force_login(people().colleague)
    row = invoicing.draft_document()
    assert client.get(f"/invoicing/documents/{row.pk}/mail/").status_code == 404


def test_programs_mail_and_read_the_log(client: Client) -> None:
    row = invoicing.invoice(invoicing.customer(email="info@example.com"))
    client.force_login(people().colleague)
    address = f"/api/v1/documents/{row.pk}/mails"
    headers = {"Idempotency-Key": "m1"}
    made = [
        client.post(address, {}, content_type="application/json", headers=headers)
        for _twice in range(2)
    ]
    assert [one.status_code for one in made] == [201, 201]
    (told,) = made[0].json()
    assert (told["to"], told["state"]) == ("info@example.com", "queued")
    assert [one["id"] for one in client.get(address).json()["items"]] == [told["id"]]
    wrong = client.post(address, {"to": ["x"]}, content_type="application/json")
    assert wrong.status_code == 422
    assert wrong.json()["fields"][0]["field"] == "to"


def test_a_program_sends_a_mail_of_the_document_once_more(
    client: Client, server: smtp.Server
) -> None:
    who, row, other = people(), invoicing.invoice(), invoicing.invoice()
    (first,) = send(row, "due@example.com")
    server.refuse = {"due@example.com": "550 no such user"}
    mail.send(first.pk, at=datetime.now(UTC))
    client.force_login(who.colleague)

    def again(of: Document) -> Any:
        address = f"/api/v1/documents/{of.pk}/mails/again"
        return client.post(address, {"mail_id": first.pk}, "application/json")

    assert (again(row).status_code, again(row).json()["state"]) == (200, "queued")
    strange = again(other)
    assert (strange.status_code, strange.json()["fields"][0]["field"]) == (422, "mail_id")
    client.force_login(who.technician)
    assert again(row).status_code == 403


def test_the_log_is_found_by_its_owner() -> None:
    row = invoicing.invoice()
    with connection.cursor() as cursor:
        sql, params = queries.mails(row).query.sql_with_params()
        prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute("SET enable_seqscan = off" if "PLAN" not in prefix else "SELECT 1")
        cursor.execute(prefix + sql, params)
        plan = str(cursor.fetchall())
    assert "mail_outgoing_owner" in plan
