"""What is handed out about a customer: all that is theirs, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests.make import access, allowances, assistance, invoicing, parties
from tests.people import people

from canone.base.access import services
from canone.base.history.models import JournalEntry
from canone.registers.parties.services import documents

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_a_customer_gets_everything_of_theirs_and_nothing_of_others() -> None:
    mine, other = parties.party("Alabastro"), parties.party("Zirconia")
    for party in (mine, other):
        parties.contact(party, f"Referente {party.name}")
        group = parties.group(party)
        session = assistance.session(group, device_name=f"PC {party.name}")
        session.note = f"Nota {party.name}"
        session.save()
        allowances.pool(party, granted=60)
        invoicing.charge(party, description=f"Per {party.name}")
        documents.add(
            party_id=party.pk,
            source=io.BytesIO(f"about {party.name}".encode()),
            name="a.txt",
            title="",
            at=AT,
            by=None,
        )
    client = Client()
    client.force_login(people().colleague)
    answer: Any = client.get(f"/customers/{mine.pk}/personal-data/")
    assert answer["Content-Disposition"].startswith('attachment; filename="alabastro-')
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    whole = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not [name for name, text in whole.items() if "Zirconia" in text]
    rows = {name: json.loads(text) for name, text in whole.items() if name.endswith(".json")}
    assert [row["name"] for row in rows["parties.contact.json"]] == ["Referente Alabastro"]
    assert [row["note"] for row in rows["assistance.remotesession.json"]] == ["Nota Alabastro"]
    assert rows["history/assistance.remotesession.json"]
    assert {row["title"] for row in rows["parties.document.json"]} == {"a.txt"}
    assert len(rows["invoicing.charge.json"]) == 1
    assert [row["quantity"] for row in rows["allowances.entry.json"]] == [60]
    assert "about Alabastro" in whole.values()
    assert JournalEntry.objects.filter(kind="party.handed_out").count() == 1


def test_a_program_gets_it_with_a_token_that_names_the_function() -> None:
    mine, who = parties.party("Alabastro"), people()
    url = f"/api/v1/parties/{mine.pk}/personal-data"

    def ask(token: str) -> Any:
        return Client().get(url, headers={"Authorization": f"Bearer {token}"})

    _row, named = services.create_token(
        user=who.owner, name="Dati", scopes=["parties.personal"], at=AT
    )
    _row, star = services.create_token(user=who.owner, name="Tutto", scopes=["*"], at=AT)
    assert ask(star).status_code == 403
    assert ask(access.token(who.technician)).status_code == 403
    answer = ask(named)
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert "Alabastro" in archive.read("parties.party.json").decode()
    fact = JournalEntry.objects.get(kind="party.handed_out")
    assert fact.by_id == who.owner.pk
    url = f"/api/v1/parties/{mine.pk + 1}/personal-data"
    assert ask(named).status_code == 404
