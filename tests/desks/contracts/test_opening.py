from __future__ import annotations

from typing import Any

import pytest
from tests.make import allowances, catalog, exchange
from tests.make import contracts as make
from tests.people import People, people

from canone.base.exchange import services
from canone.base.exchange.models import ImportBatch
from canone.ledgers.allowances import queries as ledger
from canone.ledgers.allowances.models import Allowance

pytestmark = pytest.mark.django_db
HEAD = "Contratto;Profilo;Tipo;Residuo;Alla data;Scadenza\n"


@pytest.fixture
def who() -> People:
    return people()


def _checked(content: str, **more: Any) -> ImportBatch:
    return exchange.checked(content, importer="contracts.balances", **more)


def test_balances_are_taken_over_and_go_again(who: People) -> None:
    contract = make.contract(title="Assistenza Oro")
    tariff = catalog.tariff(name="Monte ore")
    hours = allowances.pool(owner=f"tariff:{tariff.pk}")
    text = (
        HEAD
        + f"{contract.number};;Ticket;7;31/10/2026;31/12/2026\n"
        + f"{contract.number};;Ore;2,5;31/10/2026;\n"
        + ";Monte ore;ore;10;31/10/2026;\n"
    )
    batch = _checked(text)
    assert (batch.good, batch.bad) == (3, 0), batch.problems
    batch = services.write(batch.pk, at=exchange.AT, by=who.owner.pk)
    assert batch.new == 3
    found = dict(Allowance.objects.values_list("owner", "balance"))
    assert found == {
        f"contract:{contract.pk}:ticket": 7,
        f"contract:{contract.pk}:minute": 150,
        hours.owner: 600,
    }
    again = _checked(text)
    assert [problem["row"] for problem in again.problems] == [2, 3, 4]
    services.undo(batch, reason="prova", at=exchange.AT, by=who.owner.pk)
    assert set(Allowance.objects.values_list("balance", flat=True)) == {0}
    assert ledger.discrepancies() == []
    assert _checked(text).bad == 0


def test_faults_name_row_and_column() -> None:
    contract = make.contract()
    catalog.tariff(name="Monte ore")
    number = contract.number
    text = (
        HEAD
        + ";;Ticket;7;31/10/2026;\n"
        + f"{number};Monte ore;Ticket;7;31/10/2026;\n"
        + "ZZ;;Ticket;7;31/10/2026;\n"
        + ";Altro;Ore;7;31/10/2026;\n"
        + ";Monte ore;Ore;7;31/10/2026;\n"  # nobody has it
        + f"{number};;Ticket;2,5;31/10/2026;\n"
        + f"{number};;Visite;-3;31/10/2026;\n"
        + f"{number};;Copie;3;31/10/2026;30/09/2026\n"
        + f"{number};;Ticket;4;31/10/2026;\n"  # twice
    )
    batch = _checked(text)
    assert [(problem["row"], problem["column"]) for problem in batch.problems] == [
        (2, "Contratto"), (3, "Contratto"), (4, "Contratto"), (5, "Profilo"), (6, "Profilo"),
        (7, "Residuo"), (8, "Residuo"), (9, "Scadenza"), (10, "Contratto"),
    ]  # fmt: skip
