"""Pulls from RustDesk Server Pro: what its list does to who reads it page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.channels.connectors.asking import AT, HOUR, codes, pull
from tests.channels.connectors.fakes.rustdesk import RustDesk, made
from tests.make import connectors as make

from canone.channels.connectors.models import Source
from canone.channels.connectors.services import rustdesk, sources
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RustDesk]:
    monkeypatch.setattr(rustdesk, "PAGE", 3)
    with RustDesk() as running:
        running.ahead = AT - running.now
        yield running


def connected(server: RustDesk, **more: Any) -> Source:
    return make.source(**{**server.source_settings(), **more})


def fill(server: RustDesk, count: int) -> None:
    for number in range(count):
        start = AT - HOUR - number * MINUTE
        server.row(f"g{number}", start, start + timedelta(seconds=30))


def test_all_pages_are_read_once(server: RustDesk) -> None:
    fill(server, 7)
    log = pull(connected(server))
    assert (log.outcome, log.seen, log.new, log.warnings) == ("ok", 7, 7, [])


def test_rows_that_move_to_later_pages_meanwhile_are_neither_lost_nor_doubled(
    server: RustDesk,
) -> None:
    fill(server, 7)
    server.arriving = [made("late", AT - MINUTE, AT), made("later", AT - MINUTE, None)]
    source = connected(server)

    log = pull(source)
    assert log.new == 7
    assert pull(source, AT + HOUR).new == 2
    assert RemoteSession.objects.count() == 9


def test_a_failed_login_is_never_a_session(server: RustDesk) -> None:
    server.row("in", AT - HOUR, AT)
    out = server.row("out", AT - HOUR, AT - HOUR + MINUTE)
    del out["conn_type"]

    log = pull(connected(server))
    assert (log.seen, log.new, log.warnings) == (2, 1, [])


def test_a_row_that_ran_is_closed_days_later(server: RustDesk) -> None:
    server.row("long", AT - 30 * HOUR, None)
    source = connected(server)
    pull(source)
    server.row("long", AT - 30 * HOUR, AT + 48 * HOUR)

    log = pull(source, AT + 50 * HOUR)
    assert (log.new, log.closed) == (0, 1)
    assert RemoteSession.objects.get().seconds == 78 * 3600


def test_the_filter_is_sent_in_utc_and_only_as_far_back_as_needed(server: RustDesk) -> None:
    source = connected(server, retention_days=10)
    pull(source)
    pull(source, AT + HOUR)
    asked = [one.params["created_at"] for one in server.asked]
    assert asked == ["2026-11-11 08:59:59.000", "2026-11-20 08:59:59.000"]


def test_a_server_that_minds_no_filter_is_left_where_it_gets_too_old(server: RustDesk) -> None:
    fill(server, 4)
    for number in range(60):
        start = AT - timedelta(days=400) - number * MINUTE
        server.row(f"old{number}", start, start + MINUTE)
    honest = server._list
    server._list = lambda params: honest(params | {"created_at": ""})  # type: ignore[method-assign]

    pull(connected(server, retention_days=30))
    assert len(server.asked) == 3
    assert RemoteSession.objects.count() == 4


def test_a_server_that_clamps_the_page_is_not_asked_for_ever(server: RustDesk) -> None:
    fill(server, 3)
    first = server._list({"current": "1", "pageSize": "3"})
    server._list = lambda _params: {"data": first["data"]}  # type: ignore[method-assign]
    assert pull(connected(server)).new == 3
    assert len(server.asked) == 2


def test_a_break_in_the_middle_of_page_three_keeps_two_and_the_next_pull_completes(
    server: RustDesk,
) -> None:
    fill(server, 12)
    server.cut_after(2)
    source = connected(server)

    log = pull(source)
    assert (log.outcome, log.trouble, log.new) == ("failed", "broken_off", 6)
    assert source.cursor == {}

    server.heal()
    assert pull(source, AT + HOUR).new == 6
    assert RemoteSession.objects.count() == 12


def test_an_expired_token_is_asked_once_and_never_again(server: RustDesk) -> None:
    source = connected(server)
    server.expire_credentials()
    log = pull(source)
    assert (log.trouble, source.state, source.next_pull_at) == ("refused", "error", None)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("said", "state"), [("Permission denied", "error"), ("database is locked", "active")]
)
def test_a_refusal_in_words_is_told_and_retried_only_where_it_helps(
    server: RustDesk, said: str, state: str
) -> None:
    server.says_no = said
    source = connected(server)
    log = pull(source)
    assert (log.trouble, log.values, source.state) == ("tool_says_no", {"said": said}, state)


def test_kinds_can_be_left_out(server: RustDesk) -> None:
    server.row("desk", AT - HOUR, AT)
    server.row("port", AT - HOUR, AT, conn_type=2)
    log = pull(connected(server))
    assert (log.new, codes(log)) == (1, {"left_out_by_kind"})


def test_a_clock_that_is_off_is_told(server: RustDesk) -> None:
    server.ahead = AT + HOUR - server.now
    log = pull(connected(server))
    assert codes(log) == {"clock_ahead"}


def test_the_connection_is_tried_before_it_is_saved(server: RustDesk) -> None:
    probe = sources.probe(connection=make.connection(**server.source_settings()))
    assert (probe.server, probe.devices) == ("127.0.0.1", 3)
