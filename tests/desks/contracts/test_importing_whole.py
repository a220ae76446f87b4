"""What a person can type on a contract and its lines comes in from a file, and goes again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.make import access, allowances, assets, catalog, parties
from tests.make import contracts as make
from tests.make import exchange as files
from tests.make import invoicing as ledger

from canone.base.access.functions import Role
from canone.base.exchange import services
from canone.base.exchange.importers import UndoRefusedError
from canone.base.exchange.models import ImportBatch
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.services import habits, importing
from canone.kernel.money import Money
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.invoicing.models import Document
from canone.registers.assets.models import Meter, Reading
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
KEY = "contracts.contracts"
OWN = [
    {"key": "floor", "label": "Piano", "kind": "number"},
    {"key": "since", "label": "Dal", "kind": "day"},
    {"key": "keys", "label": "Chiavi", "kind": "yes"},
    {"key": "level", "label": "Livello", "kind": "choice", "choices": ["Oro", "Argento"]},
    {"key": "who", "label": "Referente", "kind": "text", "required": True},
]
CONTRACT = {
    "Numero contratto": "C-1",
    "Cliente": "K1",
    "Decorrenza": "01/03/2024",
}
FEE = CONTRACT | {"Descrizione": "Canone", "Prezzo": "100,00", "Periodicità": "mensile"}
USAGE = CONTRACT | {
    "Matricola": "SN1",
    "Contatore": "Nero",
    "Prezzo": "0,01",
    "Periodicità": "trimestrale",
    "Descrizione": "Copie",
}


@pytest.fixture(autouse=True)
def _world(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"


@pytest.fixture
def customer() -> Party:
    party = parties.party("Officine Brambilla", code="K1")
    parties.party("Agenzia Nord", code="A1")
    parties.party("Agenzia Sud", code="A2")
    parties.site(party, name="Capannone")
    make.mandate(party, reference="RID-1")
    machine = assets.asset(party, serial="SN1", name="Stampante")
    assets.meter(machine, name="Nero", opening=100)
    assets.meter(machine, name="Colore")
    assets.asset(party, serial="SN2", name="Plotter")
    make.contract_type(code="ASS", name="Assistenza", fields=OWN)
    return party


def sheet(*rows: dict[str, Any]) -> str:
    """Return the rows as a CSV file with all their columns."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    lines = [titles, *([str(row.get(title, "")) for title in titles] for row in rows)]
    quoted = (";".join(f'"{cell}"' for cell in line) for line in lines)
    return "\n".join(quoted) + "\n"


def checked(*rows: dict[str, Any]) -> ImportBatch:
    return files.checked(sheet(*rows), "contratti.csv", importer=KEY)


def imported(*rows: dict[str, Any]) -> ImportBatch:
    batch = checked(*rows)
    assert batch.problems == []
    return services.write(batch.pk, at=files.AT, by=None)


def undo(batch: ImportBatch) -> None:
    batch.refresh_from_db()
    services.undo(batch, reason="wrong", at=files.AT, by=access.user(Role.OWNER).pk)


def told(*rows: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(problem["row"], problem["column"]) for problem in checked(*rows).problems]


def whole() -> dict[str, Any]:
    """Return a row in which every column of a contract and most of a fee are filled in."""
    return FEE | {
        "Tipo": "Assistenza", "Sede": "Capannone", "Oggetto": "Server", "Firmato il": "20/02/2024",
        "Scadenza": "28/02/2027", "Da fatturare dal": "01/04/2024",
        "Data fattura posticipata": "ultimo giorno", "Fattura separata": "sì",
        "Modalità di pagamento": "SDD", "Mandato": "RID-1", "Ordine": "OdA 12",
        "Data ordine": "19/02/2024", "CIG": "Z1A2B3C4D5", "CUP": "J12C20000130001",
        "Note interne": "Vecchio 77", "Note in fattura": "Rif. 77",
        "Condizioni": "1. Prima\n2. Seconda",
        "Campi propri": "Piano: 2,5; Dal: 01/02/2024; chiavi: sì; Livello: ORO; Referente: Riva",
        "Agenti": "A1: 50%; Agenzia Sud: 2,5 %", "Macchine coperte": "SN2; Stampante",
        "Disdetto il": "10/11/2026", "Motivo disdetta": "Trasloco",
        "Quantità": "2", "Sconto": "12,5", "A richiesta": "no",
        "Anticipata/posticipata": "posticipata", "Ancoraggio": "calendario", "Giorno": "31",
        "Sfasamento mesi": "1", "Periodi contati dal": "01/02/2024",
        "Mesi da fatturare": "gen; lug", "Calcolo ratei": "30/360", "Importo per": "anno",
        "Rate a quadratura": "sì", "Riga dal": "01/05/2024", "Riga al": "31/12/2026",
        "Fatturato fino al": "30/09/2026",
        "Tipo di monte": "ore", "Ore incluse": "1,5", "Residuo resta": "sì",
    }  # fmt: skip


