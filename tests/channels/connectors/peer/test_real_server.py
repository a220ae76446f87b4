"""A real MeshCentral, its own agent, real sessions: from the technician's shell to a charge."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.channels.connectors.peer import meshcentral
from tests.make import access, assistance, catalog, parties
from tests.make import connectors as make

from canone.base.access.functions import Role
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import listening, pulling, sources
from canone.channels.connectors.services.trust import fingerprint_of
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.services import accounting
from canone.ledgers.invoicing.models import Charge

pytestmark = [pytest.mark.peer, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CACHE = Path(__file__).parents[4] / "var" / "peers"
PATIENCE = 30


@pytest.fixture
def server(tmp_path: Path) -> Iterator[meshcentral.Server]:
    running = meshcentral.Server(meshcentral.package(CACHE), tmp_path / "mesh")
    running.prepare()
    try:
        running.start()
        yield running
    finally:
        running.stop()


def now() -> datetime:
    return datetime.now(UTC)


def pull(source: Source, at: datetime | None = None) -> PullLog:
    reason = pulling.Reason(PullLog.Trigger.HAND, at or now())
    log = pulling.pull(source_id=source.pk, reason=reason)
    source.refresh_from_db()
    return log


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.2)


def test_a_real_session_becomes_a_charge(server: meshcentral.Server) -> None:
    anna = access.user(Role.TECHNICIAN, email="admin@example.org", name="Anna Riva")
    group = parties.group(name="Cliente Rossi")
    assistance.assignment(group, catalog.tariff())
    user, password = server.token()
    connection = make.connection(
        url=server.url, user=user, password=password, fingerprint=fingerprint_of(server.url)
    )

    source = an_account_without_groups_is_told_at_once(connection)
    server.add_group("Cliente Rossi")
    server.start_agent()
    what_the_connection_sees_is_told(connection, source)
    session = a_running_session_comes_in_and_closes(server, source)
    assert (session.technician, session.group) == (anna, group)
    assert session.device_name
    a_note_reaches_the_session(server, source, session)
    a_second_pull_adds_nothing(source)
    it_is_accounted_as_a_charge(session)
    sessions_come_in_as_they_happen(server, source)
    a_killed_server_leaves_an_orphan(server, source)
    a_wrong_password_is_tried_once(source, connection)


def an_account_without_groups_is_told_at_once(connection: Any) -> Source:
    source = sources.connect(connection=connection, at=now())
    log = pull(source)
    assert (log.outcome, log.trouble) == ("failed", "no_groups")
    return source


def what_the_connection_sees_is_told(connection: Any, source: Source) -> None:
    probe = sources.probe(connection=connection, known=source)
    assert (probe.account, probe.groups, probe.devices) == ("Admin", 1, 1)
    assert probe.warnings == ()


def a_running_session_comes_in_and_closes(
    server: meshcentral.Server, source: Source
) -> RemoteSession:
    with server.terminal():
        until(lambda: pull(source).new)
        running = RemoteSession.objects.get()
        assert (running.ended_at, running.seconds) == (None, None)
        time.sleep(1.2)
    until(lambda: pull(source).closed)
    closed = RemoteSession.objects.get()
    assert closed.pk == running.pk
    assert closed.seconds is not None
    assert 1 <= closed.seconds <= PATIENCE
    return closed


def a_note_reaches_the_session(
    server: meshcentral.Server, source: Source, session: RemoteSession
) -> None:
    server.note("Sostituito il driver: è a posto")

    def noted() -> bool:
        pull(source)
        session.refresh_from_db()
        return session.note == "Sostituito il driver: è a posto"

    until(noted)


def a_second_pull_adds_nothing(source: Source) -> None:
    log = pull(source)
    assert (log.seen, log.new, log.closed, log.warnings) == (1, 0, 0, [])
    assert RemoteSession.objects.count() == 1


def it_is_accounted_as_a_charge(session: RemoteSession) -> None:
    at = now() + timedelta(minutes=1)
    accounting.account_one(session_id=session.pk, day=at.date(), at=at, by=None)
    charge = Charge.objects.get()
    session.refresh_from_db()
    assert (charge.origin, charge.revision) == (f"session:{session.pk}", 1)
    assert session.accounting is not None
    assert str(charge.amount.decimal) == "20.00"


def sessions_come_in_as_they_happen(server: meshcentral.Server, source: Source) -> None:
    def work() -> None:
        until(lambda: Source.objects.get(pk=source.pk).listener)
        connection.close()
        time.sleep(1)
        with server.terminal():
            time.sleep(1.2)

    technician = threading.Thread(target=work)
    technician.start()
    end = time.monotonic() + PATIENCE

    def enough() -> bool:
        ended = RemoteSession.objects.filter(ended_at__isnull=False).count()
        return ended == 2 or time.monotonic() > end

    listening.Ear(source.pk, now, enough).listen()
    technician.join()
    assert RemoteSession.objects.filter(ended_at__isnull=False).count() == 2
    assert source.pulls.filter(trigger="live", new=1).exists()


def a_killed_server_leaves_an_orphan(server: meshcentral.Server, source: Source) -> None:
    with server.terminal():
        until(lambda: pull(source).new)
        server.kill()
    assert pull(source).trouble == "unreachable"
    server.start()

    log = pull(source, now() + timedelta(hours=25))

    assert (log.outcome, log.orphaned) == ("ok", 1)
    assert RemoteSession.objects.filter(ended_at__isnull=True).count() == 1


def a_wrong_password_is_tried_once(source: Source, connection: Any) -> None:
    wrong = make.connection(
        url=connection.url, user=connection.fields["user"], password="wrong",
        fingerprint=connection.fingerprint,
    )  # fmt: skip
    sources.revise(source_id=source.pk, connection=wrong, at=now())
    assert pull(source).trouble == "refused"
    assert (source.state, source.next_pull_at) == ("error", None)
    with pytest.raises(Trouble, match="refused"):
        sources.probe(connection=wrong, known=source)
