"""Sessions are pulled as they happen, by one listener a source."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.channels.connectors import fake as fakes
from tests.channels.connectors.fake import Fake, session
from tests.make import connectors as make

from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.services import listening
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    monkeypatch.setattr(listening, "SETTLE", 0.1)
    monkeypatch.setattr(listening, "WAITS", (0.1,))
    with fakes.running(Fake()) as fake:
        yield fake


def connected(server: Fake, **more: Any) -> Source:
    return make.source(
        **{
            "url": server.url,
            "user": fakes.USER,
            "password": fakes.PASSWORD,
            "fingerprint": fakes.certificate()[2],
            **more,
        }
    )


def clock() -> datetime:
    return datetime.now(UTC)


def heard(source: Source, enough: Callable[[], bool], meanwhile: Callable[[], None]) -> None:
    """Listen in this thread while another makes things happen, until it is enough."""
    end = time.monotonic() + PATIENCE

    def aside() -> None:
        try:
            meanwhile()
        finally:
            connection.close()

    thread = threading.Thread(target=aside)
    thread.start()
    listening.Ear(source.pk, clock, lambda: enough() or time.monotonic() > end).listen()
    thread.join()
    assert time.monotonic() < end, "nothing was heard in time"


def wait_for_listener(server: Fake, count: int = 1) -> None:
    end = time.monotonic() + PATIENCE
    while len(server.listeners) < count and time.monotonic() < end:
        time.sleep(0.02)


def test_a_session_that_starts_and_ends_is_there_at_once(server: Fake) -> None:
    source = connected(server)
    start, end = session("a", clock() - timedelta(seconds=60), 55)

    def work() -> None:
        wait_for_listener(server)
        server.happen(start)
        time.sleep(1.5)
        server.happen(end)

    def ended() -> bool:
        return RemoteSession.objects.filter(ended_at__isnull=False).exists()

    heard(source, ended, work)

    assert RemoteSession.objects.get().seconds == 55
    assert set(source.pulls.values_list("trigger", flat=True)) == {"live"}
    source.refresh_from_db()
    assert (source.listener, source.listening_until) == ("", None)


def test_a_broken_connection_is_made_again(server: Fake) -> None:
    source = connected(server)

    def work() -> None:
        wait_for_listener(server)
        cut = list(server.listeners)
        for listener in cut:
            listener.close()
        happened = session("a", clock() - timedelta(seconds=60), 55)
        end = time.monotonic() + PATIENCE
        # who has only just come back may still be at its greetings: it is told again
        while not RemoteSession.objects.exists() and time.monotonic() < end:
            if set(server.listeners) - set(cut):
                server.happen(*happened)
            time.sleep(0.2)

    heard(source, RemoteSession.objects.exists, work)


def test_a_refused_password_is_not_tried_again(server: Fake) -> None:
    source = connected(server, password="wrong")

    listening.Ear(source.pk, clock, lambda: False).listen()

    source.refresh_from_db()
    assert (source.state, source.trouble, server.attempts) == ("error", "refused", 1)


def test_two_listeners_are_one(server: Fake) -> None:
    source = connected(server)
    Source.objects.filter(pk=source.pk).update(
        listener="other", listening_until=clock() + timedelta(minutes=1)
    )
    listening.Ear(source.pk, clock, lambda: False).listen()
    assert server.attempts == 0
    source.refresh_from_db()
    assert source.listener == "other"


def test_a_dead_listeners_lease_runs_out(server: Fake) -> None:
    source = connected(server)
    Source.objects.filter(pk=source.pk).update(
        listener="dead", listening_until=clock() - timedelta(seconds=1)
    )

    def work() -> None:
        wait_for_listener(server)

    heard(source, lambda: server.attempts == 1, work)


def test_what_happens_during_another_pull_is_pulled_after_it(server: Fake) -> None:
    source = connected(server)

    def work() -> None:
        wait_for_listener(server)
        Source.objects.filter(pk=source.pk).update(busy_until=clock() + timedelta(minutes=1))
        server.happen(*session("a", clock() - timedelta(seconds=60), 55))
        time.sleep(2)
        assert not PullLog.objects.exists()
        Source.objects.filter(pk=source.pk).update(busy_until=None)

    heard(source, RemoteSession.objects.exists, work)
