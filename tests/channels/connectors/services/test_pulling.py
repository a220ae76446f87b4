"""Pulls from a server that behaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from tests.channels.connectors import fake as fakes
from tests.channels.connectors.asking import AT, HOUR, codes, connected, pull
from tests.channels.connectors.fake import Fake, relay, session
from tests.make import access as users
from tests.make import connectors as make

from canone.base.access.functions import Role
from canone.channels.connectors.models import Source
from canone.channels.connectors.rules.bounds import REPEATS
from canone.channels.connectors.rules.port import (
    Json,
    Probe,
    Pulled,
    RawSession,
    Trouble,
    Window,
)
from canone.channels.connectors.services import sources, tools
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[Fake]:
    with fakes.running(Fake(server_at=AT)) as fake:
        yield fake


def test_sessions_arrive_with_technician_device_and_the_tools_group(server: Fake) -> None:
    anna = users.user(Role.TECHNICIAN, email="anna@example.com", name="Anna Riva")
    server.events = session("a", AT - HOUR, 600)
    source = connected(server)

    log = pull(source)

    row = RemoteSession.objects.get()
    assert (row.source, row.technician, row.technician_name) == (source.key, anna, "Anna Riva")
    assert (row.device_name, row.group_hint, row.seconds) == ("pc-rossi", "Cliente Rossi", 600)
    assert (row.started_at, row.ended_at) == (AT - HOUR, AT - HOUR + timedelta(seconds=600))
    assert (log.outcome, log.seen, log.new, log.unassigned) == ("ok", 1, 1, 1)
    assert (source.last_ok_at, source.sessions_new) == (AT, 1)
    assert source.next_pull_at == AT + timedelta(minutes=15)
    assert log.finished_at is not None


def test_a_second_pull_adds_nothing(server: Fake) -> None:
    server.events = [*session("a", AT - HOUR, 600), *session("b", AT - 2 * HOUR, 60)]
    source = connected(server)
    pull(source)

    again = pull(source, AT + HOUR)

    assert (again.seen, again.new, again.closed) == (2, 0, 0)
    assert RemoteSession.objects.count() == 2
    assert source.sessions_new == 2


def test_an_open_session_is_closed_when_its_end_arrives(server: Fake) -> None:
    start, end = session("a", AT - HOUR, 4000)
    server.events = [start]
    source = connected(server)
    assert pull(source).new == 1
    assert RemoteSession.objects.get().ended_at is None

    server.events.append(end)
    log = pull(source, AT + HOUR)

    assert (log.new, log.closed) == (0, 1)
    assert RemoteSession.objects.get().seconds == 4000


def test_a_session_that_never_ends_is_counted_as_orphan(server: Fake) -> None:
    server.events = [relay(14, "a", AT - HOUR)]
    source = connected(server)
    assert pull(source).orphaned == 0
    server.events = []

    log = pull(source, AT + 24 * HOUR)

    assert log.orphaned == 1
    assert RemoteSession.objects.get().ended_at is None


def test_a_note_written_after_the_session_came_in_still_reaches_it(server: Fake) -> None:
    server.events = session("a", AT - HOUR, 600)
    source = connected(server)
    pull(source)
    server.events.append(
        relay(0, "", AT - HOUR / 2, etype="node", action="manual", msg="Driver replaced")
    )

    pull(source, AT + HOUR)

    assert RemoteSession.objects.get().note == "Driver replaced"


def test_sessions_before_the_first_day_stay_out_and_are_told(server: Fake) -> None:
    server.events = [*session("a", AT - 48 * HOUR, 60), *session("b", AT - HOUR, 60)]
    log = pull(connected(server, first_day=AT.date()))

    assert RemoteSession.objects.count() == 1
    assert ["before_first_day", {"count": 1}] in log.warnings


def test_a_pull_later_than_the_server_remembers_warns(server: Fake) -> None:
    source = connected(server)
    assert codes(pull(source)) == set()
    server.server_at = AT + timedelta(days=19)
    assert codes(pull(source, server.server_at)) == set()

    log = pull(source, AT + timedelta(days=40))

    assert ["late", {"days": 21, "kept": 20}] in log.warnings


def test_more_events_than_one_answer_holds_are_fetched_until_the_window_is_covered(
    server: Fake,
) -> None:
    for number in range(1300):
        server.events += session(f"s{number}", AT - timedelta(minutes=number + 2), 60)
    log = pull(connected(server))

    assert log.new == 1300
    limits = [ask["limit"] for ask in server.asked if ask["action"] == "events"]
    assert limits == [1000, 4000, 1000]
    assert codes(log) == set()


def test_an_account_without_groups_is_told_at_once(server: Fake) -> None:
    server.linked = False
    source = connected(server)
    log = pull(source)

    assert (log.outcome, log.trouble, log.values) == ("failed", "no_groups", {"account": "billing"})
    assert (source.state, source.failures) == ("active", 1)


def test_an_account_that_sees_only_its_own_sessions_is_warned(server: Fake) -> None:
    server.siteadmin = 0
    assert codes(pull(connected(server))) == {"few_rights"}
    assert not [ask for ask in server.asked if ask["action"] == "users"]


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ({"cause": "noauth", "msg": "noauth-2d"}, "refused"),
        ({"cause": "noauth", "msg": "tokenrequired"}, "second_factor"),
        ({"cause": "banned", "msg": "banned-1"}, "banned"),
        ({"cause": "emailvalidation", "msg": "emailvalidationrequired"}, "turned_away"),
    ],
)
def test_who_is_turned_away_does_not_knock_again(
    server: Fake, said: dict[str, str], trouble: str
) -> None:
    server.turned_away = {"action": "close", **said}
    source = connected(server)

    log = pull(source)

    assert (log.trouble, source.state, source.next_pull_at) == (trouble, "error", None)
    assert server.attempts == 1


def test_credentials_that_expire_and_are_renewed(server: Fake) -> None:
    server.events = session("a", AT - HOUR, 600)
    source = connected(server)
    pull(source)
    server.turned_away = {"action": "close", "cause": "noauth", "msg": "noauth-2d"}
    pull(source, AT + HOUR)
    assert (source.state, source.trouble) == ("error", "refused")
    server.turned_away = None
    server.events += session("b", AT + HOUR, 60)

    sources.revise(
        source_id=source.pk,
        connection=make.connection(
            url=server.url,
            user=fakes.USER,
            password=fakes.PASSWORD,
            fingerprint=fakes.certificate()[2],
        ),
        at=AT + 2 * HOUR,
    )
    log = pull(source, AT + 2 * HOUR)

    assert (log.outcome, log.new) == ("ok", 1)
    assert (source.state, source.trouble) == ("active", "")


def test_when_our_clock_went_back_everything_still_known_is_read_again(server: Fake) -> None:
    server.events = session("a", AT - 72 * HOUR, 60)
    source = connected(server)
    Source.objects.update(last_ok_at=AT + 72 * HOUR, busy_until=AT + 72 * HOUR)

    log = pull(source)

    assert (log.outcome, log.new, source.last_ok_at) == ("ok", 1, AT)


def test_a_pull_is_good_up_to_the_earlier_of_both_clocks(server: Fake) -> None:
    source = connected(server)
    log = pull(source, AT + 48 * HOUR)
    assert source.last_ok_at == AT
    assert codes(log) == {"clock_behind"}


def test_what_arrived_before_a_break_is_counted_where_it_broke(
    server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [Pulled((raw("a"),), cursor={"at": 1}), Pulled((raw("b"),), cursor={"at": 2})]
    told = Scripted(pages, Trouble("rate_limited", wait=7200, minutes=120))
    monkeypatch.setitem(tools.ASKED, "meshcentral", lambda _known: told)
    source = connected(server)

    log = pull(source)

    assert (log.outcome, log.trouble, log.new) == ("failed", "rate_limited", 2)
    assert (source.sessions_new, source.cursor, source.last_ok_at) == (2, {}, None)
    assert source.next_pull_at is not None
    assert source.next_pull_at - AT >= 2 * HOUR

    told.trouble = None
    assert pull(source, AT + 3 * HOUR).new == 0
    assert source.cursor == {"at": 2}


def test_a_row_that_cannot_be_stops_no_other(server: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    good = raw("good")
    bad = [
        replace(good, external_id=""),
        replace(good, external_id="x" * 161),
        replace(good, external_id="before", ended_at=good.started_at - HOUR),
        replace(good, external_id="minus", seconds=-1),
        replace(good, external_id="ages", seconds=10**9),
    ]
    told = Scripted([Pulled((*bad, good))], None)
    monkeypatch.setitem(tools.ASKED, "meshcentral", lambda _known: told)

    log = pull(connected(server))

    assert (log.outcome, log.new) == ("ok", 1)
    assert ["unreadable", {"count": 5}] in log.warnings


def test_the_same_page_for_ever_ends_and_keeps_what_it_brought(
    server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Scripted([Pulled((raw("a"), raw("b")))] * 9999, None)
    monkeypatch.setitem(tools.ASKED, "meshcentral", lambda _known: told)

    log = pull(connected(server))

    assert (log.trouble, log.values, log.new) == ("endless", {"pages": REPEATS}, 2)
    assert told.closed


@pytest.mark.parametrize("trouble", [None, Trouble("refused", final=True)])
def test_what_a_pull_learned_of_the_old_address_says_nothing_of_the_new(
    server: Fake, monkeypatch: pytest.MonkeyPatch, trouble: Trouble | None
) -> None:
    source = connected(server)
    Source.objects.update(last_ok_at=AT - HOUR, cursor={"at": "old"})
    moved = make.connection(url="https://new.example.org", password="new")

    class Meanwhile(Scripted):
        def pull(self, cursor: Json, window: Window) -> Iterator[Pulled]:
            yield from super().pull(cursor, window)
            sources.revise(source_id=source.pk, connection=moved, at=AT)
            if trouble:
                raise trouble

    told = Meanwhile([Pulled((raw("a"),), cursor={"at": 1})], None)
    monkeypatch.setitem(tools.ASKED, "meshcentral", lambda _known: told)

    log = pull(source)

    assert (log.outcome, log.new) == ("failed" if trouble else "ok", 1)
    assert (source.cursor, source.last_ok_at, source.busy_until) == ({}, None, None)
    assert (source.state, source.trouble, source.next_pull_at) == ("active", "", AT)


def raw(key: str) -> RawSession:
    ended = AT - HOUR
    start = ended - timedelta(seconds=60)
    return RawSession(key, "u", "Anna", "", "d", "pc", "", "", start, ended, 60, "desktop")


@dataclass
class Scripted:
    """A tool that gives these pages, then its trouble."""

    pages: Sequence[Pulled]
    trouble: Trouble | None
    closed: bool = False

    def probe(self) -> Probe:
        return Probe("", "", 0, 0)

    def pull(self, _cursor: Json, _window: Window) -> Iterator[Pulled]:
        try:
            yield from self.pages
            if self.trouble:
                raise self.trouble
        finally:
            self.closed = True
