"""Pulls from Guacamole: days, zones, full days, and being signed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Any

import pytest
from tests.channels.connectors.asking import AT, HOUR, codes, pull
from tests.channels.connectors.fakes.guacamole import USER, Guacamole
from tests.make import connectors as make

from canone.channels.connectors.models import Source
from canone.channels.connectors.rules.guacamole import history
from canone.channels.connectors.services import sources
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def server() -> Iterator[Guacamole]:
    with Guacamole() as running:
        running.ahead = AT - running.now
        yield running


def connected(server: Guacamole, **more: Any) -> Source:
    return make.source(**{**server.source_settings(), **more})


def days_asked(server: Guacamole) -> list[str]:
    return [one.params["contains"] for one in server.asked if "contains" in one.params]


def test_a_session_comes_in_with_the_group_of_its_connection(server: Guacamole) -> None:
    server.row(AT - HOUR, AT - HOUR / 2)
    log = pull(connected(server))
    assert (log.outcome, log.new, log.warnings) == ("ok", 1, [])
    session = RemoteSession.objects.get()
    assert (session.device_name, session.group_hint) == ("srv-gest01", "Rossi")
    assert session.seconds == 1800


@pytest.mark.parametrize("offset", [-12, -8, 0, 5, 14])
def test_the_zone_of_the_server_hides_nothing(server: Guacamole, offset: int) -> None:
    server.zone = timezone(timedelta(hours=offset))
    for hours in range(0, 96, 3):
        server.row(AT - hours * HOUR - HOUR, AT - hours * HOUR, username=f"u{hours}")
    assert pull(connected(server)).new == 32


def test_a_name_that_looks_like_a_day_brings_nothing_old(server: Guacamole) -> None:
    server.row(AT - 300 * DAY, AT - 300 * DAY + HOUR, username="bob2026-11-20")
    server.row(AT - HOUR, AT, connectionName="migrazione 2026-11-19")
    log = pull(connected(server))
    assert (log.new, RemoteSession.objects.count()) == (1, 1)


def test_the_second_run_overlaps_the_first_and_adds_nothing(server: Guacamole) -> None:
    server.row(AT - HOUR, AT)
    source = connected(server)
    pull(source)
    before = len(days_asked(server))
    assert pull(source, AT + HOUR).new == 0
    assert len(days_asked(server)) - before < before


def test_what_ran_is_closed_when_its_end_arrives(server: Guacamole) -> None:
    row = server.row(AT - HOUR, None)
    source = connected(server)
    server.active = {
        "t": {
            "connectionIdentifier": "12",
            "username": row["username"],
            "startDate": row["startDate"],
        }
    }
    log = pull(source)
    assert (log.new, log.warnings) == (1, [])

    row["endDate"] = row["startDate"] + 3 * 24 * 3600 * 1000
    assert pull(source, AT + 4 * DAY).closed == 1


def test_a_row_without_an_end_and_without_anybody_connected_is_told(server: Guacamole) -> None:
    server.row(AT - HOUR, None)
    log = pull(connected(server))
    assert log.warnings == [["without_end", {"count": 1}]]


def test_a_full_day_is_read_from_both_ends(
    server: Guacamole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "FULL", 10)
    server.most = 10
    for number in range(15):
        server.row(AT - HOUR + timedelta(seconds=number), AT, username=f"u{number}")
    log = pull(connected(server))
    assert (log.new, log.warnings) == (15, [])


def test_a_day_too_full_for_both_ends_warns_that_some_are_cut(
    server: Guacamole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "FULL", 10)
    server.most = 10
    for number in range(25):
        server.row(AT - HOUR + timedelta(seconds=number), AT, username=f"u{number}")
    log = pull(connected(server))
    assert (log.new, log.warnings) == (20, [["day_full", {"day": "2026-11-21"}]])


def test_the_token_is_given_back(server: Guacamole) -> None:
    pull(connected(server))
    assert (server.sign_ins, server.tokens) == (1, set())


def test_the_token_is_given_back_after_a_break_as_well(server: Guacamole) -> None:
    for number in range(4):
        server.row(AT - HOUR - number * DAY, AT - number * DAY)
    server.cut_after(4)  # signing in, the groups, two days
    source = connected(server)
    log = pull(source)
    assert (log.outcome, log.trouble, log.new) == ("failed", "broken_off", 2)
    assert server.tokens == set()

    server.heal()
    assert pull(source, AT + HOUR).new == 2


def test_a_wrong_password_is_never_tried_again(server: Guacamole) -> None:
    source = connected(server, secrets={"password": "wrong"})
    log = pull(source)
    assert (log.trouble, source.state, source.next_pull_at) == ("refused", "error", None)
    assert server.sign_ins == 1


def test_a_token_that_ran_out_is_renewed_once(server: Guacamole) -> None:
    server.row(AT - HOUR, AT)
    honest = server._history

    def once(params: dict[str, str]) -> Any:
        server._history = honest  # type: ignore[method-assign]
        server.tokens.clear()
        return honest(params)

    server._history = once  # type: ignore[method-assign]
    assert pull(connected(server)).new == 1
    assert server.sign_ins == 2


def test_an_account_that_may_not_see_the_history_is_told_and_left(server: Guacamole) -> None:
    server.readable = False
    source = connected(server)
    assert pull(source).trouble == "refused"
    assert (source.state, server.sign_ins) == ("error", 2)


def test_half_rows_do_not_stop_the_rest(server: Guacamole) -> None:
    server.row(AT - HOUR, AT)
    server.row(AT - HOUR, AT - 2 * HOUR, username="back")
    server.row(AT - HOUR, AT, username=None, connectionName="x")
    log = pull(connected(server))
    assert (log.new, codes(log)) == (1, {"unreadable"})


def test_the_connection_is_tried_before_it_is_saved(server: Guacamole) -> None:
    probe = sources.probe(connection=make.connection(**server.source_settings()))
    assert (probe.account, probe.devices, probe.groups) == (USER, 2, 1)
