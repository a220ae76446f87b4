"""RustDesk: rows of a Server Pro, and messages of the free client in any order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canone.channels.connectors.rules.rustdesk import kinds, messages, rows
from canone.channels.connectors.rules.rustdesk.messages import Message

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def row(**more: Any) -> dict[str, Any]:
    return {
        "guid": "0f6c",
        "remote": "412880135 - CAD-PC12",
        "local": "700111222 - NB-MARCO",
        "local_user": "marco@lariotech.example",
        "info": '{"ip": "::ffff:10.0.0.7", "name": "Marco Riva"}',
        "conn_type": 0,
        "created_at": int(START.timestamp()),
        "end_time": int(START.timestamp()) + 2520,
        **more,
    }


def test_a_row_of_a_server_pro_is_a_session() -> None:
    (session,) = rows.read([row()]).sessions
    assert session.external_id == "0f6c"
    assert (session.device_id, session.device_name) == ("412880135", "CAD-PC12")
    assert (session.technician_name, session.technician_mail) == (
        "marco@lariotech.example",
        "marco@lariotech.example",
    )
    assert (session.started_at, session.seconds) == (START, 2520)
    assert session.protocol == "desktop"


def test_without_an_account_the_helper_is_the_computer_that_helped() -> None:
    (session,) = rows.read([row(local_user=None)]).sessions
    assert (session.user_id, session.technician_name) == ("700111222", "NB-MARCO")
    (session,) = rows.read([row(local_user="", local="700111222")]).sessions
    assert session.technician_name == "Marco Riva"


def test_a_failed_login_is_never_a_session() -> None:
    without = row()
    del without["conn_type"]
    reading = rows.read([without, row(guid="b", conn_type=None)])
    assert reading.sessions == []
    assert reading.notices() == ()


def test_a_running_row_has_no_end_and_keeps_its_name_when_it_ends() -> None:
    (running,) = rows.read([row(end_time=None)]).sessions
    (ended,) = rows.read([row()]).sessions
    assert (running.ended_at, running.seconds) == (None, None)
    assert running.external_id == ended.external_id


def test_a_start_may_be_a_text_in_utc() -> None:
    (session,) = rows.read([row(created_at="2026-11-20 14:00:00.000")]).sessions
    assert session.started_at == START


def test_a_row_without_a_name_of_its_own_is_known_by_who_where_and_when() -> None:
    (one,) = rows.read([row(guid=None)]).sessions
    (same,) = rows.read([row(guid=None, end_time=None)]).sessions
    (other,) = rows.read([row(guid=None, created_at=int(START.timestamp()) + 1)]).sessions
    assert one.external_id == same.external_id != other.external_id


@pytest.mark.parametrize(
    "broken",
    [
        None, 7, "row", [],
        row(created_at=None), row(created_at="yesterday"), row(created_at="9999-12-31 23:59:59"),
        row(created_at=10**18), row(created_at=float("nan")), row(created_at=True),
        row(end_time=int(START.timestamp()) - 60), row(end_time="soon"), row(end_time=10**15),
        row(remote=None), row(remote={"id": 1}), row(conn_type="desktop"), row(conn_type=True),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_counted_and_does_not_stop_the_rest(broken: Any) -> None:
    reading = rows.read([broken, row(guid="good")])
    assert [session.external_id for session in reading.sessions] == ["good"]
    assert reading.counts["unreadable"] == 1


def test_kinds_are_numbered_and_one_of_a_version_to_come_counts() -> None:
    told = [row(guid=str(number), conn_type=number) for number in (0, 1, 2, 3, 4, 9)]
    found = [session.protocol for session in rows.read(told).sessions]
    assert found == ["desktop", "files", "relay", "camera", "terminal", "other"]
    assert set(found) - kinds.DEFAULT_KINDS == {"relay"}


def test_a_list_from_new_to_old_is_left_where_it_gets_too_old() -> None:
    second = int(START.timestamp())
    down = rows.read([row(guid="a", created_at=second), row(guid="b", created_at=second - 60)])
    up = rows.read([row(guid="b", created_at=second - 60), row(guid="a", created_at=second)])
    assert down.is_past(START + SECOND)
    assert not down.is_past(START)
    assert not up.is_past(START + SECOND)


def test_texts_hold_what_a_database_takes() -> None:
    (session,) = rows.read([row(remote="41 - <b>PC\0\ud800</b>", info="[[[")]).sessions
    assert session.device_name == "<b>PC</b>"


def test_an_open_row_is_asked_for_again_for_a_week() -> None:
    reading = rows.read([row(end_time=None)])
    cursor = json.loads(json.dumps(rows.carried(reading.sessions, AT)))
    assert rows.horizon(cursor, AT, AT) == START
    assert rows.horizon(cursor, START - SECOND, AT) == START - SECOND
    later = START + timedelta(days=8)
    assert rows.horizon(cursor, later, later) == later
    assert rows.horizon({"open": "x"}, AT, AT) == AT
    assert rows.horizon({"open": {"a": 7}}, AT, AT) == AT


def sent(**more: Any) -> dict[str, Any]:
    return {
        "id": "412880135",
        "uuid": "dXVpZA==",
        "conn_id": 1001,
        "session_id": 9_301_455_072_164_530_311,
        "nonce": "b9a8",
        **more,
    }


def message(at: datetime, **more: Any) -> Message:
    return messages.read(json.dumps(sent(**more)).encode(), at)


PEER = ["700111222", "Marco Riva"]


def conversation(at: datetime, name: str, *, seconds: int = 600, **more: Any) -> list[Message]:
    """Return what a client sends about one connection."""
    return [
        message(at, action="new", ip="10.0.0.7", nonce=f"{name}-new", **more | {"session_id": 0}),
        message(at + 3 * SECOND, peer=PEER, type=0, nonce=f"{name}-in", **more),
        message(at + seconds * SECOND, action="close", nonce=f"{name}-out", **more),
    ]


def test_a_connection_is_a_session_from_login_to_close() -> None:
    told = json.dumps({"id": "412880135", "uuid": "x", "hostname": "CAD-PC12", "os": "Windows"})
    called = messages.name(told.encode(), START + timedelta(days=1))
    (session,) = messages.build([*conversation(START, "a"), called]).sessions
    assert session.external_id == "412880135|a-in"
    assert (session.device_id, session.device_name) == ("412880135", "CAD-PC12")
    assert (session.user_id, session.technician_name) == ("700111222", "Marco Riva")
    assert (session.started_at, session.seconds) == (START + 3 * SECOND, 597)
    assert session.protocol == "desktop"


def test_a_login_that_failed_is_never_a_session() -> None:
    new, _login, close = conversation(START, "a")
    built = messages.build([new, close])
    assert (built.sessions, built.failed_logins) == ([], 1)


def test_a_lost_close_leaves_the_session_open() -> None:
    (session,) = messages.build(conversation(START, "a")[:2]).sessions
    assert session.ended_at is None


def test_a_restarted_client_counts_its_connections_anew() -> None:
    before = conversation(START, "a")[:2]
    after = conversation(START + timedelta(hours=1), "b")
    lost, ended = messages.build(before + after).sessions
    assert (lost.external_id, lost.ended_at) == ("412880135|a-in", None)
    assert (ended.external_id, ended.seconds) == ("412880135|b-in", 597)


def test_a_client_that_died_may_use_the_number_and_the_session_again() -> None:
    before, after = conversation(START, "a")[1:2], conversation(START + timedelta(hours=1), "b")
    lost, ended = messages.build(before + after[1:]).sessions
    assert (lost.ended_at, ended.seconds) == (None, 597)


def test_a_close_that_overtakes_its_login_ends_it() -> None:
    new, login, close = conversation(START, "a", seconds=5)
    swapped = [new, replace(login, received_at=close.received_at + SECOND), close]
    (session,) = messages.build(swapped).sessions
    assert (session.started_at, session.seconds) == (START, 5)


def test_desktop_and_files_at_once_are_two_sessions() -> None:
    both = conversation(START, "a") + conversation(START, "b", conn_id=1002)
    assert len(messages.build(both).sessions) == 2


def test_the_helpers_note_goes_to_its_session_and_replaces_the_one_before() -> None:
    def note(text: str, **more: Any) -> Message:
        body = {"id": "412880135", "session_id": sent()["session_id"], "note": text, **more}
        return messages.read(json.dumps(body).encode(), START + 60 * SECOND)

    told = [*conversation(START, "a"), note("Prin"), note("Stampante", session_id=7)]
    built = messages.build(told)
    assert built.sessions[0].note == "Prin"
    assert [lost.note for lost in built.lost_notes] == ["Stampante"]


def test_an_older_client_sends_no_nonce_and_each_message_once() -> None:
    body = json.dumps({"id": "1", "uuid": "u", "conn_id": 1, "peer": ["2", "x"], "type": 1})
    one = messages.read(body.encode(), START)
    other = messages.read(body.encode(), START + SECOND)
    assert one.key != other.key
    assert len(messages.build([one, other]).sessions) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"null", b"[]", b"7", b"{}", b'{"id": ""}',
        b'{"id": {}, "action": "new"}',
        b'{"id": "1"}', b'{"id": "1", "action": "open"}', b'{"id": "1", "peer": "2"}',
        b'{"id": "1", "peer": []}', b'{"id": "1", "peer": [null]}', b'{"id": "1", "note": "x"}',
        b"[" * 200_000, b'{"id": ' + b"1" * 10_000 + b"}",
    ],
)  # fmt: skip
def test_what_no_client_sends_is_named(body: bytes) -> None:
    with pytest.raises(messages.GarbledError):
        messages.read(body, START)


def test_long_and_strange_values_stay_within_their_bounds() -> None:
    told = message(START, peer=["7" * 500, "<script>" * 100], type=10**9, nonce="n" * 500)
    assert len(told.key) <= messages.KEY_LENGTH
    assert (len(told.helper), len(told.helper_name), told.number) == (200, 200, 0)


lengths = st.lists(st.integers(5, 4_000), min_size=1, max_size=6)


@given(lengths=lengths, data=st.data())
@settings(max_examples=80, deadline=None)
def test_any_order_any_repeat_gives_the_same_sessions(lengths: list[int], data: Any) -> None:
    """The order in which messages are read means nothing; only when they arrived does."""
    sent_ = []
    for number, seconds in enumerate(lengths):
        start, ids = START + number * timedelta(hours=2), {"conn_id": number % 2}
        ids["session_id"] = 1000 + number
        sent_ += conversation(start, f"c{number}", seconds=seconds, **ids)
    lost = data.draw(st.sets(st.sampled_from(range(len(sent_)))))
    arrived = [told for number, told in enumerate(sent_) if number not in lost]
    shuffled = data.draw(st.permutations(arrived + arrived[: len(arrived) // 2]))
    built = messages.build(shuffled).sessions

    assert built == messages.build(arrived).sessions
    logins = {told.key for told in arrived if told.kind is messages.Kind.LOGIN}
    assert {session.external_id for session in built} == {f"412880135|{key}" for key in logins}
    closes = {told.key.removesuffix("-out") for told in arrived if told.key.endswith("-out")}
    for session in built:
        name = session.external_id.removeprefix("412880135|").removesuffix("-in")
        assert (session.ended_at is not None) == (name in closes)


@given(lengths=lengths)
@settings(max_examples=40, deadline=None)
def test_what_was_built_early_is_only_ever_completed(lengths: list[int]) -> None:
    arrived: list[Message] = []
    known: dict[str, Any] = {}
    for number, seconds in enumerate(lengths):
        start = START + number * timedelta(hours=2)
        for told in conversation(start, f"c{number}", seconds=seconds):
            arrived.append(told)
            for session in messages.build(arrived).sessions:
                before = known.get(session.external_id)
                assert before is None or before.started_at == session.started_at
                assert before is None or before.ended_at in (None, session.ended_at)
                known[session.external_id] = session
    assert len(known) == len(lengths)
