"""The schedule asks the sources whose turn has come, and listens to those that are live."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.channels.connectors import fake as fakes
from tests.channels.connectors.asking import connected, pull
from tests.channels.connectors.fake import Fake, session
from tests.make import connectors as make

from canone.base.tasks import JobError, Work, runner
from canone.channels.connectors import queries, tasks
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.services import listening
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[Fake]:
    with fakes.running(Fake()) as fake:
        yield fake


def now() -> datetime:
    return datetime.now(UTC)


def test_only_what_is_due_is_asked(server: Fake) -> None:
    server.events = session("a", now() - timedelta(hours=1), 60)
    due = connected(server, at=now())
    later = connected(server, title="Later", at=now() + timedelta(hours=1))
    paused = connected(server, title="Paused", at=now())
    stuck = connected(server, title="Stuck", at=now())
    asked = connected(server, title="Asked already", at=now())
    Source.objects.filter(pk=paused.pk).update(state="paused")
    Source.objects.filter(pk=stuck.pk).update(state="error")
    Source.objects.filter(pk=asked.pk).update(busy_until=now() + timedelta(minutes=5))

    tasks.pull_due(Work({}))

    assert [log.source for log in PullLog.objects.all()] == [due]
    assert RemoteSession.objects.count() == 1
    assert not later.pulls.exists()


def test_one_source_in_trouble_does_not_stop_the_others(server: Fake) -> None:
    bad = make.source(title="Away", url="https://127.0.0.1:1", at=now() - timedelta(minutes=1))
    good = connected(server, at=now())

    tasks.pull_due(Work({}))

    assert bad.pulls.get().outcome == "failed"
    assert good.pulls.get().outcome == "ok"
    assert queries.due(now()) == []


def test_a_pull_by_hand_that_fails_says_why() -> None:
    source = make.source(url="https://127.0.0.1:1")
    with pytest.raises(JobError, match=r"cannot be reached|raggiungibile"):
        tasks.pull(Work({"source": source.pk}))


def test_live_sources_are_listened_to_once_they_have_answered(
    server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []
    monkeypatch.setattr(listening.Ear, "listen", lambda ear: heard.append(ear.source_id))
    live = connected(server, at=now())
    quiet = connected(server, title="Quiet", live=False, at=now())
    connected(server, title="New", at=now())
    for source in (live, quiet):
        pull(source, now())

    tasks.listen(Work({}))
    for thread in threading.enumerate():
        if thread.name.startswith("ear-"):
            thread.join(5)

    assert heard == [live.pk]


@pytest.mark.django_db(transaction=True)
def test_a_listener_in_the_worker_pulls_what_happens(
    server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = threading.Event()
    monkeypatch.setattr(runner, "stopping", stopping)
    monkeypatch.setattr(listening, "SETTLE", 0.1)
    source = connected(server, at=now())
    pull(source, now())
    tasks.listen(Work({}))
    tasks.listen(Work({}))
    ears = [thread for thread in threading.enumerate() if thread.name.startswith("ear-")]
    try:
        end = time.monotonic() + 30
        while not server.listeners and time.monotonic() < end:
            time.sleep(0.05)
        server.happen(*session("a", now() - timedelta(minutes=2), 60))
        while not RemoteSession.objects.exists() and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        stopping.set()
        for ear in ears:
            ear.join(20)
    assert RemoteSession.objects.get().seconds == 60
    assert source.pulls.filter(trigger="live", new=1).count() == 1
    assert not any(ear.is_alive() for ear in ears)


def test_the_log_is_pruned() -> None:
    source = make.source()
    PullLog.objects.create(
        source=source, trigger="hand", outcome="ok", started_at=now() - timedelta(days=8)
    )
    work = Work({})
    tasks.prune(work)
    assert not PullLog.objects.exists()
    assert work.result["lines"][0][1] == 1
