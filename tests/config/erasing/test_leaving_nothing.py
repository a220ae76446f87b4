"""What is erased leaves no trace but in the books: every table is read afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.config.erasing.whole import (
    BOOKS,
    MARK,
    act,
    everything,
    files_of_the_house,
    has_words,
    left,
)
from tests.make import access as users
from tests.make import assistance, parties
from tests.make import exchange as sheets
from tests.make.assistance import AFTER, DAY
from tests.people import People

from canone.base.access import services as access
from canone.base.access.functions import Role
from canone.base.access.models import IdempotencyKey, User
from canone.base.exchange import services as exchange
from canone.base.files.models import StoredFile
from canone.base.history import services as journal
from canone.base.history.models import JournalEntry
from canone.base.mail import services as mail
from canone.base.mail.models import OutgoingMail
from canone.config import personal
from canone.config.erasing import subjects
from canone.config.erasing.services import erasing
from canone.desks.assistance.models import RemoteSession, TechnicianRule
from canone.desks.assistance.services import accounting
from canone.registers.parties.models import Party
from canone.registers.parties.rules import erasure
from canone.registers.parties.rules.erasure import Of
from canone.ui.models import SavedView

pytestmark = pytest.mark.django_db(transaction=True)


def _import() -> Any:
    text = f"Codice;Ragione sociale;Paese\nX1;{MARK} S.r.l.;Zembla\nX2;Alabastro;IT\n"
    batch = sheets.checked(text, name="clienti.csv", importer="parties.parties")
    return exchange.write(batch.pk, at=AFTER, by=None, good_only=True)


def test_of_a_settled_customer_only_the_books_remain(who: People) -> None:
    party = everything(who)
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
    assert not [path for path in files_of_the_house() if MARK.encode() in path.read_bytes()]
    batch.refresh_from_db()
    assert batch.file.name == "erased.txt"
    assert MARK not in access.kept_answer(IdempotencyKey.objects.get())
    assert journal.verify() == []


def test_every_table_with_words_of_a_customer_is_tried(who: People) -> None:
    party = everything(who)
    bare = {
        model._meta.label_lower
        for model, rows in personal.tables(party.pk).items()
        if has_words(model) and not rows.exists()
    }
    assert bare == set()


def test_others_keep_everything_of_theirs(who: People) -> None:
    other = parties.party("Zirconia", email="ufficio@example.com", notes="Zirconia")
    parties.contact(other, "Zeno Zirconia", email="shared@example.com")
    parties.group(other, "Zirconia 1")
    party = everything(who)
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
