"""A firm leaves another program: what it had comes in by files, and the next run is right."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.config import test_api_imports as programs
from tests.config.test_imports import work
from tests.make import allowances, assets, catalog, parties
from tests.make import exchange as files
from tests.people import people

from canone.base.exchange import services
from canone.desks.contracts.models import Contract
from canone.desks.contracts.queries import proposing
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.invoicing.rules.ports import Ask, Proposed
from canone.registers.assets.models import Meter

pytestmark = pytest.mark.django_db
IBAN = "IT60X0542811101000000123456"
MANDATES = f"Mandato;Cliente;IBAN;Data firma\nRID-7;K1;{IBAN};15/03/2024\n"
CONTRACTS = (
    "Numero contratto;Cliente;Decorrenza;Modalità di pagamento;Mandato;Descrizione;Prezzo;"
    "Periodicità;Mesi da fatturare;Copie incluse;Scaglioni;Matricola;Ultima lettura;"
    "Tipo di monte;Ticket inclusi;Fatturato fino al\n"
    "C-1;K1;01/03/2024;SDD;RID-7;Canone;300,00;trimestrale;;;;;;ticket;5;31/08/2026\n"
    "C-1;K1;01/03/2024;SDD;RID-7;Copie;;trimestrale;;1.000;1.000: 0,01 | 0,008;SN1;12.000;;;"
    "31/08/2026\n"
    "C-1;K1;01/03/2024;SDD;RID-7;Licenza;50,00;mensile;gen, dic;;;;;;;31/08/2026\n"
)
BALANCES = "Contratto;Tipo;Residuo;Alla data\nC-1;Ticket;3;31/08/2026\n"


@pytest.fixture(autouse=True)
def _world(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    customer = parties.party("Officine Brambilla", code="K1")
    assets.meter(assets.asset(customer, serial="SN1"), name="Nero")
    parties.party("Altri", code="K2")
    catalog.vat()


def propose(through: date) -> Proposed:
    desk = proposing.proposer()
    ask = Ask(through=through)
    return desk.propose(ask, desk.customers(ask, after=0, limit=10))


def billed(through: date) -> list[tuple[date, int]]:
    """Return the days and amounts of what a run through a day would charge."""
    return [(one.invoice_on, one.amount_minor) for one in propose(through).proposals]


def by_files() -> None:
    for text, kind in (
        (MANDATES, "parties.mandates"),
        (CONTRACTS, "contracts.contracts"),
        (BALANCES, "contracts.balances"),
    ):
        batch = files.checked(text, "file.csv", importer=kind)
        assert batch.problems == []
        services.write(batch.pk, at=files.AT, by=None)


def test_what_was_billed_elsewhere_is_not_billed_again() -> None:
    by_files()
    # what was billed elsewhere ends with August: nothing of it is owed, a quarter's fee is
    assert billed(date(2026, 9, 1)) == [(date(2026, 9, 1), 30_000)]
    assets.reading(Meter.objects.get(), date(2026, 11, 30), 14_500)
    # 2,500 copies, 1,000 included: 1,000 x 0.01 + 500 x 0.008
    due = sorted(billed(date(2026, 12, 1)))
    assert due == [
        (date(2026, 9, 1), 30_000),
        (date(2026, 12, 1), 1_400),
        (date(2026, 12, 1), 5_000),
        (date(2026, 12, 1), 30_000),
    ]
    contract = Contract.objects.get()
    assert contract.mandate is not None
    assert (contract.mandate.iban, contract.mandate.party) == (IBAN, contract.customer)
    # three that were left, and five for the quarter since September
    assert allowances.balance(Allowance.objects.get()) == 8


def test_a_program_takes_over_as_well() -> None:
    caller = programs.client(people().owner)
    for text, kind in ((MANDATES, "parties.mandates"), (CONTRACTS, "contracts.contracts")):
        take(caller, text, kind)
    assert Contract.objects.get().lines.count() == 3
    assert billed(date(2026, 9, 1)) == [(date(2026, 9, 1), 30_000)]


def take(caller: Client, text: str, kind: str) -> None:
    """Upload a file, accept the columns as they are recognised, check and write it."""
    said = programs.upload(caller, text, kind).json()
    body = {"source": "Old", "columns": said["columns"], "notation": said["notation"]}
    programs.send(caller, f"{said['id']}/columns", body, "put")
    work()
    checked = caller.get(f"{programs.URL}/{said['id']}").json()
    assert (checked["state"], checked["bad"]) == ("checked", 0), checked["problems"]
    programs.send(caller, f"{said['id']}/write", {})
    work()
    assert caller.get(f"{programs.URL}/{said['id']}").json()["state"] == "done"
