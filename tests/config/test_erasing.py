"""What is erased leaves no trace but in the books: every table is read afterwards."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, models
from django.test import Client
from tests.kit import confirm
from tests.make import access as users
from tests.make import allowances, assistance, invoicing, parties
from tests.make import exchange as sheets
from tests.make.assistance import AFTER, DAY
from tests.people import People, people

from canone.base.access import services as access
from canone.base.access.functions import Role
from canone.base.access.models import IdempotencyKey, User
from canone.base.exchange import services as exchange
from canone.base.files.models import StoredFile
from canone.base.history import services as journal
from canone.base.history.models import JournalEntry
from canone.base.mail import services as mail
from canone.base.mail.models import OutgoingMail
from canone.base.tasks import worker
from canone.base.tasks.models import Job
from canone.channels.webhooks.models import Message
from canone.config import personal
from canone.config.erasing import subjects
from canone.config.erasing.parts import PARTS
from canone.config.erasing.services import erasing
from canone.config.erasing.services.erasing import ErasureReason
from canone.desks.assistance.models import RemoteSession, TechnicianRule
from canone.desks.assistance.services import accounting
from canone.kernel.money import Money
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.invoicing.services import settling
from canone.registers.parties.models import Contact, Group, Party, Site
from canone.registers.parties.rules import erasure
from canone.registers.parties.rules.erasure import Fate, Of
from canone.registers.parties.services import documents
from canone.ui.models import SavedView

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "ZAFFIRO"
BOOKS = {
    "charges": {"invoicing_charge"},
    "invoices": {"invoicing_document", "invoicing_documentline", "invoicing_vatsummary"},
    "payments": {"invoicing_settlement", "invoicing_dueitem", "invoicing_allocation"},
    "movements": {"allowances_entry", "allowances_lot", "allowances_use"},
    "accounted": {"assistance_accounting", "assistance_accountingreversal"},
    "contracts": {
        f"contracts_{name}"
        for kind in ("contract", "line", "agent", "cover", "paper")
        for name in (kind, f"historical{kind}")
    },
    "mandates": {"parties_mandate", "parties_historicalmandate"},
    "journal": {"history_journalentry"},
    "worked_accounted": {"invoicing_charge"},
}
"""Where what stays lies; accounted sessions share their table with others."""
KEYS = {"owner", "external_id", "source", "origin", "key", "code"}
"""What programs know a row by; the code of a customer is marked by hand."""


@pytest.fixture
def who() -> People:
    return people()


def act(of: Of, pk: int, by: User) -> dict[str, int]:
    who = subjects.find(of, pk, at=AFTER)
    return erasing.erase(who, reason=ErasureReason.ASKED, at=AFTER, by=by.pk)


def left(mark: str = MARK) -> dict[str, int]:
    """Return the tables in which the mark stands anywhere, with the number of rows."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sum(mark.casefold() in repr(row).casefold() for row in cursor.fetchall())
            if rows:
                found[table] = rows
    return found


def marked(party: Party) -> None:
    """Put the mark into every free text of every row that hangs on the party, and its history."""
    closed = set().union(*BOOKS.values())
    for model, rows in personal.tables(party.pk).items():
        if model._meta.db_table in closed:
            continue
        open_ = rows.filter(accounting=None) if model is RemoteSession else rows
        texts = {field.name: MARK for field in model._meta.concrete_fields if _is_free(field)}
        if "name" in texts and model is Group:
            texts.pop("name")
        ids = list(open_.values_list("pk", flat=True))
        if texts and ids:
            model._default_manager.filter(pk__in=ids).update(**texts)
            if hasattr(model, "history"):
                known = {f.name for f in model.history.model._meta.concrete_fields}
                past = {name: text for name, text in texts.items() if name in known}
                model.history.filter(id__in=ids).update(**past)


def _is_free(field: Any) -> bool:
    return (
        isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.unique
        and (field.max_length or 99) >= len(MARK)
        and field.name not in KEYS
    )


