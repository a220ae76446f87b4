"""Events and report of a real server, turned into sessions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from canone.channels.connectors.rules.meshcentral import events, names, pull
from canone.channels.connectors.rules.port import Pulled, Window

GOLDEN = Path(__file__).parent.parent / "golden"
AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
EVERYTHING = frozenset(events.KINDS)
NODE = "node//FxbbPWnQkX16RDR$9ahDDrgXVun$eHKj06vIdbAQyPG5OAJoHTJeC5wnOKc@7hw5"


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text())


def window(*, at: datetime = AT, days: int = 20, kinds: frozenset[str] = EVERYTHING) -> Window:
    return Window(since=at - timedelta(days=days), at=at, kinds=kinds)


def captured(rows: list[Any] | None = None, report: Any = None) -> pull.Answers:
    known = names.names(
        golden("nodes")["nodes"],
        golden("meshes")["meshes"],
        [{"_id": "user//admin", "email": "admin@example.org"}],
    )
    told = golden("events_relaylog")["events"] + golden("events_manual")["events"]
    return pull.Answers(told if rows is None else rows, report, known)


def relay(
    msgid: int, session: str, at: datetime, seconds: int | None = None, **more: Any
) -> dict[str, Any]:
    args: list[Any] = [session, "10.0.0.1", "10.0.0.2"]
    return {
        "etype": "relay",
        "action": "relaylog",
        "msgid": msgid,
        "msgArgs": args if seconds is None else [*args, seconds],
        "userid": "user//anna",
        "username": "Anna",
        "nodeid": "node//pc1",
        "protocol": 1,
        "time": at.isoformat().replace("+00:00", "Z"),
        **more,
    }


def pulled(rows: list[Any], cursor: Any = None, report: Any = None, **asked: Any) -> Pulled:
    return pull.assemble(pull.Answers(rows, report), cursor or {}, window(**asked))


def test_the_captured_events_and_the_captured_report_tell_the_same_sessions() -> None:
    report = golden("report_by_user")["data"]
    found = pull.assemble(captured(report=report), {}, window())

    closed = [session for session in found.sessions if session.ended_at]
    entries = report["groups"]["user//admin"]["entries"]
    assert [round(s.ended_at.timestamp() * 1000) for s in sorted(closed, key=lambda s: s.ended_at)
            ] == [entry["time"] for entry in entries]  # fmt: skip
    assert sum(session.raw["length"] for session in closed) == sum(e["length"] for e in entries)
    assert sum(session.seconds or 0 for session in closed) == 47
    assert {warning.code for warning in found.warnings} == set()


def test_a_session_carries_names_of_technician_device_and_group() -> None:
    first = pull.assemble(captured(), {}, window()).sessions[0]

    assert (first.technician_name, first.technician_mail) == ("Admin", "admin@example.org")
    assert (first.device_id, first.device_name) == (NODE, "vm")
    assert first.group_name == "Cliente-Rossi"
    assert first.started_at == datetime(2026, 11, 21, 16, 37, 30, 120_000, tzinfo=UTC)
    assert first.ended_at == datetime(2026, 11, 21, 16, 37, 35, 379_000, tzinfo=UTC)
    assert (first.seconds, first.protocol) == (5, "terminal")


def test_the_session_that_the_killed_server_never_ended_is_still_open() -> None:
    found = pull.assemble(captured(), {}, window())

    (running,) = [session for session in found.sessions if session.ended_at is None]
    assert running.seconds is None
    assert found.still_open == (running.external_id,)
    assert [row["msgArgs"][0] for row in found.cursor["open"]] == ["5e3f772bf36a"]


def test_each_viewer_of_a_shared_desktop_counts_and_the_whole_does_not() -> None:
    found = pull.assemble(captured(), {}, window())

    desktop = [s.seconds for s in found.sessions if s.protocol == "desktop"]
    assert sorted(desktop) == [5, 7, 10]


def test_the_captured_note_goes_to_the_session_that_ended_last_before_it() -> None:
    found = pull.assemble(captured(), {}, window())

    (noted,) = [session for session in found.sessions if session.note]
    assert noted.note == "Sostituito driver stampante"
    assert noted.ended_at == datetime(2026, 11, 21, 16, 40, 25, 209_000, tzinfo=UTC)
    assert found.notes == ()


def test_a_note_inside_a_session_belongs_to_it() -> None:
    note = relay(0, "x", AT - timedelta(minutes=20), action="manual", msg="Router replaced")
    found = pulled(
        [
            relay(10, "early", AT - timedelta(minutes=40), 60),
            note,
            relay(10, "late", AT - timedelta(minutes=10), 1200),
        ]
    )
    assert [session.note for session in found.sessions] == ["", "Router replaced"]


def test_a_note_without_a_session_is_handed_back_and_not_dropped() -> None:
    note = relay(0, "x", AT - timedelta(minutes=20), action="manual", msg="By phone")
    found = pulled([note, relay(10, "late", AT - timedelta(minutes=5), 60)])

    assert [lost.text for lost in found.notes] == ["By phone"]


def test_the_id_is_the_same_seen_running_first_or_only_closed() -> None:
    start = relay(14, "abc", AT - timedelta(minutes=10))
    end = relay(10, "abc", AT - timedelta(minutes=4), 359)

    running = pulled([start])
    closed_later = pulled([end], running.cursor)
    only_closed = pulled([end])

    assert running.still_open == (running.sessions[0].external_id,)
    assert len({running.sessions[0].external_id, closed_later.sessions[0].external_id,
                only_closed.sessions[0].external_id}) == 1  # fmt: skip
    assert closed_later.sessions[0].started_at == AT - timedelta(minutes=10)
    assert closed_later.sessions[0].seconds == 360
    assert closed_later.cursor["open"] == []
    assert only_closed.sessions[0].started_at == AT - timedelta(minutes=4, seconds=359)
    assert only_closed.sessions[0].seconds == 359


def test_an_end_whose_start_is_of_another_stretch_is_timed_by_its_length() -> None:
    found = pulled(
        [relay(14, "abc", AT - timedelta(days=3)), relay(10, "abc", AT - timedelta(hours=1), 30)]
    )
    (session,) = found.sessions
    assert session.seconds == 30
    assert session.started_at == AT - timedelta(hours=1, seconds=30)
    assert ("clock_disagrees", {"count": 1}) in [(w.code, w.values) for w in found.warnings]


def test_two_chats_with_one_id_are_two_sessions() -> None:
    chat = "meshmessenger/node//pc1/user//anna"
    rows = [
        relay(162, chat, AT - timedelta(hours=3), protocol=200),
        relay(112, chat, AT - timedelta(hours=2), 3600, protocol=200, nodeid=None),
        relay(162, chat, AT - timedelta(hours=1), protocol=200),
        relay(112, chat, AT - timedelta(minutes=30), 1800, protocol=200, nodeid=None),
    ]
    found = pulled(rows)
    assert [session.seconds for session in found.sessions] == [3600, 1800]
    assert {session.device_id for session in found.sessions} == {"node//pc1"}


def test_kinds_that_do_not_count_are_left_out_and_told() -> None:
    rows = [
        relay(9, "tunnel", AT - timedelta(hours=2), 60),
        relay(10, "shell", AT - timedelta(hours=1), 60),
    ]
    found = pulled(rows, kinds=events.DEFAULT_KINDS)
    assert [session.protocol for session in found.sessions] == ["terminal"]
    assert [(w.code, w.values) for w in found.warnings] == [("left_out_by_kind", {"count": 1})]


def test_web_sessions_keep_their_id_in_the_second_argument() -> None:
    start = relay(150, "w1", AT - timedelta(minutes=10), protocol=201)
    end = relay(125, "", AT - timedelta(minutes=5), protocol=201) | {"msgArgs": [300, "w1"]}
    (session,) = pulled([start, end]).sessions
    assert (session.protocol, session.seconds) == ("rdp", 300)
    assert session.started_at == AT - timedelta(minutes=10)


def reported(at: datetime, length: int, protocol: int = 1) -> dict[str, Any]:
    entry = {
        "time": round(at.timestamp() * 1000),
        "nodeid": "node//pc1",
        "protocol": protocol,
        "meshid": "mesh//moved",
        "length": length,
    }
    return {"groups": {"user//anna": {"entries": [entry]}}}


def test_what_only_the_report_knows_comes_in_once_even_when_its_events_follow() -> None:
    end = AT - timedelta(hours=5)
    first = pulled([], report=reported(end, 90))
    second = pulled([relay(10, "abc", end, 90)], first.cursor, report=reported(end, 90))

    assert [session.external_id for session in first.sessions] == [
        session.external_id for session in second.sessions
    ]
    assert "only_in_report" in {warning.code for warning in first.warnings}
    assert "only_in_report" not in {warning.code for warning in second.warnings}


def test_the_report_closes_a_session_whose_end_was_cut_off() -> None:
    start = relay(14, "abc", AT - timedelta(minutes=10))
    running = pulled([start])
    closed = pulled([], running.cursor, report=reported(AT - timedelta(minutes=4), 360))

    (session,) = closed.sessions
    assert session.external_id == running.sessions[0].external_id
    assert session.seconds == 360
    assert closed.still_open == ()
    assert closed.cursor["open"] == []


def test_the_group_is_the_one_at_the_time_not_where_the_device_stands_now() -> None:
    end = AT - timedelta(hours=1)
    (session,) = pulled([relay(10, "abc", end, 90)], report=reported(end, 90)).sessions
    assert session.group_id == "mesh//moved"


@given(
    st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "action",
                            "msgid",
                            "msgArgs",
                            "time",
                            "nodeid",
                            "userid",
                            "username",
                            "msg",
                        ]
                    ),
                    inner
                    | st.sampled_from(["relaylog", "manual", 10, 144, "2026-11-21T16:40:25Z"]),
                )
            ),
            max_leaves=20,
        ),
        max_size=10,
    )
)
@settings(deadline=None)
def test_garbage_is_counted_and_never_raises(rows: list[Any]) -> None:
    found = pulled(rows)
    assert all(session.device_id for session in found.sessions)
    assert json.dumps(dict(found.cursor))


@given(st.data())
@settings(deadline=None)
def test_whatever_the_order_the_cuts_and_the_repeats_no_session_is_lost_or_doubled(
    data: st.DataObject,
) -> None:
    """Pulls see arbitrary windows of the newest events; the last one sees the rest."""
    count = data.draw(st.integers(1, 12))
    rows, expected = [], {}
    clock = AT - timedelta(days=2)
    for number in range(count):
        clock += timedelta(seconds=data.draw(st.integers(1, 4000)))
        length = data.draw(st.integers(0, 5000))
        kind = data.draw(st.sampled_from([(14, 10), (15, 11), (16, 12)]))
        start = relay(kind[0], f"s{number}", clock)
        end = relay(kind[1], f"s{number}", clock + timedelta(seconds=length), length)
        rows += [start, end]
        expected[number] = length
    rows.sort(key=lambda row: str(row["time"]))
    rows = list(dict.fromkeys(json.dumps(row) for row in rows))
    cuts = [*sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4))), len(rows)]
    store: dict[str, int | None] = {}
    cursor: Any = {}
    seen = 0
    for cut in cuts:
        overlap = data.draw(st.integers(0, seen))
        part = [json.loads(row) for row in rows[overlap:cut]]
        found = pulled(data.draw(st.permutations(part)) + part[:2], cursor)
        cursor = json.loads(json.dumps(dict(found.cursor)))
        for session in found.sessions:
            if session.ended_at or session.external_id not in store:
                store[session.external_id] = session.seconds
        seen = cut
    assert sorted(store.values(), key=str) == sorted(expected.values(), key=str)