@pytest.mark.usefixtures("customer")
def test_a_contract_comes_in_with_all_that_its_form_asks() -> None:
    imported(whole())
    contract = Contract.objects.get()
    assert (contract.type.code, contract.site.name) == ("ASS", "Capannone")  # type: ignore[union-attr]
    assert (contract.title, contract.signed_on) == ("Server", date(2024, 2, 20))
    assert (contract.end, contract.go_live) == (date(2027, 3, 1), date(2024, 4, 1))
    assert (contract.arrears_on, contract.is_own_invoice) == ("last_day", True)
    assert (contract.method, contract.mandate.reference) == ("direct_debit", "RID-1")  # type: ignore[union-attr]
    assert (contract.order_number, contract.order_date) == ("OdA 12", date(2024, 2, 19))
    assert (contract.cig, contract.cup) == ("Z1A2B3C4D5", "J12C20000130001")
    assert (contract.notes, contract.invoice_notes) == ("Vecchio 77", "Rif. 77")
    assert contract.conditions == "1. Prima\n2. Seconda"
    assert contract.custom == {
        "floor": "2.5", "since": "2024-02-01", "keys": True, "level": "Oro", "who": "Riva",
    }  # fmt: skip
    shares = {agent.party.code: agent.share_bp for agent in contract.agents.all()}
    assert shares == {"A1": 5_000, "A2": 250}
    covers = {(cover.asset.serial, cover.start) for cover in contract.covers.all()}
    assert covers == {("SN1", date(2024, 3, 1)), ("SN2", date(2024, 3, 1))}
    assert (contract.cancelled_on, contract.cancel_reason) == (date(2026, 11, 10), "Trasloco")


@pytest.mark.usefixtures("customer")
def test_a_fee_comes_in_with_all_that_its_form_asks() -> None:
    imported(whole())
    line = Line.objects.get()
    assert (line.kind, line.quantity_micros, line.discount_bp) == ("fee", 2_000_000, 1_250)
    assert (line.start, line.end) == (date(2024, 5, 1), date(2027, 1, 1))
    assert (line.timing, line.anchor, line.anchor_day) == ("in_arrears", "calendar", 31)
    assert (line.month_offset, line.counted_from) == (1, date(2024, 2, 1))
    assert (line.months, line.day_basis, line.is_on_request) == ([1, 7], "thirty", False)
    assert (line.amount_per, line.sum_to_annual) == ("year", True)
    assert line.billed_through == date(2026, 9, 30)
    assert (line.grants, line.granted, line.is_kept) == ("minute", 90, True)