def _settled(party: Party, who: People) -> None:
    """Let a session be accounted, invoiced and paid: books, and nothing open."""
    group = parties.group(party, name=f"{MARK} sala")
    owner = f"tariff:{(hours := assistance.subscription()).pk}"
    Allowance.objects.filter(owner=owner).exists() or allowances.pool(party, owner=owner)
    assistance.assignment(group, hours)
    session = assistance.session(group, device_name=MARK, note=MARK, technician=who.technician)
    accounting.account_one(session_id=session.pk, day=DAY, at=AFTER, by=who.owner.pk)
    invoicing.reversed_charge(party, description=MARK)
    due = invoicing.due_item(party)
    paid = settling.Payment(
        customer_id=party.pk, amount=Money.of("122.00"), day=date(2026, 12, 1), reference=MARK
    )
    settling.pay(paid, at=AFTER, by=None)
    due.refresh_from_db()
    assert due.settled == due.amount
    open_ = assistance.session(parties.group(party, name=f"{MARK} ufficio"), seconds=60)
    assert open_.accounting_id is None


def _everything(who: People) -> Party:
    """Return a customer of whom every corner of the house knows something."""
    party = invoicing.customer(f"{MARK} S.r.l.", code=f"{MARK}1", is_person=True)
    parties.contact(party, f"Paola {MARK}", email=f"paola@{MARK}.example")
    allowances.pool(party)
    documents.add(
        party_id=party.pk,
        source=io.BytesIO(MARK.encode()),
        name=f"{MARK}.txt",
        title="",
        at=AFTER,
        by=None,
    )
    eyes = users.user(Role.CUSTOMER, email=f"eyes@{MARK}.example".lower(), name=f"Anna {MARK}")
    parties.login(eyes, party)
    _settled(party, who)
    marked(party)
    Party.objects.filter(pk=party.pk).update(name=f"{MARK} S.r.l.", email=f"info@{MARK}.example")
    for to in (f"info@{MARK}.example", f"paola@{MARK}.example", who.colleague.email):
        letter = mail.Letter(
            to=to, language="it", subject=MARK, text=MARK, owner=f"party:{party.pk}"
        )
        mail.queue(letter, at=AFTER, by=None)
    SavedView.objects.create(user=who.colleague, page="x", name="s", query=f"text={MARK}+S.r.l.")
    Job.objects.create(
        kind="exchange.write", label=f"{MARK} S.r.l.", state="done", created_at=AFTER, due_at=AFTER
    )
    Message.objects.create(
        fact="party.created", version=1, data={"name": f"{MARK} S.r.l."}, nonce="1"
    )
    answer = IdempotencyKey.objects.create(
        user=who.owner, key="k", request_hash="h", status=201, expires_at=AFTER
    )
    access.keep_answer(row=answer, status=201, answer=json.dumps({"name": f"{MARK} S.r.l."}))
    return party


def _import() -> Any:
    text = f"Codice;Ragione sociale;Paese\nX1;{MARK} S.r.l.;Zembla\nX2;Alabastro;IT\n"
    batch = sheets.checked(text, name="clienti.csv", importer="parties.parties")
    return exchange.write(batch.pk, at=AFTER, by=None, good_only=True)


def test_of_a_settled_customer_only_the_books_remain(who: People) -> None:
    party = _everything(who)
    batch = _import()
    before = left()
    assert {"parties_party", "parties_historicalparty", "mail_outgoingmail", "tasks_job"} < set(
        before
    )
    counts = act(Of.PARTY, party.pk, who.owner)
    assert counts["master"] == counts["contacts"] == counts["documents"] == 1
    allowed = set().union(
        *(BOOKS[kind.code] for kind in erasure.kinds(Of.PARTY) if kind.fate == "books")
    )
    sessions = {"assistance_remotesession", "assistance_historicalremotesession"}
    assert set(left()) <= allowed | sessions
    booked = RemoteSession.objects.filter(note=MARK)
    assert [session.accounting_id is None for session in booked] == [False]
    past = RemoteSession.history.exclude(id__in=booked.values("pk"))
    assert not past.filter(note=MARK).exists()
    assert not StoredFile.objects.filter(name__contains=MARK).exists()
    assert not [path for path in _files() if MARK.encode() in path.read_bytes()]
    batch.refresh_from_db()
    assert batch.file.name == "erased.txt"
    assert MARK not in access.kept_answer(IdempotencyKey.objects.get())
    assert journal.verify() == []


def _files() -> list[Path]:
    return [path for path in Path(settings.FILES).glob("??/*") if path.is_file()]


