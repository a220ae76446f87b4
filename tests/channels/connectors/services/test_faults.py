"""Pulls from a server that does not behave, and pulls that break off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.channels.connectors import fake as fakes
from tests.channels.connectors.asking import AT, HAND, HOUR, codes, connected, pull
from tests.channels.connectors.fake import Fake, relay, session
from tests.make import connectors as make

from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.rules.meshcentral import events
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import pulling, sources, tools
from canone.channels.connectors.services.meshcentral import wire
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.services import ingest

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[Fake]:
    with fakes.running(Fake(server_at=AT)) as fake:
        yield fake


def silence(_connection: Any, _message: Any) -> None:
    pass


def nonsense(connection: Any, _message: Any) -> None:
    connection.send(b"\x00\xff\xfe")
    connection.send("[1, 2")
    connection.send("[]")
    connection.send('"x"')


def hang_up(connection: Any, _message: Any) -> None:
    connection.close()


def flood(connection: Any, _message: Any) -> None:
    for _number in range(wire.MOST_STRANGERS + 10):
        connection.send('{"action":"event","event":{}}')


def no_list(connection: Any, message: Any) -> None:
    connection.send(json.dumps({"action": message["action"], "events": {"0": 1}}))


@pytest.mark.parametrize(
    ("action", "misbehaviour", "trouble"),
    [
        ("events", silence, "silent"),
        ("events", nonsense, "silent"),
        ("events", hang_up, "broken"),
        ("report", hang_up, "broken"),
        ("nodes", silence, "silent"),
        ("events", flood, "garbled"),
        ("events", no_list, "garbled"),
    ],
)
def test_a_server_that_misbehaves_is_tried_again_later_and_changes_nothing(
    server: Fake, action: str, misbehaviour: Any, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "silent":
        monkeypatch.setattr(tools, "PATIENCE", 1.0)
    server.events = session("a", AT - HOUR, 600)
    server.instead[action] = misbehaviour
    source = connected(server)

    log = pull(source)

    assert (log.outcome, log.trouble) == ("failed", trouble)
    assert source.state == "active"
    assert source.next_pull_at is not None
    assert source.next_pull_at > AT
    assert (source.cursor, source.last_ok_at) == ({}, None)
    assert not RemoteSession.objects.exists()

    server.instead.clear()
    monkeypatch.undo()
    assert pull(source, AT + HOUR).new == 1
    assert (source.trouble, source.failures) == ("", 0)


def test_each_failure_waits_longer_but_not_for_ever(server: Fake) -> None:
    server.linked = False
    source = connected(server)
    waits = []
    for number in range(8):
        at = AT + number * 24 * HOUR
        pull(source, at)
        assert source.next_pull_at is not None
        waits.append(round((source.next_pull_at - at) / timedelta(minutes=1)))
    assert waits == [15, 30, 60, 120, 240, 360, 360, 360]


def test_half_an_answer_brings_its_good_half(server: Fake) -> None:
    good = session("a", AT - HOUR, 600)
    bad = [
        {"action": "relaylog", "msgid": 10, "time": "yesterday"},
        relay(10, "b", AT - HOUR) | {"msgArgs": ["b"]},
        relay(10, "c", AT - HOUR, -5),
        relay(10, "d", AT - HOUR, 10**12),
        relay(10, "e", AT - HOUR, 5, nodeid=None),
        None,
        7,
    ]

    def half(connection: Any, message: Any) -> None:
        rows = [*good, *bad] if message["filter"] == "relaylog" else []
        connection.send(json.dumps({"action": "events", "events": rows}))

    server.instead["events"] = half
    log = pull(connected(server))

    assert (log.outcome, log.new) == ("ok", 1)
    assert ["unreadable", {"count": 7}] in log.warnings


def test_text_that_no_database_takes_is_cleaned(server: Fake) -> None:
    server.events = session("a", AT - HOUR, 600, username="An\x00na\ud800")
    pull(connected(server))

    assert RemoteSession.objects.get().technician_name == "Anna"


def test_the_same_events_for_ever_end_and_count_once(server: Fake) -> None:
    one = relay(10, "a", AT - HOUR, 60)

    def endless(connection: Any, message: Any) -> None:
        rows = [one] * message["limit"] if message["filter"] == "relaylog" else []
        connection.send(json.dumps({"action": "events", "events": rows}))

    server.instead["events"] = endless
    log = pull(connected(server))

    assert RemoteSession.objects.count() == 1
    assert "events_cut" in codes(log)


def test_an_answer_beyond_all_measure_is_refused(
    server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "LARGEST_MESSAGE", 100_000)

    def huge(connection: Any, _message: Any) -> None:
        connection.send(json.dumps({"action": "events", "events": ["x" * 200_000]}))

    server.instead["events"] = huge
    assert pull(connected(server)).trouble == "too_much"


def test_another_certificate_than_the_agreed_one_gets_no_password(server: Fake) -> None:
    source = connected(server, fingerprint="AA:" * 31 + "AA")
    log = pull(source)

    assert (log.trouble, source.state) == ("certificate_changed", "error")
    assert log.values["found"] == fakes.certificate()[2]
    assert server.attempts == 0


def test_a_certificate_of_an_own_authority_is_accepted(server: Fake) -> None:
    source = connected(server, fingerprint="", authority=fakes.certificate()[1])
    assert pull(source).outcome == "ok"


def test_an_unknown_certificate_is_shown_for_comparison(server: Fake) -> None:
    log = pull(connected(server, fingerprint=""))
    assert log.trouble == "certificate_unknown"
    assert log.values["fingerprint"] == fakes.certificate()[2]
    assert server.attempts == 0


def test_a_server_that_is_away_is_unreachable() -> None:
    source = make.source(url="https://127.0.0.1:1")
    assert pull(source).trouble == "unreachable"
    assert source.state == "active"


@pytest.mark.parametrize(
    "url", ["http://mesh.example.org", "https://user@host", "mesh", "https://"]
)
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(Trouble) as caught:
        wire.address(url)
    assert caught.value.code == "address"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://mesh.example.org", "wss://mesh.example.org/control.ashx"),
        ("https://mesh.example.org:8443/", "wss://mesh.example.org:8443/control.ashx"),
        ("https://[::1]:8443/tenant/", "wss://[::1]:8443/tenant/control.ashx"),
        ("wss://h/control.ashx", "wss://h/control.ashx"),
    ],
)
def test_the_address_of_the_conversation(url: str, address: str) -> None:
    assert wire.address(url) == address


def test_two_pulls_at_once_are_one(server: Fake) -> None:
    source = connected(server)
    Source.objects.filter(pk=source.pk).update(busy_until=AT + HOUR / 6)

    with pytest.raises(Trouble) as caught:
        pull(source)

    assert caught.value.code == "busy"
    assert not PullLog.objects.exists()


def test_a_pull_that_died_is_named_and_repeated(server: Fake) -> None:
    server.events = session("a", AT - HOUR, 600)
    source = connected(server)
    died = PullLog.objects.create(source=source, trigger="schedule", started_at=AT - HOUR)
    Source.objects.filter(pk=source.pk).update(busy_until=AT - HOUR / 2)

    assert pull(source).new == 1

    died.refresh_from_db()
    assert (died.outcome, died.trouble) == ("failed", "interrupted")


def test_a_pull_that_breaks_between_batches_is_completed_by_the_next(
    server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "BATCH", 2)
    for number in range(5):
        server.events += session(f"s{number}", AT - HOUR - number * HOUR, 60)
    source = connected(server)

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        pulling.pull(source_id=source.pk, reason=pulling.Reason(HAND, AT), step=stop)
    source.refresh_from_db()
    assert (RemoteSession.objects.count(), source.last_ok_at) == (2, None)
    assert source.pulls.get().trouble == "interrupted"

    assert pull(source, AT + HOUR).new == 3
    assert RemoteSession.objects.count() == 5


def test_a_paused_source_stays_paused_when_somebody_pulls_by_hand(server: Fake) -> None:
    source = connected(server)
    sources.pause(source_id=source.pk)
    assert pull(source).outcome == "ok"
    assert (source.state, source.next_pull_at) == ("paused", None)


def test_the_password_stands_in_no_log(server: Fake) -> None:
    server.turned_away = {"action": "close", "cause": "other", "msg": "?"}
    source = connected(server)
    log = pull(source)
    told = json.dumps([log.values, log.warnings, source.trouble_values])
    assert fakes.PASSWORD not in told


def test_quiet_entries_of_the_log_are_forgotten_first(server: Fake) -> None:
    source = connected(server)
    pull(source)
    server.events = session("a", AT, 60)
    pull(source, AT + HOUR)

    assert pulling.prune(at=AT + timedelta(days=8)) == 1
    assert source.pulls.get().new == 1
    assert pulling.prune(at=AT + timedelta(days=500)) == 1


def test_a_row_longer_than_a_year_would_not_block_the_source() -> None:
    assert events.LONGEST <= ingest.LONGEST_SECONDS
