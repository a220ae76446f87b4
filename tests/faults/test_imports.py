"""An import whose worker is killed, in either pass: nothing is lost, nothing comes twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from tests.desks.assistance.test_importing import big
from tests.faults.conftest import House, kill

from canone.base.access.models import User
from canone.base.exchange import importers, queries, services
from canone.base.exchange.models import ImportBatch

pytestmark = pytest.mark.slow
ROWS = 40_000


def prepare(house: House, path: Path) -> int:
    """Bring the file in, and return the job that checks it."""
    now = timezone.now()
    with house.inside():
        user = User.objects.create_superuser("o@example.com", "x", name="O")
        with path.open("rb") as source:
            batch = services.create(
                source, name="s.csv", importer="assistance.sessions", at=now, by=user.pk
            )
        sample = queries.sample(batch)[0]
        found = queries.propose(batch, importers.get(batch.importer), sample, language="it")
        choice = services.Choice("Prova", found.columns, found.notation)
        services.configure(batch, choice, at=now, by=user.pk)
        return services.start_check(batch, url="/", at=now, by=user.pk).pk


def write(house: House) -> int:
    with house.inside():
        batch = ImportBatch.objects.get()
        by = batch.created_by_id or 0
        return services.start_write(batch, good_only=False, url="/", at=timezone.now(), by=by).pk


def state(house: House) -> tuple[object, ...]:
    (row,) = house.ask("SELECT state, good, bad, new, position FROM exchange_importbatch")
    return row


def sessions(house: House) -> int:
    ((count,),) = house.ask("SELECT count(*) FROM assistance_remotesession")
    return int(count)


def test_an_import_survives_two_kills(house: House, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(big(ROWS))
    prepare(house, path)
    first = house.worker()
    house.wait(lambda: state(house)[0] == "checking")
    kill(first)
    assert sessions(house) == 0
    second = house.worker()
    house.wait(lambda: state(house)[0] == "checked")
    assert state(house)[1:4] == (ROWS, 0, 0)
    write(house)
    house.wait(lambda: int(str(state(house)[4])) > 0)
    kill(second)
    written = sessions(house)
    assert written > 0
    assert state(house)[3] == written, "counts move with the rows"
    house.worker()
    house.wait(lambda: state(house)[0] == "done")
    assert state(house)[1:4] == (ROWS, 0, ROWS)
    assert sessions(house) == ROWS
