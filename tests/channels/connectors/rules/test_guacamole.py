"""Guacamole's history: days, zones, names that look like days, rows without an end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canone.channels.connectors.rules.guacamole import history

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TREE = {
    "identifier": "ROOT",
    "name": "ROOT",
    "childConnections": [{"identifier": "9", "name": "router"}],
    "childConnectionGroups": [
        {
            "identifier": "3",
            "name": "Officine Brambilla",
            "childConnections": [{"identifier": "12", "name": "srv-gest01"}],
        }
    ],
}


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def row(**more: Any) -> dict[str, Any]:
    return {
        "startDate": milliseconds(START),
        "endDate": milliseconds(START + HOUR),
        "remoteHost": "10.0.0.7",
        "username": "marco@lariotech.example",
        "active": False,
        "identifier": "501",
        "uuid": "7b0f",
        "attributes": {},
        "logs": {},
        "connectionIdentifier": "12",
        "connectionName": "srv-gest01",
        "sharingProfileIdentifier": None,
        "sharingProfileName": None,
        **more,
    }


def read(*rows: Any, since: datetime = START - HOUR) -> history.Day:
    return history.read(rows, history.names(TREE), since)


def test_a_row_is_a_session() -> None:
    (session,) = read(row()).sessions
    assert (session.device_id, session.device_name) == ("12", "srv-gest01")
    assert session.group_name == "Officine Brambilla"
    assert session.technician_mail == "marco@lariotech.example"
    assert (session.started_at, session.seconds) == (START, 3600)


def test_a_connection_at_the_root_has_no_group() -> None:
    (session,) = read(row(connectionIdentifier="9")).sessions
    assert session.group_name == ""


def test_the_same_row_keeps_its_name_when_it_ends_and_when_its_connection_is_deleted() -> None:
    (running,) = read(row(endDate=None)).sessions
    (gone,) = read(row(connectionIdentifier=None, uuid=None, identifier=None)).sessions
    assert running.external_id == gone.external_id
    assert (running.ended_at, gone.device_id) == (None, "srv-gest01")


def test_a_row_that_only_has_the_day_in_its_name_is_looked_at_again() -> None:
    old = row(username="bob2026-11-21", startDate=milliseconds(START - 90 * 24 * HOUR))
    assert read(old).sessions == []
    assert read(old).rows == 1


def test_shared_connections_are_sessions_of_their_own() -> None:
    shared = row(sharingProfileName="Guardare", identifier="502")
    assert len(read(row(), shared).sessions) == 2


def test_two_windows_opened_in_the_same_instant_are_two_sessions_in_every_answer() -> None:
    one, other = row(identifier="99"), row(identifier="100")
    told = {session.external_id for session in read(one, other, one).sessions}
    assert len(told) == 2
    assert told == {session.external_id for session in read(other, one).sessions}


@pytest.mark.parametrize(
    "broken",
    [
        None, "x", 7, [],
        row(startDate=None), row(startDate="2026-11-20"), row(startDate=10**16),
        row(startDate=float("nan")),
        row(endDate=milliseconds(START - HOUR)), row(endDate="x"),
        row(username=None), row(username={"a": 1}),
        row(connectionName=None, connectionIdentifier=None),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_counted(broken: Any) -> None:
    day = read(broken, row())
    assert (len(day.sessions), day.counts["unreadable"]) == (1, 1)


def test_the_days_asked_for_hold_the_window_in_every_zone() -> None:
    asked = history.days(AT - 24 * HOUR, AT)
    assert asked == [date(2026, 11, day) for day in (21, 20, 19)]
    assert history.days(AT, AT + 10 * HOUR)[0] == date(2026, 11, 22)


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 1)),
    offset=st.integers(-12, 14),
)
@settings(max_examples=60)
def test_a_start_in_the_window_lies_on_a_day_asked_for(start: datetime, offset: int) -> None:
    since = start.replace(tzinfo=UTC)
    on_the_server = (since + timedelta(hours=offset)).date()
    assert on_the_server in history.days(since, since + 30 * 24 * HOUR)


def test_both_ends_of_a_full_day_cross_or_they_do_not() -> None:
    rows = [row(startDate=milliseconds(START + number * HOUR)) for number in range(30)]
    assert history.meet(rows[10:], rows[:20])
    assert not history.meet(rows[20:], rows[:10])
    assert not history.meet(rows[9:], rows[:10]), "more may have started in the same instant"
    assert not history.meet([None, row(startDate="x")], rows)


def test_an_open_row_widens_the_next_window_for_a_week() -> None:
    cursor = history.carried(read(row(endDate=None)).sessions, AT)
    assert history.horizon(cursor, AT, AT) == START
    later = AT + 30 * 24 * HOUR
    assert history.horizon(cursor, later, later) == later
    assert history.horizon({"open": [None, "x", 7]}, AT, AT) == AT


def test_a_row_without_an_end_and_without_anybody_connected_broke_off() -> None:
    sessions = read(row(endDate=None), row(endDate=None, username="giulia")).sessions
    active = {
        "tunnel": {
            "connectionIdentifier": "12",
            "username": "giulia",
            "startDate": milliseconds(START) + 700,
        },
        "other": None,
    }
    assert history.unended(sessions, active) == 1
    assert history.unended(sessions, None) == 2


def test_a_tree_of_any_depth_is_read() -> None:
    tree: dict[str, Any] = {"childConnections": [{"identifier": "1"}]}
    for number in range(5_000):
        tree = {"identifier": str(number), "name": f"g{number}", "childConnectionGroups": [tree]}
    assert history.names(tree).groups == {"1": ("", "")}
    assert history.names([tree]).groups == {}
