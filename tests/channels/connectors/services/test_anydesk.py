"""AnyDesk is asked for its sessions, over a network that is not always kind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.channels.connectors.fakes import anydesk as fakes
from tests.make import access

from canone.channels.connectors.rules import lookback
from canone.channels.connectors.rules.port import Pulled, RawSession, Trouble, Window
from canone.channels.connectors.services import http
from canone.channels.connectors.services.anydesk import AnyDesk

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def server() -> Iterator[fakes.AnyDesk]:
    with fakes.AnyDesk(most=3) as running:
        yield running


def tool(server: fakes.AnyDesk, password: str = fakes.PASSWORD, **more: Any) -> AnyDesk:
    reach = http.Reach(server.url, patience=5)
    return AnyDesk(reach, fakes.LICENCE, password, **{"sleep": lambda _seconds: None, **more})


def window(at: datetime = AT, since: datetime | None = None) -> Window:
    return Window(since=since or at - DAY, at=at)


def pages(server: fakes.AnyDesk, cursor: Any = None, **asked: Any) -> list[Pulled]:
    return list(tool(server).pull(cursor or {}, window(**asked)))


def sessions(found: list[Pulled]) -> dict[str, RawSession]:
    return {each.external_id: each for page in found for each in page.sessions}


def known_as(*names: str) -> None:
    technician = access.user()
    technician.aliases = list(names)
    technician.save()


def fill(server: fakes.AnyDesk, count: int) -> None:
    for number in range(count):
        ended = AT - number * MINUTE - MINUTE
        server.row(number, ended - MINUTE, ended)


def test_every_page_is_read_and_what_was_signed_is_what_was_sent(server: fakes.AnyDesk) -> None:
    fill(server, 8)

    found = pages(server)

    assert sorted(sessions(found)) == sorted(server.rows)
    assert [asked.params["offset"] for asked in server.asked] == ["0", "3", "6"]
    assert all("start-time" in asked.target for asked in server.asked)


def test_a_session_that_comes_while_pages_are_read_hides_no_other(server: fakes.AnyDesk) -> None:
    fill(server, 8)
    pulling = tool(server).pull({}, window())
    found = [next(pulling)]
    server.row("new", AT - MINUTE, AT)
    server.row("late", AT - 5 * HOUR, AT)
    found += pulling

    assert {*map(str, range(8)), "late"} <= set(sessions(found))


def test_a_server_that_minds_no_window_is_read_only_as_far_as_needed(
    server: fakes.AnyDesk,
) -> None:
    server.filters = False
    fill(server, 2)
    for number in range(100, 160):
        server.row(number, AT - number * DAY, AT - number * DAY + MINUTE)

    found = pages(server)

    assert sorted(sessions(found)) == ["0", "1"]
    assert len(server.asked) == 2


def test_a_session_over_the_border_of_two_pulls_comes_in(server: fakes.AnyDesk) -> None:
    first = pages(server)
    server.row("night", AT - 40 * HOUR, AT + HOUR)

    found = pages(server, first[-1].cursor, at=AT + 2 * HOUR, since=AT)

    assert sessions(found)["night"].seconds == 41 * 3600


def test_two_sessions_of_the_same_second_are_two(server: fakes.AnyDesk) -> None:
    for number in range(7):
        server.row(number, AT - HOUR, AT - MINUTE)

    assert len(sessions(pages(server))) == 7


def test_what_runs_is_open_and_ends_later(server: fakes.AnyDesk) -> None:
    server.row(1, AT - HOUR, None)
    first = pages(server)
    server.row(1, AT - HOUR, AT + MINUTE)
    second = pages(server, first[-1].cursor, at=AT + HOUR, since=AT)

    assert first[0].still_open == ("1",)
    assert sessions(second)["1"].seconds == 61 * 60
    assert second[-1].cursor["open"] == {}


def test_what_ran_for_longer_than_any_window_is_asked_for_by_its_id(
    server: fakes.AnyDesk,
) -> None:
    server.row(1, AT - HOUR, None)
    server.row(2, AT - HOUR, None)
    first = pages(server)
    later = AT + lookback.LONGER + 3 * DAY
    server.row(1, AT - HOUR, later - HOUR)
    del server.rows["2"]

    second = pages(server, first[-1].cursor, at=later, since=later - DAY)

    assert sessions(second)["1"].ended_at == later - HOUR
    assert second[-1].cursor["open"] == {}


def test_the_side_that_a_user_is_known_by_is_the_technician_s(server: fakes.AnyDesk) -> None:
    desk = {"cid": fakes.ANNA, "alias": "anna@lario"}
    customer = {"cid": fakes.CUSTOMER, "alias": None}
    server.row(1, AT - HOUR, AT - MINUTE, **{"from": customer, "to": desk})
    assert sessions(pages(server))["1"].user_id == str(fakes.CUSTOMER)

    known_as(str(fakes.ANNA))

    assert sessions(pages(server))["1"].user_id == str(fakes.ANNA)


def test_a_session_between_technicians_is_of_a_kind_of_its_own(server: fakes.AnyDesk) -> None:
    known_as("anna@lario", str(fakes.CUSTOMER))
    server.row(1, AT - HOUR, AT - MINUTE)

    assert sessions(pages(server))["1"].protocol == "inside"


def test_a_technician_is_called_by_the_name_that_is_known(server: fakes.AnyDesk) -> None:
    server.row(1, AT - HOUR, AT - MINUTE)
    assert sessions(pages(server))["1"].technician_name == "anna@lario"

    known_as("Anna")

    assert sessions(pages(server))["1"].technician_name == "anna"


def test_a_wrong_password_is_tried_once(server: fakes.AnyDesk) -> None:
    with pytest.raises(Trouble, match="refused") as caught:
        list(tool(server, "wrong").pull({}, window()))

    assert caught.value.final
    assert len(server.asked) == 1


@pytest.mark.parametrize("minutes", [-61, 9])
def test_clocks_that_differ_are_told_as_such(server: fakes.AnyDesk, minutes: int) -> None:
    server.ahead = timedelta(minutes=minutes)

    with pytest.raises(Trouble, match="clock_skew") as caught:
        pages(server)
    assert abs(int(caught.value.values["seconds"]) - abs(minutes) * 60) <= 2
    assert len(server.asked) == 1


def test_a_clock_that_begins_to_differ_is_told_before_it_matters(server: fakes.AnyDesk) -> None:
    server.ahead = timedelta(seconds=50)

    [notice] = pages(server)[-1].warnings

    assert notice.code == "clock_ahead"


def test_a_request_is_signed_anew_after_a_pause(server: fakes.AnyDesk) -> None:
    """Wait longer than a signature lives: the second try carries the second in which it is made."""
    moved = [0.0]
    fill(server, 2)
    server.limit(3, pause="30")

    def sleep(seconds: float) -> None:
        moved[0] += seconds
        server.ahead += timedelta(seconds=seconds)

    patient = tool(server, sleep=sleep, clock=lambda: time.time() + moved[0])

    assert len(sessions(list(patient.pull({}, window())))) == 2
    assert moved == [90]


@pytest.mark.parametrize("fault", ["break_after", "cut_after"])
def test_a_connection_that_breaks_keeps_the_pages_before(server: fakes.AnyDesk, fault: str) -> None:
    fill(server, 9)
    getattr(server, fault)(2)
    pulling = tool(server).pull({}, window())
    found = [next(pulling), next(pulling)]

    with pytest.raises(Trouble, match="broken_off"):
        next(pulling)
    assert len(sessions(found)) == 6
    server.heal()
    assert len(sessions(pages(server))) == 9


def test_the_trial_says_whose_licence_it_is_and_whether_technicians_are_known(
    server: fakes.AnyDesk,
) -> None:
    server.row(1, AT - HOUR, AT - MINUTE)

    found = tool(server).probe()

    assert (found.account, found.server, found.devices) == ("Standard", "AnyDesk REST", 8)
    assert [notice.code for notice in found.warnings] == ["no_desks_known"]
    known_as("ANNA")
    assert tool(server).probe().warnings == ()
