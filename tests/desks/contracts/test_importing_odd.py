"""Whatever stands in the cells of a file of contracts: faults of its row, and never a crash."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.make import assets, parties
from tests.make import contracts as make
from tests.make import exchange as files

from canone.base.exchange import importers, services
from canone.base.exchange.importers import Setup
from canone.base.exchange.rules.rows import Notation, RowReader
from canone.desks.contracts.models import Line
from canone.desks.contracts.services.sheets import FIELDS

pytestmark = pytest.mark.django_db
KEY = "contracts.contracts"
ODD = [
    "", "0", "-1", "1", "31", "32", "999999999999999", "-999999999999999", "0,000001", "1e5", "x",
    "31/12/9999", "01/01/0001", "01/01/1800", "29/02/2024", "01/01/2026", "sì", "no", "mensile",
    "ogni 999999 giorni", "ogni 0 mesi", "una tantum", "1; 2; 3", "0: 1; 1", "9999999999: 1| 2",
    "1: 0,01 + 99999999999; 2", "a: 1; b: 2", "A1: 50; A1: 50", "Piano: alto", ";;;", ":", "|",
    "SN1", "Nero", "K1", "ASS", "anno", "calendario", "pacchetti", "a volume", "ore", "ticket",
    "{period}", "{mese}", "\U0001f600", "' OR 1=1", "x" * 3_000, "RID-1", "Capannone", "SDD",
]  # fmt: skip
USUAL = {
    "number": "C-1", "customer": "K1", "start": "01/01/2026", "description": "Canone",
    "unit_price": "10", "cycle": "mensile",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _world(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    customer = parties.party("Officine Brambilla", code="K1")
    parties.party("Agenzia Nord", code="A1")
    parties.site(customer, name="Capannone")
    make.mandate(customer, reference="RID-1")
    assets.meter(assets.asset(customer, serial="SN1"), name="Nero")
    make.contract_type(code="ASS", fields=[{"key": "a", "label": "Piano", "kind": "number"}])


def cells(chance: random.Random) -> list[str]:
    """Return a row that is mostly usual and odd in some places."""
    few = chance.choice([1, 2, 4, 30])
    odd = {field.name for field in chance.sample(FIELDS, few)}
    return [chance.choice(ODD) if f.name in odd else USUAL.get(f.name, "") for f in FIELDS]


@pytest.mark.parametrize("seed", range(6))
def test_odd_cells_are_faults_and_what_is_good_is_written(seed: int) -> None:
    chance = random.Random(seed)
    rows = [cells(chance) for _number in range(250)]
    for number, row in enumerate(rows):
        row[0] = row[0] and f"{row[0][:30]}-{number}"
    columns = {field.name: [place] for place, field in enumerate(FIELDS)}
    reader = RowReader(FIELDS, columns, Notation())
    read, lines, _wrong = reader.read(rows, list(range(2, 252)), len(FIELDS))
    setup = Setup("test", columns, Notation(), {}, files.AT, None)
    run = importers.get(KEY).prepare(setup)
    checked = run.check(read, lines)
    assert checked.rows
    assert len(checked.rows) + len({p.row for p in checked.problems}) == len(read)
    done = importers.get(KEY).prepare(setup).write(checked.rows, batch=1, at=files.AT, by=None)
    assert done.new == len(checked.rows) == Line.objects.count()
    for line in Line.objects.select_related("contract"):
        line.terms()


@pytest.mark.parametrize("field", [field.name for field in FIELDS])
def test_every_column_stands_every_odd_cell(field: str) -> None:
    titles = ";".join(str(one.label) for one in FIELDS)
    lines = []
    for number, odd in enumerate(ODD):
        values = USUAL | {"number": f"C-{number}"} | {field: odd}
        lines.append(";".join(f'"{values.get(one.name, "")}"' for one in FIELDS))
    text = "\n".join([titles, *lines]) + "\n"
    batch = files.checked(text, "odd.csv", importer=KEY)
    assert batch.good + batch.bad == len(ODD)
    services.write(batch.pk, good_only=True, at=files.AT, by=None)
    assert Line.objects.count() == batch.good
