"""TeamViewer's connection report: what it is asked, and how its records are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.channels.connectors.rules import lookback
from canone.channels.connectors.rules.port import RawSession, Trouble, Window
from canone.channels.connectors.rules.teamviewer import asking, records

GOLDEN = Path(__file__).parent.parent / "golden" / "teamviewer_connections.json"
AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAILS = {"u10011": "marco@lariotech.example"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = (
    "id", "userid", "username", "deviceid", "devicename", "groupid", "groupname", "notes",
    "support_session_type", "start_date", "end_date", "session_code", "session_note",
    "end_customer", "billing_state",
)  # fmt: skip
DATES = st.sampled_from([
    "2026-11-21T09:00:00Z", "2026-11-21T09:00:00+14:00", "0001-01-01T00:00:00-23:59",
    "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "", "2026-11-21T09:00:00.1234567Z",
])  # fmt: skip


def golden() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(GOLDEN.read_text())
    return found


def session(number: int) -> RawSession:
    read = records.read(golden()["records"], MAILS).sessions
    return next(each for each in read if each.external_id.endswith(f"000{number}"))


def window(at: datetime = AT, hours: int = 24) -> Window:
    return Window(since=at - timedelta(hours=hours), at=at, kinds=frozenset())


def test_a_record_tells_technician_device_group_note_and_exact_length() -> None:
    found = session(1)

    assert found.external_id == "0b6e4e0a-2f0b-4b43-9a0b-6d2e7b1c0001"
    assert (found.technician_name, found.technician_mail) == (
        "Marco Riva",
        "marco@lariotech.example",
    )
    assert (found.user_id, found.device_id, found.device_name) == (
        "u10011",
        "d412880135",
        "CAD-PC12",
    )
    assert (found.group_id, found.group_name) == ("g2001", "Officine Rossi")
    assert found.note == "Night update across the change of the clocks"


def test_the_hour_that_the_clock_shows_twice_is_worked_once() -> None:
    found = session(1)

    assert found.started_at == datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert found.seconds == 2 * 3600


def test_a_zone_is_minded_and_a_missing_one_is_utc() -> None:
    found = session(2)

    assert found.started_at == datetime(2026, 11, 20, 14, 22, tzinfo=UTC)
    assert found.ended_at == datetime(2026, 11, 20, 14, 50, tzinfo=UTC)


def test_a_service_case_belongs_to_its_customer_not_to_the_queue_it_waited_in() -> None:
    assert session(2).group_name == "Studio Bianchi"


def test_a_note_told_twice_is_kept_once() -> None:
    assert session(2).note == "Printer queue"


def test_kinds_are_told_apart_and_new_ones_tolerated() -> None:
    assert [session(number).protocol for number in (1, 2, 3)] == ["remote", "support", "other"]
    assert {session(number).protocol for number in (1, 2, 3)} <= set(records.KINDS)


@pytest.mark.parametrize("number", [3, 4])
def test_a_record_without_an_end_is_a_session_that_runs(number: int) -> None:
    found = session(number)

    assert (found.ended_at, found.seconds) == (None, None)


def test_what_cannot_be_a_session_is_counted_not_believed() -> None:
    found = records.read(golden()["records"], MAILS)

    assert len(found.sessions) == 4
    assert found.unreadable == 5


def test_a_session_told_twice_is_taken_with_its_end() -> None:
    row = golden()["records"][0]
    running = {**row, "end_date": None}
    for rows in ([row, running], [running, row]):
        [found] = records.read(rows, {}).sessions
        assert found.seconds == 7200


@given(st.lists(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON | DATES))))
def test_whatever_comes_is_read_or_counted(rows: list[Any]) -> None:
    found = records.read(rows, {})

    for each in found.sessions:
        assert each.external_id
        assert each.started_at.utcoffset() == timedelta()
        assert (each.seconds is None) == (each.ended_at is None)
        assert each.seconds is None or 0 <= each.seconds <= 366 * 86400
    assert len(found.sessions) + found.unreadable <= len(rows)


@given(JSON)
def test_users_without_sense_are_no_users(users: Any) -> None:
    assert all(records.mails(users).values())


def returned(started: datetime, ended: datetime, plan: lookback.Plan) -> bool:
    """Return whether the report holds a session: it starts and ends inside the window."""
    asked = asking.query(plan)
    inside = asked["from_date"] <= asking.written(started)
    return inside and asking.written(ended) < asked["to_date"]


@given(
    length=st.integers(0, 47 * 3600),
    before=st.integers(-3 * 86400, 3 * 86400),
    pause=st.integers(60, 2 * 86400),
)
def test_a_session_over_the_border_of_two_pulls_is_in_one_of_them(
    length: int, before: int, pause: int
) -> None:
    """Tell adjacent windows with any pause between them, and a session of up to two days."""
    first = window(at=AT)
    second = Window(since=AT, at=AT + timedelta(seconds=pause), kinds=frozenset())
    third = Window(since=second.at, at=second.at + timedelta(days=10), kinds=frozenset())
    started = AT + timedelta(seconds=before)
    ended = started + timedelta(seconds=length)

    cursor: Any = {}
    seen = False
    for each in (first, second, third):
        plan = lookback.plan(cursor, each)
        seen = seen or returned(started, ended, plan)
        cursor = lookback.cursor(plan, {})

    inside = started >= first.since and ended < third.at
    assert seen or not inside


def test_once_a_day_a_pull_looks_back_for_what_somebody_left_open_for_days() -> None:
    first = lookback.plan({}, window())
    cursor = lookback.cursor(first, {})
    soon = lookback.plan(cursor, window(AT + HOUR))
    next_day = lookback.plan(lookback.cursor(soon, {}), window(AT + 21 * HOUR))

    assert first.start == window().since - lookback.LONGER
    assert soon.start == window(AT + HOUR).since - lookback.LONG
    assert next_day.start == window(AT + 21 * HOUR).since - lookback.LONGER


def test_a_clock_that_was_moved_back_looks_far_back_again() -> None:
    cursor = lookback.cursor(lookback.plan({}, window()), {})

    assert lookback.plan(cursor, window(AT - HOUR)).reached == AT - HOUR


def test_what_ran_is_asked_for_by_its_id_until_it_is_forgotten() -> None:
    cursor = lookback.cursor(lookback.plan({}, window()), {"a": AT, "b": AT - HOUR, "c": AT})

    assert lookback.unseen(lookback.plan(cursor, window(AT + HOUR)), ["c"]) == (["a", "b"], {})
    late = window(AT + lookback.OPEN_KEPT + HOUR)
    assert lookback.unseen(lookback.plan(cursor, late), []) == ([], {})


def test_of_very_many_that_ran_some_wait_and_none_is_forgotten() -> None:
    opened = {f"s{number}": AT - number * HOUR for number in range(lookback.OPEN_ASKED + 3)}
    cursor = lookback.cursor(lookback.plan({}, window()), opened)

    asked, waiting = lookback.unseen(lookback.plan(cursor, window(AT + HOUR)), [])

    assert len(asked) == lookback.OPEN_ASKED
    assert {*asked, *waiting} == set(opened)
    assert asked[0] == "s0"


@given(JSON)
def test_a_cursor_without_sense_is_an_empty_one(cursor: Any) -> None:
    told = cursor if isinstance(cursor, dict) else {"open": cursor, "reached": cursor}

    assert lookback.plan(told, window()).start <= window().since


def test_the_window_stays_the_same_for_all_pages() -> None:
    plan = lookback.plan({}, window())

    assert asking.query(plan, "x") == {**asking.query(plan), "offset_id": "x"}
    assert asking.query(plan)["to_date"] == "2026-11-21T18:00:00Z"


@pytest.mark.parametrize(
    ("answer", "offset"),
    [
        ({"records": [{"id": "a"}], "next_offset": "b"}, "b"),
        ({"records": [{"id": "a"}], "records_remaining": 3}, "a"),
        ({"records": [{"id": "a"}], "records_remaining": 0}, ""),
        ({"records": [{"id": "a"}]}, ""),
        ({"records": [], "records_remaining": 3}, ""),
        ({"records": [], "next_offset": "00000000-0000-0000-0000-000000000000"}, ""),
        ({"records": [{"id": "a"}], "next_offset": None, "records_remaining": "2"}, "a"),
    ],
)
def test_pages_follow_until_none_is_left(answer: dict[str, Any], offset: str) -> None:
    assert asking.following(answer) == offset


@pytest.mark.parametrize("answer", [None, [], {}, {"records": "x"}, {"error": "no"}])
def test_an_answer_without_records_is_garbled(answer: Any) -> None:
    with pytest.raises(Trouble, match="garbled"):
        asking.records(answer)


def test_no_records_are_no_records() -> None:
    assert asking.records({"records_remaining": 0}) == []
    assert asking.records({"records": []}) == []
