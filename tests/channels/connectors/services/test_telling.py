"""What was billed is written back to the tool, once, and taken back when it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from tests.channels.connectors.asking import AT, HOUR, pull
from tests.channels.connectors.fakes.teamviewer import TeamViewer
from tests.make import access, assistance
from tests.make import connectors as make

from canone.base.access.functions import Role
from canone.base.tasks import Work
from canone.channels.connectors import queries, tasks
from canone.channels.connectors.models import Source
from canone.channels.connectors.services import sources, telling
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.services import accounting, undoing
from canone.desks.assistance.services import sessions as desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(db: None) -> Iterator[TeamViewer]:
    group = assistance.priced_group()
    with TeamViewer() as running:
        for number in range(3):
            ended = AT - (number + 1) * HOUR
            running.record(f"r{number}", ended - HOUR, ended, groupname=group.name)
        yield running


def connected(server: TeamViewer) -> Source:
    settings = server.source_settings() | {"fields": {"write_back": True}}
    source = make.source(title="TeamViewer", **settings)
    pull(source)
    assert RemoteSession.objects.exclude(group=None).count() == 3
    return source


def account(at: datetime, *keys: str) -> None:
    for session in RemoteSession.objects.filter(external_id__in=keys):
        accounting.account_one(session_id=session.pk, day=at.date(), at=at, by=None)


def tell(source: Source, at: datetime) -> int:
    return telling.tell(source_id=source.pk, at=at)


def states(server: TeamViewer) -> dict[str, str]:
    return {key: row["billing_state"] for key, row in server.records.items()}


def test_what_is_accounted_is_told_once(server: TeamViewer) -> None:
    source = connected(server)
    assert queries.writing_back() == [source.pk]
    assert tell(source, AT) == 0
    account(AT + HOUR, "r0", "r1")

    assert tell(source, AT + HOUR) == 2
    assert states(server) == {"r0": "Billed", "r1": "Billed", "r2": "Bill"}
    assert tell(source, AT + 2 * HOUR) == 0
    assert len(server.told) == 2
    assert queries.told(source.pk) == (2, 0)


def test_what_was_accounted_before_it_was_asked_for_is_not_told(server: TeamViewer) -> None:
    source = connected(server)
    account(AT - HOUR, "r0")
    tell(source, AT)
    account(AT + HOUR, "r1")
    tell(source, AT + HOUR)

    assert [key for key, _change in server.told] == ["r1"]


def test_an_accounting_that_is_undone_is_taken_back_and_told_again_later(
    server: TeamViewer,
) -> None:
    source = connected(server)
    tell(source, AT)
    account(AT + HOUR, "r0")
    tell(source, AT + HOUR)
    session = RemoteSession.objects.get(external_id="r0")
    clerk = access.user(Role.OWNER)
    undoing.undo(session_id=session.pk, reason="wrong group", at=AT + 2 * HOUR, by=clerk)

    assert tell(source, AT + 2 * HOUR) == 1
    assert states(server)["r0"] == "Bill"
    account(AT + 3 * HOUR, "r0")
    assert tell(source, AT + 3 * HOUR) == 1
    assert states(server)["r0"] == "Billed"


def test_a_note_from_here_goes_where_none_is(server: TeamViewer) -> None:
    source = connected(server)
    tell(source, AT)
    session = RemoteSession.objects.get(external_id="r0")
    desk.edit(session_id=session.pk, note="from the office", at=AT)
    account(AT + HOUR, "r0")

    tell(source, AT + HOUR)

    assert server.told == [("r0", {"billing_state": "Billed", "notes": "from the office"})]


def test_a_report_that_is_gone_is_counted_and_asked_for_no_more(server: TeamViewer) -> None:
    source = connected(server)
    tell(source, AT)
    account(AT + HOUR, "r0", "r1")
    del server.records["r0"]

    assert tell(source, AT + HOUR) == 2
    assert queries.told(source.pk) == (1, 1)
    assert tell(source, AT + 2 * HOUR) == 0


def test_an_outage_keeps_what_was_told_and_goes_on_later(server: TeamViewer) -> None:
    source = connected(server)
    tell(source, AT)
    account(AT + HOUR, "r0", "r1", "r2")
    server.break_after(2)

    assert tell(source, AT + HOUR) == 1
    back = queries.write_back(source.pk)
    assert back is not None
    assert back.trouble == "broken_off"

    server.heal()
    assert tell(source, AT + 2 * HOUR) == 2
    back = queries.write_back(source.pk)
    assert back is not None
    assert back.trouble == ""
    assert len(server.told) == 3


def test_a_token_that_may_not_write_is_tried_once_until_the_source_is_edited(
    server: TeamViewer,
) -> None:
    source = connected(server)
    tell(source, AT)
    account(AT + HOUR, "r0")
    server.may_write = False
    assert tell(source, AT + HOUR) == 0
    asked = server.requests()
    assert tell(source, AT + 2 * HOUR) == 0
    assert server.requests() == asked
    back = queries.write_back(source.pk)
    assert back is not None
    assert back.trouble == "may_not_write"

    server.may_write = True
    settings = server.source_settings() | {"fields": {"write_back": True}}
    again = make.connection(title="TeamViewer", **settings)
    sources.revise(source_id=source.pk, connection=again, at=AT + 3 * HOUR)
    assert tell(source, AT + 3 * HOUR) == 1


def test_a_source_that_does_not_want_it_tells_nothing(server: TeamViewer) -> None:
    make.source(title="TeamViewer", **server.source_settings())

    assert queries.writing_back() == []


def test_the_schedule_tells_every_source_that_wants_it(
    server: TeamViewer, time_machine: Any
) -> None:
    time_machine.move_to(AT + HOUR, tick=False)
    source = connected(server)
    tell(source, AT)
    account(AT + HOUR, "r0")

    tasks.write_back(Work({}))

    assert states(server)["r0"] == "Billed"
