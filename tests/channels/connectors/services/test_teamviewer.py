"""TeamViewer is asked for its reports, over a network that is not always kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.channels.connectors.fakes import teamviewer as fakes
from tests.channels.connectors.fakes.web import Answer, Asked

from canone.channels.connectors.rules import lookback
from canone.channels.connectors.rules.port import Billed, Pulled, RawSession, Trouble, Window
from canone.channels.connectors.services import http
from canone.channels.connectors.services.teamviewer import TeamViewer

AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def server() -> Iterator[fakes.TeamViewer]:
    with fakes.TeamViewer(page_size=3) as running:
        yield running


def tool(server: fakes.TeamViewer, token: str = fakes.TOKEN) -> TeamViewer:
    return TeamViewer(http.Reach(server.url, patience=5), token, sleep=lambda _seconds: None)


def window(at: datetime = AT, since: datetime | None = None) -> Window:
    return Window(since=since or at - DAY, at=at)


def pages(server: fakes.TeamViewer, cursor: Any = None, **asked: Any) -> list[Pulled]:
    return list(tool(server).pull(cursor or {}, window(**asked)))


def sessions(found: list[Pulled]) -> dict[str, RawSession]:
    return {each.external_id: each for page in found for each in page.sessions}


def fill(server: fakes.TeamViewer, count: int) -> None:
    for number in range(count):
        ended = AT - number * MINUTE - MINUTE
        server.record(f"r{number:03}", ended - MINUTE, ended)


def test_every_page_is_read_once(server: fakes.TeamViewer) -> None:
    fill(server, 8)

    found = pages(server)

    assert sorted(sessions(found)) == sorted(server.records)
    assert sum(page.seen for page in found) == 8
    lists = [asked for asked in server.asked if asked.path == fakes.REPORT]
    assert [asked.params.get("offset_id") for asked in lists] == [None, "r002", "r005"]
    assert len({asked.params["to_date"] for asked in lists}) == 1


def test_pages_follow_where_the_answer_forgets_the_offset(
    server: fakes.TeamViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server, 8)
    whole = server.answer

    def forgetful(asked: Asked) -> Answer:
        answer = whole(asked)
        kept = {name: value for name, value in answer.body.items() if name != "next_offset"}
        return replace(answer, body=kept)

    monkeypatch.setattr(server, "answer", forgetful)

    assert len(sessions(pages(server))) == 8


def test_a_session_that_ends_while_pages_are_read_hides_no_other(
    server: fakes.TeamViewer,
) -> None:
    fill(server, 8)
    pulling = tool(server).pull({}, window())
    found = [next(pulling)]
    server.record("late", AT - HOUR, AT - 3 * MINUTE)  # reported late, before the page just read
    server.record("new", AT - HOUR, AT + MINUTE)
    found += pulling

    assert {f"r{number:03}" for number in range(8)} <= set(sessions(found))
    again = sessions(pages(server, found[-1].cursor, at=AT + 10 * MINUTE, since=AT - DAY))
    assert {"late", "new"} <= set(again)


def test_a_session_over_the_border_of_two_pulls_comes_in(server: fakes.TeamViewer) -> None:
    """Start before the first pull asks, end after it: adjacent windows would show it to neither."""
    first = pages(server)
    server.record("night", AT - 40 * HOUR, AT + HOUR)

    found = pages(server, first[-1].cursor, at=AT + 2 * HOUR, since=AT)

    assert sessions(found)["night"].seconds == 41 * 3600


def test_two_sessions_of_the_same_second_are_two(server: fakes.TeamViewer) -> None:
    for key in "abcdefg":
        server.record(key, AT - HOUR, AT - MINUTE)

    assert sorted(sessions(pages(server))) == list("abcdefg")


def test_the_server_s_zone_changes_no_instant(server: fakes.TeamViewer) -> None:
    server.zone = timezone(timedelta(hours=-7))
    server.record("a", AT - HOUR, AT - MINUTE)

    assert sessions(pages(server))["a"].started_at == AT - HOUR


def test_what_runs_is_open_and_ends_later(server: fakes.TeamViewer) -> None:
    server.record("a", AT - HOUR, None)
    first = pages(server)
    server.record("a", AT - HOUR, AT + MINUTE)
    second = pages(server, first[-1].cursor, at=AT + HOUR, since=AT)

    assert first[0].still_open == ("a",)
    assert sessions(second)["a"].seconds == 61 * 60
    assert second[-1].cursor["open"] == {}


def test_what_ran_for_longer_than_any_window_is_asked_for_by_its_id(
    server: fakes.TeamViewer,
) -> None:
    server.record("a", AT - HOUR, None)
    server.record("gone", AT - HOUR, None)
    first = pages(server)
    later = AT + lookback.LONGER + 3 * DAY
    server.record("a", AT - HOUR, later - HOUR)
    del server.records["gone"]

    second = pages(server, first[-1].cursor, at=later, since=later - DAY)

    assert sessions(second)["a"].ended_at == later - HOUR
    assert second[-1].cursor["open"] == {}


def test_technicians_are_known_by_mail_where_the_token_may_list_users(
    server: fakes.TeamViewer,
) -> None:
    server.record("a", AT - HOUR, AT - MINUTE)
    assert sessions(pages(server))["a"].technician_mail == "anna@example.org"
    server.users = None
    without = sessions(pages(server))["a"]
    assert (without.technician_mail, without.technician_name) == ("", "Anna Neri")


def test_kinds_are_told_apart(server: fakes.TeamViewer) -> None:
    server.record("a", AT - HOUR, AT - MINUTE)
    server.record("b", AT - HOUR, AT - MINUTE, support_session_type=2)

    assert {key: each.protocol for key, each in sessions(pages(server)).items()} == {
        "a": "remote",
        "b": "support",
    }


def test_a_pause_that_the_server_asks_for_is_kept(server: fakes.TeamViewer) -> None:
    fill(server, 4)
    server.limit(2, pause="7")
    slept: list[float] = []
    patient = TeamViewer(http.Reach(server.url), fakes.TOKEN, sleep=slept.append)

    assert len(sessions(list(patient.pull({}, window())))) == 4
    assert slept == [7, 7]


def test_a_long_pause_ends_the_pull_and_says_for_how_long(server: fakes.TeamViewer) -> None:
    server.limit(1, pause="900")

    with pytest.raises(Trouble, match="rate_limited") as caught:
        pages(server)
    assert caught.value.wait == 900
    assert not caught.value.final


def test_a_wrong_token_is_tried_once(server: fakes.TeamViewer) -> None:
    with pytest.raises(Trouble, match="refused") as caught:
        list(tool(server, "wrong").pull({}, window()))

    assert caught.value.final
    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", ["break_after", "cut_after"])
def test_a_connection_that_breaks_keeps_the_pages_before(
    server: fakes.TeamViewer, fault: str
) -> None:
    fill(server, 9)
    getattr(server, fault)(3)  # a page, the users, a page
    pulling = tool(server).pull({}, window())
    found = [next(pulling), next(pulling)]

    with pytest.raises(Trouble, match="broken_off"):
        next(pulling)
    assert len(sessions(found)) == 6
    server.heal()
    assert len(sessions(pages(server))) == 9


def test_the_trial_says_whose_token_it_is(server: fakes.TeamViewer) -> None:
    server.record("a", AT - HOUR, AT - MINUTE)
    server.record("b", AT - HOUR, AT - MINUTE, deviceid="d2", groupname="Bianchi")

    found = tool(server).probe()

    assert (found.account, found.server) == ("anna@example.org", "TeamViewer")
    assert (found.devices, found.groups, found.warnings) == (2, 2, ())
    server.users = None
    assert [notice.code for notice in tool(server).probe().warnings] == ["no_mails"]


def test_what_is_billed_is_written_once_beside_the_note_that_stands(
    server: fakes.TeamViewer,
) -> None:
    server.record("a", AT - HOUR, AT - MINUTE, notes="from the technician")
    server.record("b", AT - HOUR, AT - MINUTE)
    todo = [Billed(key, billed=True, note="from the office") for key in ("a", "b", "gone", "a")]

    taken = [taken for _session, taken in tool(server).tell(todo)]

    assert taken == [True, True, False, True]
    assert server.told == [
        ("a", {"billing_state": "Billed", "notes": "from the technician"}),
        ("b", {"billing_state": "Billed", "notes": "from the office"}),
    ]


def test_undoing_takes_back_only_what_says_billed(server: fakes.TeamViewer) -> None:
    server.record("a", AT - HOUR, AT - MINUTE, billing_state="Billed")
    server.record("b", AT - HOUR, AT - MINUTE, billing_state="DoNotBill")

    list(tool(server).tell([Billed(key, billed=False, note="") for key in ("a", "b")]))

    assert server.told == [("a", {"billing_state": "Bill", "notes": ""})]
