"""AnyDesk's session list: how it is signed, what it is asked, and how its rows are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.channels.connectors.rules import lookback
from canone.channels.connectors.rules.anydesk import asking, sessions, signing
from canone.channels.connectors.rules.port import RawSession, Trouble, Window

GOLDEN = Path(__file__).parent.parent / "golden" / "anydesk_sessions.json"
AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
PEOPLE = frozenset({"marco", "100000002"})
PLAN = lookback.plan({}, Window(since=AT - timedelta(days=1), at=AT, kinds=frozenset()))
BEFORE = int((PLAN.start - timedelta(days=1)).timestamp())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
DESKS = st.fixed_dictionaries({"cid": st.integers(1, 9)}, optional={"alias": JSON})
TIMES = st.sampled_from([0, -1, 1795193000, 1795193000000, 10**30, "1795193000", 1.5e9])
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "sid": JSON | st.integers(1, 5),
        "from": JSON | DESKS,
        "to": JSON | DESKS,
        "active": JSON,
        "start-time": JSON | TIMES,
        "end-time": JSON | TIMES,
        "duration": JSON,
        "comment": JSON,
    },
)


def golden() -> list[Any]:
    found: list[Any] = json.loads(GOLDEN.read_text())["list"]
    return found


def session(number: int) -> RawSession:
    read = sessions.read(golden(), PEOPLE).sessions
    return next(each for each in read if each.external_id.endswith(str(number)))


def test_the_signature_is_the_one_of_the_manufacturer_s_example() -> None:
    """Compare with the example of AnyDesk's documentation, token and all."""
    said = signing.authorization(
        "1438129266231705",
        "UYETICGU2CT3KES",
        method="GET",
        target="/auth",
        at=datetime.fromtimestamp(1445440997, UTC),
    )

    assert said == "AD 1438129266231705:1445440997:T2YsCOj2o3Rb79nLPUgx3Gl+nnw="


def test_every_part_of_a_request_changes_its_signature() -> None:
    asked: dict[str, Any] = {"method": "GET", "target": "/sessions?limit=1", "at": AT}
    changes: list[dict[str, Any]] = [
        {},
        {"method": "POST"},
        {"target": "/sessions?limit=2"},
        {"at": AT + timedelta(seconds=1)},
        {"body": b"{}"},
    ]
    tokens = {signing.authorization("1", "x", **asked | change)[-28:] for change in changes}

    assert len(tokens) == len(changes)


def test_a_query_is_encoded_once_and_keeps_its_order() -> None:
    told = signing.path("/sessions", {"sort": "start-time", "b": "a b&c=%20", "a": 1})

    assert told == "/sessions?sort=start-time&b=a%20b%26c%3D%2520&a=1"
    assert signing.path("/auth", {}) == "/auth"


def test_the_technician_is_who_connects() -> None:
    found = session(412)

    assert (found.user_id, found.technician_name) == ("100000001", "marco")
    assert (found.device_id, found.device_name) == ("362798056", "cassa-1@ad")
    assert (found.protocol, found.note) == ("out", "Night update across the change of the clocks")


def test_the_technician_is_the_called_side_where_only_that_one_is_known() -> None:
    found = session(413)

    assert (found.user_id, found.device_id, found.protocol) == ("100000002", "362798057", "in")


def test_between_two_technicians_nobody_is_a_customer() -> None:
    assert session(415).protocol == "inside"
    assert session(415).protocol not in sessions.DEFAULT_KINDS


def test_between_strangers_who_connects_is_the_technician() -> None:
    assert (session(416).user_id, session(416).protocol) == ("555", "out")


def test_the_hour_that_the_clock_shows_twice_is_worked_once() -> None:
    assert session(412).started_at == datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert session(412).seconds == 7200


def test_an_active_session_runs_whatever_its_row_says_of_an_end() -> None:
    assert (session(414).ended_at, session(414).seconds) == (None, None)


def test_a_missing_end_is_counted_from_the_length() -> None:
    assert session(415).seconds == 60


def test_a_session_that_neither_runs_nor_ended_stays_open() -> None:
    assert session(416).ended_at is None


def test_odd_rows_and_odd_lengths_are_counted() -> None:
    found = sessions.read(golden(), PEOPLE)

    assert (len(found.sessions), found.unreadable, found.disagreeing) == (5, 3, 1)


@given(st.lists(JSON | ROWS))
def test_whatever_comes_is_read_or_counted(rows: list[Any]) -> None:
    found = sessions.read(rows, PEOPLE)

    for each in found.sessions:
        assert each.external_id
        assert each.user_id != "" != each.device_id
        assert (each.seconds is None) == (each.ended_at is None)
        assert each.seconds is None or 0 <= each.seconds <= 366 * 86400
    assert len(found.sessions) + found.unreadable <= len(rows)


def row(start: int) -> dict[str, int]:
    return {"start-time": start}


@pytest.mark.parametrize(
    ("answer", "following"),
    [
        ({"list": [row(int(AT.timestamp()))] * 3}, 13),
        ({"list": []}, None),
        ({"list": [row(int(AT.timestamp()))] * 3, "limit": 500}, None),
        ({"list": [row(int(AT.timestamp()))] * 3, "limit": 3}, 13),
        ({"list": [row(int(AT.timestamp()))] * 3, "limit": 0}, 13),
        ({"list": [row(BEFORE), row(BEFORE - 1)]}, None),
        ({"list": [row(BEFORE - 1), row(BEFORE)]}, 12),
        ({"list": [{"start-time": "x"}, None]}, 12),
    ],
)
def test_pages_follow_until_they_are_empty_or_before_the_window(
    answer: dict[str, Any], following: int | None
) -> None:
    assert asking.following(answer, 10, PLAN) == following


def test_what_the_server_should_not_have_sent_is_left_out() -> None:
    old = {**golden()[0], "start-time": BEFORE - 60, "end-time": BEFORE}
    read = sessions.read([*golden(), {**old, "sid": 1}], PEOPLE)

    assert "1" not in {each.external_id for each in asking.inside(read.sessions, PLAN)}
    assert "900537414" in {each.external_id for each in asking.inside(read.sessions, PLAN)}


@pytest.mark.parametrize("answer", [None, [], {}, {"list": {}}])
def test_an_answer_without_a_list_is_garbled(answer: Any) -> None:
    with pytest.raises(Trouble, match="garbled"):
        asking.rows(answer)
