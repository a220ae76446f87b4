"""The webhook: signed deliveries, each taken whole and once."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.test import Client
from tests.channels.connectors.asking import AT, HOUR
from tests.make import connectors as make

from canone.channels.connectors.models import Delivery, Source
from canone.channels.connectors.rules.webhook import payload, signing
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.receiving import deliveries, keys
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db
JSON = "application/json"


def row(number: int | str = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"T-{number}",
        "technician": "Marco Riva",
        "device_id": "412880135",
        "device_name": "CAD-PC12",
        "group": "Officine Brambilla",
        "started_at": "2026-11-20T15:00:00+01:00",
        "ended_at": "2026-11-20T15:42:00+01:00",
        **more,
    }


class End:
    """A source, its key, and a program that sends there."""

    def __init__(self, **more: Any) -> None:
        said = {"title": "Own tool", "tool": "webhook", "url": "", **more}
        self.source: Source = make.source(**said)
        self.key = keys.renew(source_id=self.source.pk, at=AT)
        self.browser = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def send(self, value: Any, name: str = "msg_1", at: Any = AT, **more: Any) -> Any:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        second = str(int(more.pop("signed_at", at).timestamp()))
        key = more.pop("key", self.key)
        headers = {
            "webhook-id": name,
            "webhook-timestamp": second,
            "webhook-signature": "v1," + signing.signature_of(key, name, second, body),
            **more.pop("headers", {}),
        }
        with time_machine.travel(at, tick=False):
            return self.browser.post(
                f"/hooks/{self.source.pk}/", more.pop("instead", body), JSON, headers=headers
            )


@pytest.fixture
def end() -> End:
    return End()


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def test_a_signed_session_comes_in(end: End) -> None:
    answer = end.send(row())
    assert answer.status_code == 200
    assert answer.json() == {"id": "msg_1", "seen": 1, "new": 1, "closed": 0, "unassigned": 1}
    session = RemoteSession.objects.get()
    assert (session.source, session.external_id) == (f"webhook:{end.source.pk}", "T-1")
    assert (session.seconds, session.group_hint) == (2520, "Officine Brambilla")
    end.source.refresh_from_db()
    assert (end.source.sessions_new, end.source.last_ok_at) == (1, AT)


def test_the_same_sessions_in_another_delivery_add_nothing(end: End) -> None:
    end.send([row(1), row(2)])
    answer = end.send([row(2), row(3)], "msg_2")
    assert (answer.json()["seen"], answer.json()["new"]) == (2, 1)
    assert RemoteSession.objects.count() == 3


def test_a_session_that_ran_is_closed_and_gets_its_note(end: End) -> None:
    end.send(row(ended_at=None))
    answer = end.send(row(note="Stampante"), "msg_2")
    assert answer.json()["closed"] == 1
    assert RemoteSession.objects.get().note == "Stampante"


def test_a_thousand_sessions_are_taken_at_once_and_one_more_is_not(end: End) -> None:
    assert end.send([row(number) for number in range(1000)]).json()["new"] == 1000
    answer = end.send([row(number) for number in range(1001)], "msg_2")
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "too_many")


def test_a_delivery_that_is_replayed_does_nothing_again(end: End) -> None:
    end.send(row())
    answer = end.send(row(), at=AT + timedelta(minutes=2), signed_at=AT)
    assert (answer.status_code, code(answer)) == (409, "replayed")
    assert answer.json()["result"]["new"] == 1
    assert Delivery.objects.count() == 1


def test_a_delivery_with_faults_takes_nothing_and_may_come_again(end: End) -> None:
    answer = end.send([row(1), row(2, started_at="soon"), row(3, id="")])
    assert (answer.status_code, code(answer), answer.json()["count"]) == (422, "faulty", 2)
    told = [(one["row"], one["field"], one["code"]) for one in answer.json()["faults"]]
    assert told == [(2, "started_at", "not_an_instant"), (3, "id", "missing")]
    assert all(one["message"] for one in answer.json()["faults"])
    assert not RemoteSession.objects.exists()

    assert end.send([row(1)]).status_code == 200
    refused, taken = Delivery.objects.order_by("pk")
    assert (refused.outcome, refused.reason, len(refused.faults)) == ("refused", "faulty", 2)
    assert (taken.outcome, taken.new) == ("taken", 1)


def test_who_cannot_sign_is_refused_and_told_why(end: End) -> None:
    other = signing.key_of(b"x" * 32)
    assert code(end.send(row(), key=other)) == "signature"
    assert code(end.send(row(), instead=json.dumps(row(9)).encode())) == "signature"
    assert code(end.send(row(), headers={"webhook-id": "msg_9"})) == "signature"
    assert code(end.send(row(), headers={"webhook-signature": ""})) == "not_signed"
    assert code(end.send(row(), headers={"webhook-id": "x" * 101})) == "id"
    assert code(end.send(row(), signed_at=AT - timedelta(minutes=6))) == "timestamp"
    assert code(end.send(row(), signed_at=AT + timedelta(minutes=6))) == "timestamp"
    assert not RemoteSession.objects.exists()
    assert Delivery.objects.filter(outcome="refused").count() == 7


def test_strangers_do_not_fill_the_log(end: End, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "STRANGERS_AN_HOUR", 3)
    for _number in range(5):
        end.send(row(), key=signing.key_of(b"x" * 32))
    assert Delivery.objects.count() == 3
    assert end.send([row(started_at=1)]).status_code == 422
    assert Delivery.objects.filter(reason="faulty").count() == 1


def test_both_keys_work_while_they_overlap(end: End) -> None:
    old, end.key = end.key, keys.renew(source_id=end.source.pk, at=AT)
    assert end.send(row(1), "a", key=old).status_code == 200
    assert end.send(row(2), "b").status_code == 200
    assert end.send(row(3), "c", AT + timedelta(days=8), key=old).status_code == 401
    assert end.send(row(3), "d", AT + timedelta(days=8)).status_code == 200

    keys.end_overlap(source_id=end.source.pk)
    assert end.send(row(4), "e", key=old).status_code == 401


def test_a_source_without_a_key_takes_nothing() -> None:
    end = End()
    Source.objects.filter(pk=end.source.pk).update(credentials="")
    assert end.send(row()).status_code == 401


def test_a_paused_source_asks_to_keep_the_sessions(end: End) -> None:
    sources.pause(source_id=end.source.pk)
    answer = end.send(row())
    assert (answer.status_code, code(answer)) == (409, "paused")
    sources.resume(source_id=end.source.pk, at=AT)
    assert end.send(row()).status_code == 200


def test_sessions_before_the_first_day_stay_out() -> None:

    end = End(first_day=date(2026, 11, 21))
    assert end.send([row()]).json() | {"id": ""} == {
        "id": "", "seen": 1, "new": 0, "closed": 0, "unassigned": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\0", b"\xff", b"[" * 400_000, b'{"id": NaN}', b"1" * 9_000, b'"x"',
        b'[{"id": "\\u0000"}]', b'{"id": "<b>", "started_at": "9999-12-31T00:00:00Z"}',
        b'[{"id": {"a": [[[]]]}, "technician": 7, "started_at": [], "\\ud800": 1}]',
    ],
)  # fmt: skip
def test_garbage_gets_a_clear_answer(end: End, body: bytes) -> None:
    answer = end.send(body)
    assert answer.status_code == 422
    assert answer.json()["faults"]
    assert Delivery.objects.get().faults


def test_what_is_too_large_is_not_read(end: End) -> None:
    answer = end.send(b" " * (payload.LARGEST + 1))
    assert (answer.status_code, code(answer)) == (413, "too_large")
    assert end.send(b" " * 10_000_000).status_code == 413


def test_a_body_that_breaks_off_is_no_fault_of_ours(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_size: int) -> bytes:
        raise UnreadablePostError

    monkeypatch.setattr(HttpRequest, "read", broken)
    assert end.send(row()).status_code == 401
    assert not RemoteSession.objects.exists()


def test_other_addresses_and_methods(end: End) -> None:
    mesh = make.source(title="Mesh")
    for number in (0, mesh.pk, 10**30):
        assert end.browser.post(f"/hooks/{number}/", b"{}", JSON).status_code == 404
    answer = end.browser.get(f"/hooks/{end.source.pk}/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_the_log_forgets_refusals_first(end: End) -> None:
    end.send(row())
    end.send([row(id="")], "msg_2")
    assert deliveries.prune(at=AT + timedelta(days=91)) == 1
    assert deliveries.prune(at=AT + timedelta(days=401)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_twice_at_the_same_time_is_taken_once() -> None:
    end = End()
    start = threading.Barrier(2)
    body, second = json.dumps(row()).encode(), str(int(AT.timestamp()))
    signed = {
        "webhook-id": "a",
        "webhook-timestamp": second,
        "webhook-signature": "v1," + signing.signature_of(end.key, "a", second, body),
    }
    outcomes = []

    def deliver() -> None:
        start.wait(5)
        sent = deliveries.Sent(signed, body, "", AT)
        try:
            outcomes.append(deliveries.take(source_id=end.source.pk, sent=sent).new)
        except deliveries.ReplayedError as error:
            outcomes.append(-error.taken.new)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(outcomes) == [-1, 1]
    assert RemoteSession.objects.count() == 1


def test_the_age_of_a_session_is_no_matter(end: End) -> None:
    answer = end.send(row(started_at="2020-01-01T00:00:00Z", ended_at="2020-01-01T01:00:00Z"))
    assert answer.json()["new"] == 1
    assert RemoteSession.objects.get().seconds == 3600
    assert RemoteSession.objects.get().started_at < AT - 24 * HOUR