@pytest.mark.usefixtures("customer")
def test_a_line_by_a_meter_comes_in_with_tiers_and_its_last_reading() -> None:
    tiered = {key: value for key, value in USAGE.items() if key != "Prezzo"} | {
        "Copie incluse": "1.500", "Tariffazione": "scaglioni",
        "Scaglioni": "1.000: 0,01; 5.000: 0,008 + 25; 0,006", "Minimo": "30,00", "Stima": "sì",
        "Fatturato fino al": "30/09/2026", "Ultima lettura": "12.345",
    }  # fmt: skip
    packages = USAGE | {"Contatore": "Colore", "Unità per pacchetto": "100", "Prezzo": "4"}
    imported(tiered, packages)
    line, other = Line.objects.order_by("sequence")
    assert (line.kind, line.meter, line.timing) == ("usage", black(), "in_arrears")
    assert (line.included, line.pricing, line.minimum) == (1_500, "graduated", Money.of("30.00"))
    assert line.tiers == [
        {"up_to": 1_000, "unit": "0.01"},
        {"up_to": 5_000, "unit": "0.008", "flat": "25.00"},
        {"up_to": None, "unit": "0.006"},
    ]
    assert (line.is_estimated, line.every, line.sequence) == (True, 3, 10)
    assert (other.meter, other.pricing) == (Meter.objects.get(name="Colore"), "package")
    assert other.tiers == [{"size": 100, "unit": "4.00"}]
    reading = Reading.objects.get()
    assert (reading.meter, reading.day, reading.value) == (black(), date(2026, 9, 30), 12_345)
    assert reading.source == Reading.Source.IMPORTED


def black() -> Meter:
    return Meter.objects.get(name="Nero")


@pytest.mark.usefixtures("customer")
def test_an_undo_takes_readings_and_grants_along() -> None:
    granting = FEE | {"Tipo di monte": "ticket", "Ticket inclusi": "5"}
    granting |= {"Fatturato fino al": "30/09/2026"}
    read = USAGE | {"Ultima lettura": "5000", "Fatturato fino al": "30/09/2026"}
    batch = imported(granting, read)
    assert [entry.quantity for entry in Entry.objects.filter(kind="grant")] == [5, 5]
    undo(batch)
    assert not Contract.objects.exists()
    assert not Reading.objects.exists()
    assert allowances.balance(Allowance.objects.get()) == 0
    again = imported(granting, read)
    assert again.new == 2


@pytest.mark.usefixtures("customer")
def test_an_undo_is_refused_once_something_was_used() -> None:
    granting = FEE | {"Tipo di monte": "ticket", "Ticket inclusi": "5"}
    batch = imported(granting | {"Fatturato fino al": "31/10/2026"})
    allowances.draw(Allowance.objects.get(), 1, day=date(2026, 11, 20))
    with pytest.raises(UndoRefusedError) as caught:
        undo(batch)
    [refused] = caught.value.refused
    assert str(refused.reason) == str(importing.PREPAID)
    assert Contract.objects.exists()


@pytest.mark.usefixtures("customer")
def test_a_reading_that_was_entered_anew_stays() -> None:
    batch = imported(USAGE | {"Ultima lettura": "5000"})
    reading = Reading.objects.get()
    assert reading.day == date(2024, 2, 29)
    assets.reading(reading.meter, reading.day, 5_001)
    undo(batch)
    assert Reading.objects.get().value == 5_001


def test_a_reading_on_which_another_contract_is_billed_stays(customer: Party) -> None:
    parties.site(customer, is_main=True, name="Sede")
    Party.objects.filter(pk=customer.pk).update(vat_number="IT00743110157", sdi_code="ABCDEFG")
    batch = imported(USAGE | {"Ultima lettura": "5000", "Fatturato fino al": "30/09/2026"})
    other = make.contract(customer, start=date(2026, 10, 1))
    monthly = {"timing": "in_arrears", "unit_of_cycle": "month", "every": 1}
    make.line(other, kind="usage", meter=black(), price="0.01", **monthly)
    assets.reading(black(), date(2026, 10, 31), 6_000)
    day = date(2026, 11, 10)
    order = {"through": day, "issue_date": day, "day": day}
    ledger.bill(**order)
    assert [str(document.net) for document in Document.objects.all()] == ["10.00"]
    undo(batch)
    assert list(Reading.objects.values_list("value", flat=True).order_by("day")) == [5_000, 6_000]
    ledger.bill(**order)
    assert Document.objects.count() == 1, "what was billed stays as it was"


def test_a_suspended_contract_stays_so_and_grants_nothing(customer: Party) -> None:
    row = FEE | {"Sospeso dal": "01/10/2026", "Fatturato fino al": "30/09/2026"}
    imported(row | {"Tipo di monte": "ticket", "Ticket inclusi": "5"})
    contract = customer.contracts.get()
    assert contract.suspended_from == date(2026, 10, 1)
    assert contract.suspend_reason
    assert not Entry.objects.exists()


