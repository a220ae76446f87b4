"""Large files of contracts: the database is asked as often, and each row is written once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.make import access, assets, parties
from tests.make import exchange as files

from canone.base.access.functions import Role
from canone.base.exchange import services
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.readers import CHUNK
from canone.desks.contracts.models import Agent, Contract, Cover, Line

pytestmark = pytest.mark.django_db
HEAD = (
    "Numero contratto;Cliente;Decorrenza;Descrizione;Prezzo;Periodicità;Agenti;Macchine coperte;"
    "Matricola\n"
)


@pytest.fixture(autouse=True)
def _world(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    customer = parties.party("Officine Brambilla", code="K1")
    parties.party("Agenzia Nord", code="A1")
    assets.meter(assets.asset(customer, serial="SN1"), name="Nero")


def rows(numbers: list[str]) -> str:
    fee = "{0};K1;01/01/2026;Canone;100;mensile;A1: 5;SN1;\n"
    usage = "{0};K1;01/01/2026;Copie;0,01;mensile;A1: 5;SN1;SN1\n"
    return HEAD + "".join((fee + usage).format(number) for number in numbers)


def checked(text: str) -> ImportBatch:
    batch = files.checked(text, "contratti.csv", importer="contracts.contracts")
    assert batch.problems == []
    return batch


def test_many_contracts_ask_the_database_as_often_as_few() -> None:
    def asked(count: int) -> tuple[int, int]:
        text = rows([f"N{count}-{number}" for number in range(count)])
        batch = files.configured(files.upload(text, importer="contracts.contracts"))
        with CaptureQueriesContext(connection) as captured:
            found = services.check(batch.pk, at=files.AT, by=None)
        assert found.good == 2 * count, found.problems
        with CaptureQueriesContext(connection) as written:
            services.write(batch.pk, at=files.AT, by=None)
        return len(captured), len(written)

    few, many = asked(20), asked(200)
    assert many[0] <= few[0] + 2
    # 1,080 more rows, and their history, in statements of some twenty
    assert many[1] <= few[1] + 2 * 1_080 // 20
    assert (Contract.objects.count(), Line.objects.count()) == (220, 440)
    assert (Agent.objects.count(), Cover.objects.count()) == (220, 220)


def test_a_contract_may_have_thousands_of_lines() -> None:
    owner = access.user(Role.OWNER)
    lines = CHUNK // 2 + 50
    batch = checked(rows(["C-1"] * lines))
    done = services.write(batch.pk, at=files.AT, by=owner.pk)
    assert done.new == 2 * lines
    contract = Contract.objects.get()
    places = list(contract.lines.order_by("pk").values_list("sequence", flat=True))
    assert places == [10 * number for number in range(1, 2 * lines + 1)]
    made = Line.history.filter(history_type="+", history_user=owner, history_date=files.AT)
    assert made.count() == 2 * lines
    assert Contract.history.get().history_user == owner


def test_what_was_stopped_goes_on_in_the_same_contracts() -> None:
    numbers = [f"N{number}" for number in range(CHUNK // 2 + 10)]
    text = rows(numbers) + "".join(
        f"{number};K1;01/01/2026;Altro;1;mensile;A1: 5;SN1;\n" for number in numbers[:10]
    )
    batch = checked(text)

    class Stop(Exception):  # noqa: N818 (no error)
        pass

    class Impatient:
        def check_cancelled(self) -> None:
            if Line.objects.exists():
                raise Stop

        def progress(self, done: int, total: int, message: str = "") -> None:
            pass

    with pytest.raises(Stop):
        services.write(batch.pk, at=files.AT, by=None, progress=Impatient())
    assert CHUNK - 1 <= Line.objects.count() <= CHUNK
    services.write(batch.pk, at=files.AT, by=None)
    assert Contract.objects.count() == len(numbers)
    first = Contract.objects.get(number="N0").lines.order_by("sequence")
    assert [(one.description, one.sequence) for one in first] == [
        ("Canone", 10), ("Copie", 20), ("Altro", 30),
    ]  # fmt: skip
