"""A pull whose worker is killed in the middle: the next one ends with exactly the sessions."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from tests.channels.connectors.fakes.teamviewer import REPORT, TeamViewer
from tests.channels.connectors.fakes.web import Answer, Asked
from tests.channels.connectors.told import Told
from tests.faults.conftest import House, kill

pytestmark = pytest.mark.slow
SESSIONS, PAGE, HELD = 2_500, 500, 4
CONNECT = """
from django.utils import timezone
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.checking import Connection
said = Connection("TeamViewer", {url!r}, "teamviewer", secrets={{"token": {token!r}}})
sources.connect(connection=said, at=timezone.now())
"""
LATER = """
from canone.channels.connectors.models import Source
Source.objects.update(busy_until=None)
"""


class Holding(TeamViewer):
    """A TeamViewer that does not answer its fourth page before it is told to."""

    def __init__(self) -> None:
        super().__init__(PAGE)
        self.released = threading.Event()
        self.reports = 0

    def answer(self, asked: Asked) -> Answer:
        self.reports += asked.path == REPORT
        if self.reports == HELD:
            self.released.wait(60)
        return super().answer(asked)


def test_a_pull_survives_the_end_of_its_worker(house: House) -> None:
    server = Holding()
    latest = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    for number in range(SESSIONS):
        server.add(Told(f"s{number:05}", latest - timedelta(minutes=number), 60 + number))
    server.start()
    try:
        house.run("shell", "-v0", "-c", CONNECT.format(url=server.url, token=server.token))
        first = house.worker()
        house.wait(lambda: server.reports == HELD and sessions(house)[0] == PAGE * (HELD - 1))
        kill(first)
        ((told, outcome),) = house.ask("SELECT new, outcome FROM connectors_pulllog")
        assert (told, outcome) == (PAGE * (HELD - 1), "running"), "counts move with the rows"
        server.released.set()
        house.run("shell", "-v0", "-c", LATER)
        house.worker()
        house.wait(lambda: outcomes(house) == ["failed", "ok"])
    finally:
        server.released.set()
        server.stop()
    seconds = sum(60 + number for number in range(SESSIONS))
    assert sessions(house) == (SESSIONS, SESSIONS, seconds)
    ((new, cursor),) = house.ask("SELECT sessions_new, cursor FROM connectors_source")
    assert new == SESSIONS
    assert "reached" in str(cursor)
    assert house.ask("SELECT trouble FROM connectors_pulllog WHERE outcome = 'failed'") == [
        ("interrupted",)
    ]


def sessions(house: House) -> tuple[int, int, int]:
    """Return rows, different keys and seconds of what came in."""
    ((rows, keys, seconds),) = house.ask(
        "SELECT count(*), count(DISTINCT external_id), coalesce(sum(seconds), 0)"
        " FROM assistance_remotesession"
    )
    return int(rows), int(keys), int(seconds)


def outcomes(house: House) -> list[str]:
    return [row[0] for row in house.ask("SELECT outcome FROM connectors_pulllog ORDER BY id")]