def test_the_journal_tells_who_when_and_why_and_no_name(who: People) -> None:
    party = parties.party("Alabastro")
    act(Of.PARTY, party.pk, who.owner)
    fact = JournalEntry.objects.get(kind="party.erased")
    assert (fact.subject, fact.by_id, fact.at) == (f"party:{party.pk}", who.owner.pk, AFTER)
    said = json.loads(fact.payload)
    assert said["reason"] == "asked"
    assert "charges" in said["kept"]
    assert "Alabastro" not in fact.payload


def test_what_is_open_keeps_who_they_are_and_nothing_else(who: People) -> None:
    party = invoicing.customer("Alabastro S.r.l.")
    parties.contact(party, "Paola Alabastro")
    invoicing.charge(party)
    subject = subjects.find(Of.PARTY, party.pk, at=AFTER)
    assert [str(one) for one in subject.open] == ["Addebiti da fatturare: 1"]
    fates = {line.code: line.fate for line in erasing.foresee(subject)}
    assert (fates["master"], fates["contacts"]) == (Fate.OPEN, Fate.ERASED)
    act(Of.PARTY, party.pk, who.owner)
    party.refresh_from_db()
    assert party.name == "Alabastro S.r.l."
    assert Site.objects.get(party=party).city == "Como"
    assert not Contact.objects.filter(party=party).exists()
    assert not Contact.history.exists()


def test_books_are_kept_to_the_end_of_the_tenth_year(who: People) -> None:
    party = invoicing.customer()
    invoicing.invoice(party)
    lines = {
        line.code: line for line in erasing.foresee(subjects.find(Of.PARTY, party.pk, at=AFTER))
    }
    assert lines["invoices"].until == date(2036, 12, 31)
    assert "payments" not in lines, "nothing is told of what is not there"
    assert who


def test_others_keep_everything_of_theirs(who: People) -> None:
    other = parties.party("Zirconia", email="ufficio@example.com", notes="Zirconia")
    parties.contact(other, "Zeno Zirconia", email="shared@example.com")
    parties.group(other, "Zirconia 1")
    party = _everything(who)
    parties.contact(party, f"Pia {MARK}", email="shared@example.com")
    for text in ("Buongiorno", f"Buongiorno Pia {MARK}, di {MARK} S.r.l."):
        letter = mail.Letter(to="shared@example.com", language="it", subject="x", text=text)
        mail.queue(letter, at=AFTER, by=None)
    before = left("Zirconia")
    subject = subjects.find(Of.PARTY, party.pk, at=AFTER)
    assert any(str(remark).endswith(": 1") for remark in erasing.remarks(subject))
    act(Of.PARTY, party.pk, who.owner)
    assert left("Zirconia") == before
    assert OutgoingMail.objects.filter(to="shared@example.com").get().text == "Buongiorno"


def test_a_contact_goes_whole_and_its_firm_stays(who: People) -> None:
    party = parties.party("Alabastro")
    contact = parties.contact(party, f"Paola {MARK}", email=f"paola@{MARK}.example", notes=MARK)
    mail.queue(
        mail.Letter(to=contact.email, language="it", subject=MARK, text=MARK), at=AFTER, by=None
    )
    assert len(left()) == 3
    act(Of.CONTACT, contact.pk, who.owner)
    assert left() == {}
    assert Party.objects.get(pk=party.pk).name == "Alabastro"


def test_a_user_is_nobody_and_what_they_did_stays_done(who: People) -> None:
    user = users.user(
        Role.TECHNICIAN,
        name=f"Tito {MARK}",
        email=f"tito@{MARK}.example".lower(),
        password="long enough 1",
    )
    User.objects.filter(pk=user.pk).update(aliases=[MARK])
    access.create_token(user=user, name=MARK, scopes=["*"], at=AFTER)
    client = Client()
    client.force_login(user)
    client.get("/me/")
    group = assistance.priced_group()
    open_ = assistance.session(group, technician=user, technician_key=MARK)
    booked = assistance.session(
        group, technician=user, device_key="B", start=assistance.NOON.replace(hour=1)
    )
    accounting.account_one(session_id=booked.pk, day=DAY, at=AFTER, by=user.pk)
    TechnicianRule.objects.create(
        source="t", key=MARK, name=MARK, technician=user, created_at=AFTER, created_by=user
    )
    SavedView.objects.create(user=user, page="x", name=MARK, query="")
    act(Of.USER, user.pk, who.owner)
    sessions = {"assistance_remotesession", "assistance_historicalremotesession"}
    assert set(left()) == sessions | BOOKS["worked_accounted"]
    open_.refresh_from_db()
    assert (open_.technician_id, open_.technician_name, open_.technician_key) == (user.pk, "", "")
    assert client.get("/me/").status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.is_active, user.roles, user.has_usable_password()) == (False, frozenset(), False)
    assert not user.tokens.exists()
    assert JournalEntry.objects.filter(by=user).exists()


