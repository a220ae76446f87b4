"""The receiving end of the free RustDesk client: what it sends, over the web."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.channels.connectors.asking import AT, HOUR, codes, pull
from tests.channels.connectors.fakes.rustdesk import Client
from tests.make import connectors as make

from canone.channels.connectors.models import Message, Source
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.receiving import keys, messages
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db
JSON = "application/json"


class End:
    """A source and the address that its clients were given."""

    def __init__(self, **more: Any) -> None:
        said = {"title": "RustDesk", "tool": "rustdesk-push", "url": "", **more}
        self.source: Source = make.source(**said)
        self.key = keys.renew(source_id=self.source.pk, at=AT)
        self.source.refresh_from_db()
        self.browser = Browser(enforce_csrf_checks=True, raise_request_exception=False)

    def send(self, body: bytes, at: Any = AT, call: str = "audit/conn", key: str = "") -> Any:
        address = f"/hooks/{self.source.pk}/{key or self.key}/api/{call}"
        with time_machine.travel(at, tick=False):
            return self.browser.post(address, body, JSON)


@pytest.fixture
def end() -> End:
    return End()


def test_a_connection_from_new_to_close_is_a_session(end: End) -> None:
    talk = Client().connect()
    for body, at in [(talk.new(), AT), (talk.login(), AT + HOUR / 60), (talk.close(), AT + HOUR)]:
        answer = end.send(body, at)
        assert (answer.status_code, answer.content) == (200, b"")

    end.source.refresh_from_db()
    assert end.source.next_pull_at == AT + HOUR, "somebody makes sessions of it within a minute"
    log = pull(end.source, AT + 2 * HOUR)
    assert (log.outcome, log.new, log.warnings) == ("ok", 1, [])
    session = RemoteSession.objects.get()
    assert (session.device_key, session.technician_name) == ("412880135", "anna@example.org")
    assert (session.started_at, session.seconds) == (AT + HOUR / 60, 59 * 60)


def test_a_source_rests_until_something_arrives(end: End) -> None:
    assert end.source.next_pull_at is None
    end.send(Client().connect().login())
    pull(end.source, AT + timedelta(seconds=10))
    once_more = AT + timedelta(seconds=70)
    assert end.source.next_pull_at == once_more, "a message may have been on its way"
    pull(end.source, once_more + timedelta(seconds=10))
    assert end.source.next_pull_at is None


def test_a_message_that_is_sent_again_counts_once(end: End) -> None:
    talk = Client().connect()
    login = talk.login()
    assert [end.send(login, AT + n * HOUR / 360).status_code for n in range(3)] == [200] * 3
    assert Message.objects.get().received_at == AT


def test_a_failed_login_is_never_a_session(end: End) -> None:
    talk = Client().connect()
    end.send(talk.new())
    end.send(talk.close(), AT + HOUR / 60)
    assert pull(end.source, AT + HOUR).new == 0


def test_a_lost_close_is_an_orphan_that_a_late_one_still_closes(end: End) -> None:
    talk = Client().connect()
    end.send(talk.login())
    log = pull(end.source, AT + 30 * HOUR)
    assert (log.new, log.orphaned) == (1, 1)

    end.send(talk.close(), AT + 50 * HOUR)
    assert pull(end.source, AT + 51 * HOUR).closed == 1


def test_sessions_are_only_completed_by_what_comes_later(end: End) -> None:
    computer = Client()
    talks = [computer.connect(session=number) for number in range(3)]
    for number, talk in enumerate(talks):
        end.send(talk.new(), AT + number * HOUR)
        end.send(talk.login(), AT + number * HOUR + HOUR / 60)
        pull(end.source, AT + number * HOUR + HOUR / 30)
        end.send(talk.close(), AT + number * HOUR + HOUR / 2)
    pull(end.source, AT + 4 * HOUR)
    found = RemoteSession.objects.order_by("started_at")
    assert [session.seconds for session in found] == [29 * 60] * 3


def test_a_computer_tells_its_name_and_is_called_so(end: End) -> None:
    body = b'{"id": "412880135", "uuid": "u", "hostname": "CAD-PC12", "os": "Windows 11"}'
    assert end.send(body, call="sysinfo").content == b"SYSINFO_UPDATED"
    assert end.send(body.replace(b"12", b"13"), call="sysinfo").status_code == 200
    end.send(Client().connect().login())
    renamed = b'{"id": "412880135", "hostname": "CAD-NEU"}'
    end.send(renamed, AT + HOUR, call="sysinfo")
    pull(end.source, AT + HOUR)
    assert RemoteSession.objects.get().device_name == "CAD-NEU"


def test_other_calls_of_the_client_are_answered_without_being_kept(end: End) -> None:
    assert end.send(b"{}", call="audit/file").content == b""
    assert end.send(b"{}", call="audit/alarm").status_code == 200
    assert end.send(b"{}", call="heartbeat").status_code == 404
    assert not Message.objects.exists()


def test_only_who_knows_the_address_is_heard(end: End) -> None:
    body = Client().connect().login()
    assert end.send(body, key="wrong").status_code == 404
    assert end.send(body, key="%00è").status_code == 404
    other = make.source(title="Mesh")
    for number in (0, other.pk, 10**30):
        answer = end.browser.post(f"/hooks/{number}/{end.key}/api/audit/conn", body, JSON)
        assert answer.status_code == 404
    assert end.browser.get(f"/hooks/{end.source.pk}/{end.key}/api/audit/conn").status_code == 404
    assert not Message.objects.exists()


def test_a_renewed_key_and_the_one_before_work_for_a_week(end: End) -> None:
    before, end.key = end.key, keys.renew(source_id=end.source.pk, at=AT)
    body = Client().connect().login()
    assert end.send(body).status_code == 200
    assert end.send(body, AT + timedelta(days=6), key=before).status_code == 200
    assert end.send(body, AT + timedelta(days=8), key=before).status_code == 404

    keys.end_overlap(source_id=end.source.pk)
    assert end.send(body, key=before).status_code == 404
    assert end.send(body).status_code == 200


def test_the_key_outlives_a_change_of_the_source(end: End) -> None:
    said = make.connection(title="Other", tool="rustdesk-push", url="")
    sources.revise(source_id=end.source.pk, connection=said, at=AT)
    assert end.send(Client().connect().login()).status_code == 200


def test_unknown_computers_are_kept_apart_until_they_are_named() -> None:
    end = End(fields={"devices": "111, 222"})
    end.send(Client("333").connect().login())
    end.send(Client("111").connect().login())
    log = pull(end.source, AT + HOUR)
    assert (log.new, log.warnings) == (1, [["unknown_devices", {"count": 1, "devices": "333"}]])

    said = make.connection(
        title="RustDesk", tool="rustdesk-push", url="", fields={"devices": "111 333"}
    )
    sources.revise(source_id=end.source.pk, connection=said, at=AT)
    assert pull(end.source, AT + 2 * HOUR).new == 1


def test_only_the_networks_that_may_are_heard() -> None:
    end = End(fields={"networks": "10.0.0.0/8 ::1"})
    body = Client().connect().login()
    assert end.send(body).status_code == 403
    inside = {"REMOTE_ADDR": "::ffff:10.1.2.3"}
    path = f"/hooks/{end.source.pk}/{end.key}/api/audit/conn"
    assert end.browser.post(path, body, JSON, **inside).status_code == 200


def test_a_flood_is_asked_to_come_back(end: End, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_A_MINUTE", 3)
    bodies = [Client(str(number)).connect().login() for number in range(4)]
    assert [end.send(body).status_code for body in bodies] == [200, 200, 200, 429]
    assert end.send(bodies[3], AT + HOUR).status_code == 200


def test_a_paused_source_keeps_what_arrives(end: End) -> None:
    sources.pause(source_id=end.source.pk)
    end.send(Client().connect().login())
    end.source.refresh_from_db()
    assert end.source.next_pull_at is None
    sources.resume(source_id=end.source.pk, at=AT + HOUR)
    assert pull(end.source, AT + HOUR).new == 1


def test_what_is_too_large_is_not_read(end: End) -> None:
    assert end.send(b" " * 20_000).status_code == 413
    assert end.send(b" " * 10_000_000).status_code == 413


def test_messages_are_forgotten_long_after_their_sessions_were_made(end: End) -> None:
    end.send(Client().connect().login())
    end.send(b'{"id": "1", "hostname": "A"}', call="sysinfo")
    assert messages.prune(at=AT + timedelta(days=39)) == 0
    assert messages.prune(at=AT + timedelta(days=41)) == 1
    assert messages.prune(at=AT + timedelta(days=401)) == 1


def test_html_in_a_name_stays_text(end: End) -> None:
    end.send(Client().connect().login(name="<script>alert(1)</script>"))
    log = pull(end.source, AT + HOUR)
    assert (log.new, codes(log)) == (1, set())
    assert RemoteSession.objects.get().technician_name == "<script>alert(1)</script>"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
said = st.dictionaries(
    st.sampled_from(
        ["id", "uuid", "conn_id", "session_id", "nonce", "ip", "action", "peer", "type", "note"]
    ),
    values | st.sampled_from(["new", "close", "1", ["2", "x"], "\0", "\ud800", 10**400]),
)


@given(value=said)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_anything_gets_a_clear_answer(end: End, value: Any) -> None:

    answer = end.send(json.dumps(value).encode())
    assert answer.status_code in {200, 400}
    assert (answer.status_code == 200) == (answer.content == b"")
    assert pull(end.source, AT + HOUR).outcome == "ok"
