"""The story of every source: first pull, daily pull, outage, expired credentials, recovery."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.channels.connectors.asking import HOUR, pull
from tests.channels.connectors.story import FAKES, FakeTool, Spec, Told
from tests.make import access as users
from tests.make import connectors as make

from canone.base.access.functions import Role
from canone.channels.connectors.models import Source
from canone.channels.connectors.services import sources
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db
DAY = 24 * HOUR
AT = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)  # past, by the clocks of the servers


@pytest.fixture(params=sorted(FAKES))
def spec(request: pytest.FixtureRequest) -> Spec:
    return FAKES[request.param]


@pytest.fixture
def server(spec: Spec) -> Iterator[FakeTool]:
    fake = spec.make()
    fake.start()
    yield fake
    fake.stop()


def known() -> list[tuple[object, ...]]:
    """Return the sessions that came in, by start."""
    rows = RemoteSession.objects.order_by("started_at", "pk")
    return list(rows.values_list("started_at", "ended_at", "seconds"))


def as_told(*sessions: Told) -> list[tuple[object, ...]]:
    """Return the same of what the server was told."""
    by_start = sorted(sessions, key=lambda session: session.started_at)
    return [(session.started_at, session.ended_at, session.seconds) for session in by_start]


def of_the_day(number: int, count: int = 3) -> list[Told]:
    """Return sessions that ended in the hours before the pull of that day."""
    at = AT + number * DAY
    return [
        Told(f"d{number}s{each}", at - (each + 1) * HOUR, 600 + each, note="")
        for each in range(count)
    ]


def connect(server: FakeTool) -> Source:
    return make.source(at=AT, **server.source_settings())


def add(server: FakeTool, *sessions: Told) -> None:
    for session in sessions:
        server.add(session)


def test_a_source_from_its_first_pull_to_its_recovery(server: FakeTool) -> None:
    users.user(Role.TECHNICIAN, email="anna@example.com", name="Anna Riva")
    told = of_the_day(0)
    add(server, *told)
    source = connect(server)

    first = pull(source, AT)
    assert (first.outcome, first.trouble, first.new) == ("ok", "", 3)
    assert known() == as_told(*told)

    new = of_the_day(1)
    add(server, *new)
    daily = pull(source, AT + DAY)
    assert (daily.outcome, daily.new) == ("ok", 3)
    assert pull(source, AT + DAY + HOUR).new == 0

    server.break_after(0)
    later = of_the_day(2)
    add(server, *later)
    broken = pull(source, AT + 2 * DAY)
    assert broken.outcome == "failed"
    assert (source.state, source.last_ok_at) == ("active", AT + DAY + HOUR)
    assert source.next_pull_at is not None

    server.heal()
    assert pull(source, AT + 2 * DAY + HOUR).outcome == "ok"
    assert known() == as_told(*told, *new, *later)

    server.expire_credentials()
    refused = pull(source, AT + 3 * DAY)
    assert (refused.outcome, source.state, source.next_pull_at) == ("failed", "error", None)

    last = of_the_day(3)
    add(server, *last)
    server.heal()
    renewed = make.connection(**server.source_settings())
    sources.revise(source_id=source.pk, connection=renewed, at=AT + 3 * DAY + HOUR)
    assert pull(source, AT + 3 * DAY + HOUR).outcome == "ok"
    assert (source.state, source.trouble, source.failures) == ("active", "", 0)
    assert known() == as_told(*told, *new, *later, *last)
    assert source.sessions_new == 12


def test_who_helped_and_where_comes_along(server: FakeTool) -> None:
    add(server, *of_the_day(0, count=1))
    pull(connect(server), AT)

    row = RemoteSession.objects.get()
    assert row.technician_name
    assert row.device_name
    assert row.device_key


def test_wrong_credentials_are_tried_once(server: FakeTool) -> None:
    source = connect(server)
    server.expire_credentials()
    before = server.requests()
    pull(source, AT)
    assert server.requests() == before + 1
    assert source.state == "error"


def test_a_break_in_the_middle_of_many_sessions_loses_and_doubles_none(server: FakeTool) -> None:
    told = [Told(f"s{n}", AT - timedelta(minutes=11 * n + 11), 60 + n) for n in range(120)]
    add(server, *told)
    source = connect(server)
    for breaking in (1, 2, 3):
        server.break_after(breaking)
        pull(source, AT + breaking * HOUR)
    server.heal()

    assert pull(source, AT + 5 * HOUR).outcome == "ok"
    assert pull(source, AT + 6 * HOUR).new == 0
    assert known() == as_told(*told)


def test_a_session_that_runs_is_closed_when_its_end_comes(spec: Spec, server: FakeTool) -> None:
    running = Told("r", AT - HOUR, None)
    add(server, running)
    source = connect(server)
    pull(source, AT)
    assert known() == (as_told(running) if spec.tells_running else [])

    ended = Told("r", AT - HOUR, 4000)
    add(server, ended)
    pull(source, AT + HOUR)
    assert known() == as_told(ended)