@pytest.mark.usefixtures("customer")
def test_what_a_file_leaves_open_is_by_the_habits_of_the_firm() -> None:
    habits.revise(by=None, arrears_on="last_day", day_basis="months_and_days")
    imported(FEE)
    line = Line.objects.get()
    assert (line.contract.arrears_on, line.day_basis) == ("last_day", "months_and_days")


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize(
    ("row", "column"),
    [
        (FEE | {"Sede": "Luna"}, "Sede"),
        (FEE | {"Tipo": "Ignoto"}, "Tipo"),
        (FEE | {"Mandato": "RID-9"}, "Mandato"),
        (FEE | {"Modalità di pagamento": "SDD"}, "Mandato"),
        (FEE | {"Tipo": "ASS"}, "Campi propri"),
        (FEE | {"Campi propri": "Piano: 1"}, "Campi propri"),
        (FEE | {"Tipo": "ASS", "Campi propri": "Referente: x; Tetto: 1"}, "Campi propri"),
        (FEE | {"Tipo": "ASS", "Campi propri": "Referente: x; Piano: alto"}, "Campi propri"),
        (FEE | {"Tipo": "ASS", "Campi propri": "Referente: x; Livello: Rame"}, "Campi propri"),
        (FEE | {"Agenti": "A1"}, "Agenti"),
        (FEE | {"Agenti": "A9: 10"}, "Agenti"),
        (FEE | {"Agenti": "A1: 60; A2: 50"}, "Agenti"),
        (FEE | {"Agenti": "A1: 60; Agenzia Nord: 10"}, "Agenti"),
        (FEE | {"Agenti": "A1: 0"}, "Agenti"),
        (FEE | {"Macchine coperte": "SN9"}, "Macchine coperte"),
        (FEE | {"Motivo sospensione": "x"}, "Sospeso dal"),
        (FEE | {"Disdetto il": "01/10/2026"}, "Scadenza"),
        (FEE | {"Mesi da fatturare": "13"}, "Mesi da fatturare"),
        (FEE | {"Mesi da fatturare": "brumaio"}, "Mesi da fatturare"),
        (FEE | {"Calcolo ratei": "luna"}, "Calcolo ratei"),
        (FEE | {"Periodicità": "ogni 0 mesi"}, "Periodicità"),
        (FEE | {"Giorno": "32"}, "Giorno"),
        (FEE | {"Riga al": "29/02/2024"}, "Riga al"),
        (FEE | {"Riga dal": "29/02/2024"}, "Riga dal"),
        (FEE | {"Tipo di monte": "ore"}, "Quanti per periodo"),
        (FEE | {"Ore incluse": "2"}, "Compreso inoltre"),
        (FEE | {"Tipo di monte": "ticket", "Ore incluse": "1,5"}, "Ore incluse"),
        (FEE | {"Copie incluse": "100"}, "Copie incluse"),
        (FEE | {"Ultima lettura": "100"}, "Ultima lettura"),
        (USAGE | {"Matricola": "SN9"}, "Matricola"),
        (USAGE | {"Contatore": "Blu"}, "Contatore"),
        (USAGE | {"Contatore": ""}, "Contatore"),
        (USAGE | {"Periodicità": "una tantum"}, "Periodicità"),
        (USAGE | {"Sconto": "5"}, "Sconto"),
        (USAGE | {"Quantità": "2"}, "Quantità"),
        (USAGE | {"Anticipata/posticipata": "anticipata"}, "Anticipata/posticipata"),
        (USAGE | {"Tipo di monte": "ticket", "Ticket inclusi": "1"}, "Tipo di monte"),
        (USAGE | {"Scaglioni": "5: 1; 3: 2; 1"}, "Scaglioni"),
        (USAGE | {"Scaglioni": "cinque"}, "Scaglioni"),
        (USAGE | {"Tariffazione": "pacchetti"}, "Unità in un pacchetto"),
        (USAGE | {"Tariffazione": "a volume", "Unità per pacchetto": "5"}, "Unità per pacchetto"),
        (USAGE | {"Unità per pacchetto": "5", "Scaglioni": "1"}, "Scaglioni"),
        (USAGE | {"Copie incluse": "-1"}, "Copie incluse"),
        (USAGE | {"Minimo": "-1"}, "Minimo"),
        (USAGE | {"Prezzo": ""}, "Prezzo"),
        (USAGE | {"Ultima lettura": "99"}, "Ultima lettura"),
        (USAGE | {"Fatturato fino al": "30/09/2026", "Ultima lettura": "50"}, "Ultima lettura"),
        (USAGE | {"Profilo": "Consumo"}, "Profilo"),
    ],
)
def test_a_fault_names_its_column_and_nothing_else(row: dict[str, Any], column: str) -> None:
    catalog.tariff(name="Consumo")
    assert told(FEE | {"Numero contratto": "C-0"}, row) == [(3, column)]
    assert not Contract.objects.exists()


