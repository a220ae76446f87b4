"""Contracts of another program are taken over from a file, and taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.make import access, catalog, parties
from tests.make import contracts as make
from tests.make import exchange as files
from tests.make import invoicing as ledger

from canone.base.access.functions import Role
from canone.base.exchange import services
from canone.base.exchange.importers import UndoRefusedError
from canone.base.exchange.models import ImportBatch
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.services import importing
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
KEY = "contracts.contracts"
HEAD = (
    "Contratto;Cliente;Oggetto;Decorrenza;Scadenza;Articolo;Descrizione;Quantità;Canone;Sconto;"
    "IVA;Periodicità;Anticipata/posticipata;Ancoraggio;Importo per;Fatturato fino al\n"
)
ROWS = (
    "C-1;K1;Assistenza server;01/03/2024;28/02/2027;ASS;;1;215,00;;22;mensile;anticipata;;;"
    "30/11/2026\n"
    "C-1;K1;Assistenza server;01/03/2024;28/02/2027;;Firewall;2;384,00;12,5;22;trimestrale;"
    "posticipata;calendario;anno;30/09/2026\n"
    "C-2;Hotel Bellavista;;15/05/2025;;;Hosting;;0,0085;;;annuale;;;;\n"
    "C-2;Hotel Bellavista;;15/05/2025;;;Attivazione;;90;;;una tantum;;;;\n"
)


@pytest.fixture(autouse=True)
def _world(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    catalog.article("ASS", title="Assistenza sistemistica")
    parties.party("Officine Brambilla", code="K1")
    parties.party("Hotel Bellavista", code="K2")


def owner() -> int:
    return access.user(Role.OWNER).pk


def checked(rows: str) -> ImportBatch:
    return files.checked(HEAD + rows, "contratti.csv", importer=KEY)


def imported(rows: str = ROWS) -> ImportBatch:
    batch = checked(rows)
    assert batch.problems == []
    return services.write(batch.pk, at=files.AT, by=None)


def test_contracts_come_in_with_their_lines_and_what_was_billed() -> None:
    batch = imported()
    assert batch.new == 4
    first, second = Contract.objects.order_by("number")
    assert (first.number, first.customer.code, first.title) == ("C-1", "K1", "Assistenza server")
    assert (first.start, first.end) == (date(2024, 3, 1), date(2027, 3, 1))
    assert (second.customer.code, second.end) == ("K2", None)
    server, firewall = first.lines.all()
    assert server.article is not None
    assert (server.unit_of_cycle, server.every, server.timing) == ("month", 1, "in_advance")
    assert (str(server.unit_price), server.billed_through) == ("215.00", date(2026, 11, 30))
    assert (firewall.every, firewall.anchor, firewall.amount_per) == (3, "calendar", "year")
    assert (firewall.quantity_micros, firewall.discount_bp) == (2_000_000, 1_250)
    hosting, once = second.lines.all()
    assert (str(hosting.unit_price), hosting.every) == ("0.0085", 12)
    assert once.unit_of_cycle == ""
    assert Contract.history.filter(history_type="+").count() == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("C-9;K7;;01/01/2026;;;Canone;;10;;;mensile;;;;\n", "Cliente"),
        ("C-9;K1;;01/01/2026;31/12/2025;;Canone;;10;;;mensile;;;;\n", "Scadenza"),
        ("C-9;K1;;01/01/2026;;XX;;;10;;;mensile;;;;\n", "Articolo"),
        ("C-9;K1;;01/01/2026;;;;;10;;;mensile;;;;\n", "Descrizione"),
        ("C-9;K1;;01/01/2026;;;Canone {mese};;10;;;mensile;;;;\n", "Descrizione"),
        ("C-9;K1;;01/01/2026;;;Canone;;10;;99;mensile;;;;\n", "IVA"),
        ("C-9;K1;;01/01/2026;;;Canone;;10;;;ogni tanto;;;;\n", "Periodicità"),
        ("C-9;K1;;01/01/2026;;;Canone;-1;10;;;mensile;;;;\n", "Quantità"),
        ("C-9;K1;;01/01/2026;;;Canone;;10;101;;mensile;;;;\n", "Sconto"),
        ("C-9;K1;;01/01/2026;;;Canone;;10;;;una tantum;;;anno;\n", "Importo per"),
        ("OLD;K1;;01/01/2026;;;Canone;;10;;;mensile;;;;\n", "Contratto"),
    ],
)
def test_a_fault_names_row_and_column_and_changes_nothing(row: str, column: str) -> None:
    make.contract(number="OLD")
    batch = checked(ROWS + row)
    assert {(p["row"], p["column"]) for p in batch.problems} == {(6, column)}
    assert Contract.objects.count() == 1


WORK = HEAD.replace("Fatturato fino al\n", "Profilo;Gruppo\n")
FEE = "C-3;K1;;01/01/2026;;;Canone;;10;;;mensile;;;;;\n"
OF_A_GROUP = "C-3;K1;;01/01/2026;;;;;;;;;;;;Consumo base;Server Brambilla\n"
OF_ALL = "C-3;K1;;01/01/2026;;;Assistenza remota;;0;;;;;;;consumo BASE;\n"


def test_a_row_may_price_work() -> None:
    tariff = catalog.tariff(name="Consumo base")
    group = parties.group(Party.objects.get(code="K1"))
    rows = WORK + FEE + OF_A_GROUP.replace("Server Brambilla", group.name) + OF_ALL
    batch = files.checked(rows, "contratti.csv", importer=KEY)
    assert batch.problems == []
    services.write(batch.pk, at=files.AT, by=None)
    fee, one, all_ = Line.objects.order_by("sequence")
    assert (fee.kind, fee.tariff) == ("fee", None)
    assert (one.kind, one.tariff, one.group) == ("tariff", tariff, group)
    assert (all_.tariff, all_.group, all_.description) == (tariff, None, "Assistenza remota")


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("C-3;K1;;01/01/2026;;;;;;;;;;;;Ignoto;\n", {"Profilo"}),
        ("C-3;K1;;01/01/2026;;;;;;;;;;;;Consumo base;Nessuno\n", {"Gruppo"}),
        ("C-3;K1;;01/01/2026;;;;;10;;;;;;;Consumo base;\n", {"Canone"}),
        ("C-3;K1;;01/01/2026;;;Canone;;;;;;;;;;\n", {"Canone", "Periodicità"}),
    ],
)
def test_a_row_that_prices_work_is_looked_at(row: str, columns: set[str]) -> None:
    catalog.tariff(name="Consumo base")
    batch = files.checked(WORK + row, "contratti.csv", importer=KEY)
    assert {p["column"] for p in batch.problems} == columns


def test_one_number_means_one_customer() -> None:
    batch = checked(ROWS + "C-1;K2;;01/01/2026;;;Canone;;10;;;mensile;;;;\n")
    assert [(p["row"], p["column"]) for p in batch.problems] == [(6, "Cliente")]


def test_an_import_is_taken_back_whole_or_not_at_all() -> None:
    other = make.contract()
    batch = imported()
    services.undo(batch, reason="wrong file", at=files.AT, by=owner())
    assert list(Contract.objects.all()) == [other]
    again = imported()
    line = Line.objects.filter(contract__number="C-1").earliest("pk")
    ledger.charge(line.contract.customer, origin=f"line:{line.pk}:2026-12-01")
    with pytest.raises(UndoRefusedError) as caught:
        services.undo(again, reason="wrong file", at=files.AT, by=owner())
    assert [one.subject for one in caught.value.refused] == ["C-1"]
    assert Contract.objects.count() == 3


def test_an_opening_balance_goes_before_its_contract() -> None:
    batch = imported()
    contract = Contract.objects.get(number="C-1")
    text = "Contratto;Tipo;Residuo;Alla data\nC-1;Ticket;7;31/10/2026\n"
    balance = files.checked(text, "saldi.csv", importer="contracts.balances")
    services.write(balance.pk, at=files.AT, by=None)
    with pytest.raises(UndoRefusedError) as caught:
        services.undo(batch, reason="wrong file", at=files.AT, by=owner())
    [refused] = caught.value.refused
    assert (refused.subject, str(refused.reason)) == ("C-1", str(importing.PREPAID))
    assert Contract.objects.filter(pk=contract.pk).exists()
    balance.refresh_from_db()
    services.undo(balance, reason="wrong file", at=files.AT, by=owner())
    batch.refresh_from_db()
    services.undo(batch, reason="wrong file", at=files.AT, by=owner())
    assert not Contract.objects.exists()
