"""TeamViewer and AnyDesk are connected and tried on their pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests.channels.connectors.asking import AT, HOUR
from tests.channels.connectors.fakes.anydesk import AnyDesk
from tests.channels.connectors.fakes.teamviewer import TeamViewer
from tests.make import assistance
from tests.make import connectors as make
from tests.people import people

from canone.channels.connectors.models import Source
from canone.channels.connectors.services import telling
from canone.desks.assistance.services import accounting

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    person = people().owner
    person.language = "en"
    person.save()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture(params=[TeamViewer, AnyDesk])
def server(request: pytest.FixtureRequest) -> Iterator[TeamViewer | AnyDesk]:
    with request.param() as running:
        yield running


def entered(server: TeamViewer | AnyDesk, **more: Any) -> tuple[str, dict[str, Any]]:
    """Return the page of the tool and what somebody writes into it."""
    said = server.source_settings()
    tool = said["tool"]
    kinds = {"teamviewer": ["remote"], "anydesk": ["out", "in"]}[tool]
    form = {
        "title": "Ours",
        "url": said["url"],
        "kinds": kinds,
        "interval_minutes": "15",
        "retention_days": "365",
        **said.get("fields", {}),
        **said["secrets"],
        **more,
    }
    return f"/sources/new/{tool}/", form


def test_a_tool_is_connected_and_its_secret_is_on_no_page(
    owner: Client, server: TeamViewer | AnyDesk
) -> None:
    address, form = entered(server)

    assert owner.post(address, form).status_code == 302

    source = Source.objects.get()
    assert source.kind == server.source_settings()["tool"]
    for page in (f"/sources/{source.pk}/", f"/sources/{source.pk}/edit/"):
        shown = owner.get(page)
        assert shown.status_code == 200
        for secret in server.source_settings()["secrets"].values():
            assert secret not in shown.text


def test_the_connection_is_tried_before_it_is_saved(
    owner: Client, server: TeamViewer | AnyDesk
) -> None:
    address, form = entered(server)

    shown = owner.post(f"{address}try/", form)

    assert "Connected to" in shown.text
    assert not Source.objects.exists()


def test_a_wrong_secret_is_said_and_tried_once(owner: Client, server: TeamViewer | AnyDesk) -> None:
    address, form = entered(server)
    server.expire_credentials()

    shown = owner.post(f"{address}try/", form)

    assert "refuses the credentials" in shown.text
    assert server.requests() == 1


def test_why_nothing_is_written_back_stands_on_the_page(owner: Client) -> None:
    with TeamViewer() as server:
        settings = server.source_settings() | {"fields": {"write_back": True}}
        source = make.source(title="TeamViewer", **settings)
        telling.tell(source_id=source.pk, at=AT)
        group = assistance.priced_group()
        session = assistance.session(group, source=source.key, external_id="a")
        server.record("a", session.started_at, session.ended_at)
        server.may_write = False
        at = AT + HOUR
        accounting.account_one(session_id=session.pk, day=at.date(), at=at, by=None)
        telling.tell(source_id=source.pk, at=AT + 2 * HOUR)

    shown = owner.get(f"/sources/{source.pk}/")

    assert "What was billed is not written back." in shown.text
    assert "Written back" in shown.text