@pytest.mark.usefixtures("customer")
def test_readings_of_a_file_do_not_contradict_each_other_or_those_that_are_there() -> None:
    assets.reading(black(), date(2026, 8, 31), 900)
    assets.reading(black(), date(2026, 9, 30), 1_000)
    row = USAGE | {"Fatturato fino al": "30/09/2026"}
    assert told(row | {"Ultima lettura": "1001"}) == [(2, "Ultima lettura")]
    august = {"Fatturato fino al": "31/07/2026", "Ultima lettura": "901"}
    assert told(row | august) == [(2, "Ultima lettura")]
    batch = imported(row | {"Ultima lettura": "1000"})
    assert Reading.objects.count() == 2
    undo(batch)
    assert Reading.objects.count() == 2


@pytest.mark.usefixtures("customer")
def test_all_rows_of_a_contract_say_the_same_of_it() -> None:
    other = FEE | {"Oggetto": "Altro", "Scadenza": "31/12/2026"}
    assert told(FEE | {"Oggetto": "Uno"}, other) == [(3, "Oggetto"), (3, "Scadenza")]
    assert told(FEE, FEE | {"Cliente": "Officine Brambilla"}) == []


@pytest.mark.usefixtures("customer")
def test_the_same_file_twice_adds_nothing() -> None:
    imported(FEE, USAGE)
    assert told(FEE, USAGE) == [(2, "Numero contratto"), (3, "Numero contratto")]
    assert Line.objects.count() == 2


@pytest.mark.usefixtures("customer")
def test_only_the_good_rows_may_come_in() -> None:
    batch = checked(FEE, FEE | {"Numero contratto": "C-2", "Sede": "Luna"})
    with pytest.raises(services.ImportRefusedError):
        services.write(batch.pk, at=files.AT, by=None)
    assert services.write(batch.pk, good_only=True, at=files.AT, by=None).new == 1
    assert Contract.objects.get().number == "C-1"


@pytest.mark.usefixtures("customer")
def test_a_spreadsheet_is_taken_the_same() -> None:
    row = {
        "Number of the contract": "C-1", "Customer": "K1", "Activation": date(2024, 3, 1),
        "Description": "Copies", "Cycle": 3, "Price": 0.0085, "Machine of the meter": "SN1",
        "Meter": "Nero", "Included a cycle": 1500, "Reading taken over": 5000,
        "Agents with their shares": "A1: 50 %", "Months to bill": "1; 7",
    }  # fmt: skip
    book = files.excel([list(row), list(row.values())])
    batch = files.checked(book, "contracts.xlsx", importer=KEY)
    assert batch.problems == []
    services.write(batch.pk, at=files.AT, by=None)
    line = Line.objects.get()
    assert (str(line.unit_price), line.every, line.included) == ("0.0085", 3, 1_500)
    assert (line.start, line.months) == (date(2024, 3, 1), [1, 7])
    assert Reading.objects.get().value == 5_000


def test_a_charge_from_one_line_keeps_all(customer: Party) -> None:
    batch = imported(FEE, USAGE | {"Ultima lettura": "5000"})
    line = Line.objects.earliest("pk")
    ledger.charge(customer, origin=f"line:{line.pk}:2026-12-01")
    with pytest.raises(UndoRefusedError):
        undo(batch)
    assert (Line.objects.count(), Reading.objects.count()) == (2, 1)