def test_every_kind_has_its_part_and_every_part_its_kind() -> None:
    kinds = {kind.code: kind for kind in erasure.KINDS}
    assert kinds.keys() == PARTS.keys()
    assert {code for code, part in PARTS.items() if part.erase is None} == set(BOOKS)
    assert {code for code, kind in kinds.items() if kind.fate is Fate.BOOKS} == set(BOOKS)


def test_a_run_that_ended_is_not_done_twice(who: People) -> None:
    party = parties.party("Alabastro")
    for _again in range(2):
        subject = subjects.find(Of.PARTY, party.pk, at=AFTER)
        erasing.erase(subject, reason=ErasureReason.ASKED, at=AFTER, by=who.owner.pk, after=0)
    assert JournalEntry.objects.filter(kind="party.erased").count() == 1


def test_the_page_foresees_asks_for_the_name_and_works_behind(who: People) -> None:
    party = parties.party("Alabastro S.r.l.")
    client = Client()
    client.force_login(who.owner)
    confirm(client)
    url = f"/customers/{party.pk}/erase/"
    page = client.get(url)
    assert page.status_code == 200
    assert "art. 2220" not in page.content.decode(), "there are no books of theirs"
    wrong = client.post(url, {"reason": "asked", "name": "Alabastro"})
    assert wrong.status_code == 422
    assert not Job.objects.exists()
    client.post(url, {"reason": "asked", "name": "Alabastro S.r.l."})
    job = Job.objects.get()
    assert job.label == f"party:{party.pk}"
    worker.drain()
    job.refresh_from_db()
    assert job.state == "done", job.error
    party.refresh_from_db()
    assert (party.name, party.is_active) == (f"Cancellato ({party.pk})", False)
    assert b"art. 2220" in client.get(url).content, "the journal's fact is one"


def test_nobody_is_erased_who_was_not_confirmed(who: People) -> None:
    party = parties.party("Alabastro S.r.l.")
    owner = User.objects.get(pk=who.owner.pk)
    owner.set_password("a long password")
    owner.save()
    client = Client()
    client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[-1])
    answer = client.post(
        f"/customers/{party.pk}/erase/", {"reason": "asked", "name": "Alabastro S.r.l."}
    )
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not Job.objects.exists()
    client.force_login(who.colleague)
    assert client.get(f"/customers/{party.pk}/erase/").status_code == 404


def test_an_owner_erases_neither_themselves_nor_the_last_one(who: People) -> None:
    client = Client()
    client.force_login(who.owner)
    confirm(client)
    assert client.get(f"/settings/users/{who.owner.pk}/erase/").status_code == 302
    other = subjects.find(Of.USER, who.owner.pk, at=AFTER)
    with pytest.raises(erasing.RefusedError):
        erasing.refuse(other, who.colleague.pk)


def test_the_api_foresees_and_erases(who: People) -> None:
    party = parties.party("Alabastro S.r.l.")
    contact = parties.contact(party, "Paola Riva")
    _token, key = access.create_token(user=who.owner, name="t", scopes=["*"], at=AFTER)
    client = Client(headers={"authorization": f"Bearer {key}"})
    url = f"/api/v1/contacts/{contact.pk}/erasure"
    told = client.get(url).json()
    assert {line["code"]: line["fate"] for line in told["lines"]}["contact"] == "erased"
    body = {"reason": "asked", "name": "Paola Riv"}
    assert client.post(url, body, content_type="application/json").status_code == 422
    body["name"] = "Paola Riva"
    answer = client.post(url, body, content_type="application/json")
    assert (answer.status_code, answer.json()["kind"]) == (202, "config.erase")
    worker.drain()
    assert not Contact.objects.exists()
    assert client.get(f"/api/v1/parties/{party.pk}/erasure").json()["open"] == []
    mine = f"/api/v1/users/{who.owner.pk}/erasure"
    body["name"] = who.owner.name
    assert client.post(mine, body, content_type="application/json").status_code == 409
