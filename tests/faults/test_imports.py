"""An import whose worker is killed, in either pass: nothing is lost, nothing comes twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.desks.assistance.test_importing import big
from tests.faults.conftest import House, kill

pytestmark = pytest.mark.slow
ROWS = 40_000
PREPARE = """
from pathlib import Path
from django.utils import timezone
from canone.base.access.models import User
from canone.base.exchange import importers, queries, services
now = timezone.now()
user = User.objects.create_superuser("o@example.com", "x", name="O")
batch = services.create(Path({path!r}).open("rb"), name="s.csv", importer="assistance.sessions",
    at=now, by=user.pk)
found = queries.propose(batch, importers.get(batch.importer), queries.sample(batch)[0],
    language="it")
services.configure(batch, services.Choice("Prova", found.columns, found.notation), at=now,
    by=user.pk)
services.start_check(batch, url="/", at=now, by=user.pk)
"""
WRITE = """
from django.utils import timezone
from canone.base.access.models import User
from canone.base.exchange import services
from canone.base.exchange.models import ImportBatch
services.start_write(ImportBatch.objects.get(), good_only=False, url="/", at=timezone.now(),
    by=User.objects.get().pk)
"""


def shell(house: House, script: str) -> None:
    house.run("shell", "-v0", "-c", script)


def state(house: House) -> tuple[object, ...]:
    (row,) = house.ask("SELECT state, good, bad, new, position FROM exchange_importbatch")
    return row


def sessions(house: House) -> int:
    ((count,),) = house.ask("SELECT count(*) FROM assistance_remotesession")
    return int(count)


def test_an_import_survives_two_kills(house: House, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(big(ROWS))
    shell(house, PREPARE.format(path=str(path)))
    first = house.worker()
    house.wait(lambda: state(house)[0] == "checking")
    kill(first)
    assert sessions(house) == 0
    second = house.worker()
    house.wait(lambda: state(house)[0] == "checked")
    assert state(house)[1:4] == (ROWS, 0, 0)
    shell(house, WRITE)
    house.wait(lambda: int(str(state(house)[4])) > 0)
    kill(second)
    written = sessions(house)
    assert written > 0
    assert state(house)[3] == written, "counts move with the rows"
    house.worker()
    house.wait(lambda: state(house)[0] == "done")
    assert state(house)[1:4] == (ROWS, 0, ROWS)
    assert sessions(house) == ROWS
