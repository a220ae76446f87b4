from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.make import assets as make
from tests.make import exchange, parties
from tests.people import People, people

from canone.base.exchange import services
from canone.base.exchange.importers import UndoRefusedError
from canone.base.exchange.models import ImportBatch
from canone.registers.assets.models import Asset, Meter, Reading

pytestmark = pytest.mark.django_db
State = ImportBatch.State
MACHINES = "Cliente;Sede;Macchina;Marca;Matricola;Contatore;Unità;Valore iniziale\n"
READINGS = "Matricola;Contatore;Data;Lettura\n"


@pytest.fixture
def who() -> People:
    return people()


def _checked(content: str, kind: str, **more: Any) -> ImportBatch:
    return exchange.checked(content, importer=f"assets.{kind}", **more)


def _write(batch: ImportBatch, by: int | None = None) -> ImportBatch:
    return services.write(batch.pk, at=exchange.AT, by=by)


def _columns(batch: ImportBatch) -> list[tuple[int, str]]:
    return [(problem["row"], problem["column"]) for problem in batch.problems]


def test_machines_come_with_their_meters_and_go_again(who: People) -> None:
    customer = parties.party("Alabastro S.r.l.")
    parties.site(customer, name="Magazzino")
    text = (
        MACHINES
        + "Alabastro S.r.l.;Magazzino;Multifunzione;Ricoh;SN-1;Copie b/n;copie;1.000\n"
        + "Alabastro S.r.l.;Magazzino;Multifunzione;Ricoh;SN-1;Copie colore;copie;\n"
        + "Alabastro S.r.l.;;Server;;;;;\n"
    )
    batch = _checked(text, "machines")
    assert (batch.good, batch.bad) == (3, 0), batch.problems
    batch = _write(batch, who.owner.pk)
    assert batch.state == State.DONE
    assert Asset.objects.count() == 2
    printer = Asset.objects.get(serial="SN-1")
    assert printer.site is not None
    assert printer.site.name == "Magazzino"
    assert dict(printer.meters.values_list("name", "opening")) == {
        "Copie b/n": 1_000,
        "Copie colore": 0,
    }
    services.undo(batch, reason="prova", at=exchange.AT, by=who.owner.pk)
    assert not Asset.objects.exists()
    assert not Meter.objects.exists()


def test_machines_that_are_read_are_not_taken_back(who: People) -> None:
    parties.party("Alabastro S.r.l.")
    text = MACHINES + "Alabastro S.r.l.;;Multifunzione;;SN-1;Copie;;\n"
    batch = _write(_checked(text, "machines"), who.owner.pk)
    make.reading(Meter.objects.get(), date(2026, 1, 31), 5)
    with pytest.raises(UndoRefusedError):
        services.undo(batch, reason="prova", at=exchange.AT, by=who.owner.pk)
    assert Asset.objects.count() == 1


def test_faults_of_machines_name_row_and_column() -> None:
    customer = parties.party("Alabastro S.r.l.")
    known = make.meter(make.asset(customer, serial="SN-9"), name="Copie")
    text = (
        MACHINES
        + "Nessuno;;Caldaia;;A1;;;\n"
        + "Alabastro S.r.l.;Altrove;Caldaia;;A2;;;\n"
        + f"Alabastro S.r.l.;;Caldaia;;{known.asset.serial};copie;;\n"
        + "Alabastro S.r.l.;;Caldaia;;A3;Ore;;\n"
        + "Alabastro S.r.l.;;Caldaia;;A3;ore;;\n"
        + "Alabastro S.r.l.;;Caldaia;;A4;;;50\n"
    )
    batch = _checked(text, "machines")
    assert _columns(batch) == [
        (2, "Cliente"), (3, "Sede"), (4, "Matricola"), (6, "Matricola"), (7, "Contatore"),
    ]  # fmt: skip


def test_readings_come_in_by_serial_number_and_go_again(who: People) -> None:
    single = make.meter(make.asset(serial="SN-1"))
    several = make.asset(serial="SN-2")
    black = make.meter(several, name="Nero")
    make.meter(several, name="Colore")
    make.reading(single, date(2026, 9, 30), 100)
    text = (
        READINGS
        + "SN-1;;31/10/2026;150\n"
        + "SN-1;;30/09/2026;100\n"  # stands there already
        + "sn-2;nero;31/10/2026;1.250\n"
    )
    batch = _checked(text, "readings")
    assert (batch.good, batch.bad) == (3, 0), batch.problems
    batch = _write(batch, who.owner.pk)
    assert (batch.new, batch.known) == (2, 1)
    row = Reading.objects.get(meter=black)
    assert (row.value, row.source) == (1_250, "imported")
    services.undo(batch, reason="prova", at=exchange.AT, by=who.owner.pk)
    assert list(Reading.objects.values_list("value", flat=True)) == [100]


def test_faults_of_readings_name_row_and_column() -> None:
    single = make.meter(make.asset(serial="SN-1"), opening=50)
    make.reading(single, date(2026, 9, 30), 100)
    several = make.asset(serial="SN-2")
    make.meter(several, name="Nero")
    make.meter(several, name="Colore")
    make.asset(serial="SN-3")
    text = (
        READINGS
        + "ZZ;;31/10/2026;150\n"
        + "SN-2;;31/10/2026;150\n"
        + "SN-2;Ciano;31/10/2026;150\n"
        + "SN-3;;31/10/2026;150\n"
        + "SN-1;;31/10/2026;99\n"  # below what it showed before
        + "SN-1;;30/09/2026;101\n"  # that day shows another value
        + "SN-1;;20/11/2026;200\n"
        + "SN-1;;20/11/2026;200\n"  # twice in the file
        + "SN-1;;15/11/2026;201\n"  # above the row that comes later in time
        + "SN-1;;31/12/2025;49\n"  # below where it began
        + "SN-1;;22/11/2026;300\n"  # still to come
    )
    batch = _checked(text, "readings")
    assert _columns(batch) == [
        (2, "Matricola"), (3, "Contatore"), (4, "Contatore"), (5, "Contatore"), (6, "Lettura"),
        (7, "Lettura"), (9, "Data"), (10, "Lettura"), (11, "Lettura"),
            (12, "Data"),
    ]  # fmt: skip
