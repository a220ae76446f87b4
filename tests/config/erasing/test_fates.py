"""What becomes of each kind, what the journal tells, and what is done once."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.config.erasing.whole import BOOKS, act
from tests.make import invoicing, parties
from tests.make.assistance import AFTER
from tests.people import People

from canone.base.history.models import JournalEntry
from canone.config.erasing import subjects
from canone.config.erasing.parts import PARTS
from canone.config.erasing.services import erasing
from canone.config.erasing.services.erasing import ErasureReason
from canone.registers.parties.models import Contact, Site
from canone.registers.parties.rules import erasure
from canone.registers.parties.rules.erasure import Fate, Of

pytestmark = pytest.mark.django_db(transaction=True)


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
