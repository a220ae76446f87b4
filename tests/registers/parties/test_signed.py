"""Mandates of another program are taken over from a file, and taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.make import contracts, exchange
from tests.make import parties as make
from tests.people import People, people

from canone.base.exchange import importers, queries, services
from canone.base.exchange.models import ImportBatch
from canone.registers.parties.models import Mandate

pytestmark = pytest.mark.django_db
KEY = "parties.mandates"
IBAN = "IT60X0542811101000000123456"
OTHER = "FR1420041010050500013M02606"
HEAD = "Mandato;Cliente;IBAN;Data firma;Schema;Sequenza;Intestatario;Revocato il;Note\n"
GOOD = (
    HEAD
    + f"RID-1;A1;{IBAN};15/03/2024;;;;;\n"
    + "RID-2;Caffè Lario;IT60 X054 2811 1010 0000 0123 456;01/02/2025;B2B;OOFF;Lario S.r.l.;"
    "30/09/2026;Vecchio conto\n"
)


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture(autouse=True)
def _customers(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    make.party("Rossi", code="A1")
    make.party("Caffè Lario", code="A2")
    make.party("Doppia", code="A3")
    make.party("DOPPIA", code="A4")


def _checked(content: str | bytes, name: str = "mandati.csv") -> ImportBatch:
    return exchange.checked(content, name, importer=KEY)


def _write(batch: ImportBatch, **more: Any) -> ImportBatch:
    return services.write(batch.pk, at=exchange.AT, by=None, **more)


def _told(batch: ImportBatch) -> set[tuple[Any, Any]]:
    return {(problem["row"], problem["column"]) for problem in batch.problems}


def test_a_file_becomes_mandates_once_and_goes_again(who: People) -> None:
    batch = _checked(GOOD)
    assert batch.problems == []
    assert not Mandate.objects.exists()
    batch = _write(batch)
    assert (batch.new, batch.known) == (2, 0)
    first, second = Mandate.objects.order_by("reference")
    assert (first.party.code, first.iban, first.signed_on) == ("A1", IBAN, date(2024, 3, 15))
    assert (first.scheme, first.use, first.revoked_on) == ("core", "recurrent", None)
    assert (second.party.code, second.iban, second.holder) == ("A2", IBAN, "Lario S.r.l.")
    assert (second.scheme, second.use, second.notes) == ("b2b", "once", "Vecchio conto")
    assert second.revoked_on == date(2026, 9, 30)
    again = _write(_checked(GOOD))
    assert (again.new, again.known) == (0, 2)
    assert services.undo(batch, reason="File errato", at=exchange.AT, by=who.owner.pk) == 2
    assert not Mandate.objects.exists()
    gone = Mandate.history.filter(history_type="-").latest("history_id")
    assert (gone.history_change_reason, gone.history_user) == ("File errato", who.owner)


def test_a_spreadsheet_is_taken_the_same() -> None:
    rows = [
        ["Mandate reference", "Customer", "IBAN", "Signed on", "Scheme (Core or B2B)"],
        ["RID-1", "A1", IBAN, date(2024, 3, 15), "SDD B2B"],
    ]
    batch = _write(_checked(exchange.excel(rows), "mandates.xlsx"))
    mandate = Mandate.objects.get()
    assert (batch.new, mandate.signed_on, mandate.scheme) == (1, date(2024, 3, 15), "b2b")


@pytest.mark.parametrize(
    "head",
    [
        "Mandato;Cliente;Conto corrente;Firmato il;Schema;Tipo;Intestatario conto;Data revoca;Note",
        "RUM;Client;IBAN;Date de signature;Schéma;Séquence;Titulaire;Révoqué le;Remarques",
        "UMR;Customer;Account;Signature date;Scheme;Sequence;Account holder;Revoked on;Notes",
    ],
)
def test_titles_are_recognised_in_three_languages(head: str) -> None:
    batch = exchange.upload(f"{head}\nRID-1;A1;{IBAN};15/03/2024;;;;;\n", importer=KEY)
    rows, _lines = queries.sample(batch)
    importer = importers.get(KEY)
    proposal = queries.propose(batch, importer, rows, language="it")
    names = [field.name for field in importer.fields]
    order = ["reference", "party", "iban", "signed_on", "scheme", "use", "holder", "revoked_on"]
    assert proposal.columns == {name: [place] for place, name in enumerate([*order, "notes"])}
    assert set(names) == {*order, "notes"}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (f";A1;{IBAN};15/03/2024;;;;;", "Mandato"),
        (f"RID 9;A1;{IBAN};15/03/2024;;;;;", "Mandato"),
        (f"RID-1;A1;{IBAN};15/03/2024;;;;;", "Mandato"),
        (f"RID-0;A1;{IBAN};15/03/2024;;;;;", "Mandato"),
        (f"OLD;A2;{IBAN};15/03/2024;;;;;", "Mandato"),
        (f"OLD;A1;{OTHER};15/03/2024;;;;;", "IBAN"),
        (f"RID-9;Nessuno;{IBAN};15/03/2024;;;;;", "Cliente"),
        (f"RID-9;Doppia;{IBAN};15/03/2024;;;;;", "Cliente"),
        ("RID-9;A1;IT60X0542811101000000123457;15/03/2024;;;;;", "IBAN"),
        ("RID-9;A1;;15/03/2024;;;;;", "IBAN"),
        (f"RID-9;A1;{IBAN};;;;;;", "Data firma"),
        (f"RID-9;A1;{IBAN};31/02/2024;;;;;", "Data firma"),
        (f"RID-9;A1;{IBAN};15/03/2024;XX;;;;", "Schema"),
        (f"RID-9;A1;{IBAN};15/03/2024;;XX;;;", "Sequenza"),
        (f"RID-9;A1;{IBAN};15/03/2024;;;;14/03/2024;", "Revocato il"),
    ],
)
def test_every_fault_names_its_row_and_column(row: str, column: str) -> None:
    rossi = make.Party.objects.get(code="A1")
    contracts.mandate(rossi, reference="OLD")
    first = f"RID-{'0' if row.startswith('RID-0') else '1'};A1;{IBAN};01/01/2024;;;;;\n"
    batch = _checked(HEAD + first + row + "\n")
    assert _told(batch) == {(3, column)}
    with pytest.raises(services.ImportRefusedError):
        _write(batch)
    assert Mandate.objects.count() == 1
    assert _write(batch, good_only=True).new == 1


def test_an_undo_is_refused_when_a_contract_is_paid_by_one(who: People) -> None:
    batch = _write(_checked(GOOD))
    mandate = Mandate.objects.get(reference="RID-1")
    contracts.contract(mandate.party, method="direct_debit", mandate=mandate)
    with pytest.raises(importers.UndoRefusedError) as refused:
        services.undo(batch, reason="File errato", at=exchange.AT, by=who.owner.pk)
    assert [record.subject for record in refused.value.refused] == ["RID-1"]
    assert Mandate.objects.count() == 2


def test_a_file_asks_the_database_as_often_for_many_rows() -> None:
    def asked(rows: int) -> int:
        lines = "".join(f"M{rows}-{n};A1;{IBAN};15/03/2024;;;;;\n" for n in range(rows))
        batch = exchange.configured(exchange.upload(HEAD + lines, importer=KEY))
        with CaptureQueriesContext(connection) as captured:
            checked = services.check(batch.pk, at=exchange.AT, by=None)
        assert checked.good == rows, checked.problems
        return len(captured)

    assert asked(200) <= asked(20) + 2
