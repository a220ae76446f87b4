"""Pulls from a server that behaves, and from one that does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.channels.connectors import fake as fakes
from tests.channels.connectors.fake import Fake, relay, session
from tests.make import access as users
from tests.make import connectors as make

from canone.base.access.functions import Role
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import pulling, sources, tools
from canone.channels.connectors.services.meshcentral import wire
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.services import ingest

pytestmark = pytest.mark.django_db
AT = make.AT
HOUR = timedelta(hours=1)
HAND = PullLog.Trigger.HAND


@pytest.fixture
def server() -> Iterator[Fake]:
    with fakes.running(Fake(server_at=AT)) as fake:
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


def pull(source: Source, at: Any = AT) -> PullLog:
    log = pulling.pull(source_id=source.pk, reason=pulling.Reason(HAND, at))
    source.refresh_from_db()
    return log


def codes(log: PullLog) -> set[str]:
    return {code for code, _values in log.warnings}


def test_sessions_arrive_with_technician_device_and_the_tools_group(server: Fake) -> None:
    anna = users.user(Role.TECHNICIAN, email="anna@example.com", name="Anna Riva")
    server.events = session("a", AT - HOUR, 600)
    source = connected(server)

    log = pull(source)

    row = RemoteSession.objects.get()
    assert (row.source, row.technician, row.technician_name) == (source.key, anna, "Anna Riva")
    assert (row.device_name, row.group_hint, row.seconds) == ("pc-rossi", "Cliente Rossi", 600)
    assert (row.started_at, row.ended_at) == (AT - HOUR, AT - HOUR + timedelta(seconds=600))
    assert (log.outcome, log.seen, log.new, log.unassigned) == ("ok", 1, 1, 1)
    assert (source.last_ok_at, source.sessions_new) == (AT, 1)
    assert source.next_pull_at == AT + timedelta(minutes=15)
    assert log.finished_at is not None


def test_a_second_pull_adds_nothing(server: Fake) -> None:
    server.events = [*session("a", AT - HOUR, 600), *session("b", AT - 2 * HOUR, 60)]
    source = connected(server)
    pull(source)

    again = pull(source, AT + HOUR)

    assert (again.seen, again.new, again.closed) == (2, 0, 0)
    assert RemoteSession.objects.count() == 2
    assert source.sessions_new == 2


def test_an_open_session_is_closed_when_its_end_arrives(server: Fake) -> None:
    start, end = session("a", AT - HOUR, 4000)
    server.events = [start]
    source = connected(server)
    assert pull(source).new == 1
    assert RemoteSession.objects.get().ended_at is None

    server.events.append(end)
    log = pull(source, AT + HOUR)

    assert (log.new, log.closed) == (0, 1)
    assert RemoteSession.objects.get().seconds == 4000


def test_a_session_that_never_ends_is_counted_as_orphan(server: Fake) -> None:
    server.events = [relay(14, "a", AT - HOUR)]
    source = connected(server)
    assert pull(source).orphaned == 0
    server.events = []

    log = pull(source, AT + 24 * HOUR)

    assert log.orphaned == 1
    assert RemoteSession.objects.get().ended_at is None


def test_a_note_written_after_the_session_came_in_still_reaches_it(server: Fake) -> None:
    server.events = session("a", AT - HOUR, 600)
    source = connected(server)
    pull(source)
    server.events.append(
        relay(0, "", AT - HOUR / 2, etype="node", action="manual", msg="Driver replaced")
    )

    pull(source, AT + HOUR)

    assert RemoteSession.objects.get().note == "Driver replaced"


def test_sessions_before_the_first_day_stay_out_and_are_told(server: Fake) -> None:
    server.events = [*session("a", AT - 48 * HOUR, 60), *session("b", AT - HOUR, 60)]
    log = pull(connected(server, first_day=AT.date()))

    assert RemoteSession.objects.count() == 1
    assert ["before_first_day", {"count": 1}] in log.warnings


def test_a_pull_later_than_the_server_remembers_warns(server: Fake) -> None:
    source = connected(server)
    assert codes(pull(source)) == set()
    assert codes(pull(source, AT + timedelta(days=19))) == {"clock_behind"}

    log = pull(source, AT + timedelta(days=40))

    assert ["late", {"days": 21, "kept": 20}] in log.warnings


def test_more_events_than_one_answer_holds_are_fetched_until_the_window_is_covered(
    server: Fake,
) -> None:
    for number in range(1300):
        server.events += session(f"s{number}", AT - timedelta(minutes=number + 2), 60)
    log = pull(connected(server))

    assert log.new == 1300
    limits = [ask["limit"] for ask in server.asked if ask["action"] == "events"]
    assert limits == [1000, 4000, 1000]
    assert codes(log) == set()


def test_an_account_without_groups_is_told_at_once(server: Fake) -> None:
    server.linked = False
    source = connected(server)
    log = pull(source)

    assert (log.outcome, log.trouble, log.values) == ("failed", "no_groups", {"account": "billing"})
    assert (source.state, source.failures) == ("active", 1)


def test_an_account_that_sees_only_its_own_sessions_is_warned(server: Fake) -> None:
    server.siteadmin = 0
    assert codes(pull(connected(server))) == {"few_rights"}
    assert not [ask for ask in server.asked if ask["action"] == "users"]


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ({"cause": "noauth", "msg": "noauth-2d"}, "refused"),
        ({"cause": "noauth", "msg": "tokenrequired"}, "second_factor"),
        ({"cause": "banned", "msg": "banned-1"}, "banned"),
        ({"cause": "emailvalidation", "msg": "emailvalidationrequired"}, "turned_away"),
    ],
)
def test_who_is_turned_away_does_not_knock_again(
    server: Fake, said: dict[str, str], trouble: str
) -> None:
    server.turned_away = {"action": "close", **said}
    source = connected(server)

    log = pull(source)

    assert (log.trouble, source.state, source.next_pull_at) == (trouble, "error", None)
    assert server.attempts == 1


def test_credentials_that_expire_and_are_renewed(server: Fake) -> None:
    server.events = session("a", AT - HOUR, 600)
    source = connected(server)
    pull(source)
    server.turned_away = {"action": "close", "cause": "noauth", "msg": "noauth-2d"}
    pull(source, AT + HOUR)
    assert (source.state, source.trouble) == ("error", "refused")
    server.turned_away = None
    server.events += session("b", AT + HOUR, 60)

    sources.revise(
        source_id=source.pk,
        connection=make.connection(
            url=server.url,
            user=fakes.USER,
            password=fakes.PASSWORD,
            fingerprint=fakes.certificate()[2],
        ),
        at=AT + 2 * HOUR,
    )
    log = pull(source, AT + 2 * HOUR)

    assert (log.outcome, log.new) == ("ok", 1)
    assert (source.state, source.trouble) == ("active", "")


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
    Source.objects.filter(pk=source.pk).update(busy_until=AT + HOUR)

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
    from canone.channels.connectors.rules.meshcentral import events

    assert events.LONGEST <= ingest.LONGEST_SECONDS
