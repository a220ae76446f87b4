"""The pages of the sources, by whom they may be seen and what they do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.channels.connectors import fake as fakes
from tests.channels.connectors.fake import Fake, session
from tests.kit import assert_fixed_queries
from tests.make import connectors as make
from tests.people import People, people

from canone.base.tasks import worker
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.queries import wording
from canone.channels.connectors.services import tools

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def owner(client: Client, who: People) -> Client:
    who.owner.language = "en"
    who.owner.save()
    client.force_login(who.owner)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def server() -> Iterator[Fake]:
    with fakes.running(Fake()) as fake:
        yield fake


def entered(server: Fake | None = None, **more: Any) -> dict[str, Any]:
    return {
        "title": "Mesh",
        "url": server.url if server else "https://mesh.example.org",
        "user": fakes.USER,
        "password": fakes.PASSWORD,
        "fingerprint": fakes.certificate()[2] if server else "",
        "authority": "",
        "kinds": ["desktop", "terminal"],
        "first_day": "",
        "interval_minutes": "15",
        "live": "on",
        "retention_days": "20",
        **more,
    }


TRY = "/sources/new/meshcentral/try/"
ADDRESSES = ["", "new/", "new/meshcentral/", "{pk}/", "{pk}/log/", "{pk}/edit/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_open_for_the_owner_and_stay_shut_for_others(
    client: Client, who: People, address: str
) -> None:
    url = "/sources/" + address.format(pk=make.source().pk)
    for person in (who.technician, who.customer, who.stranger):
        client.force_login(person)
        assert client.get(url).status_code == 404
    client.force_login(who.owner)
    assert client.get(url).status_code == 200


def test_the_back_office_sees_and_pulls_but_does_not_connect(client: Client, who: People) -> None:
    source = make.source()
    client.force_login(who.colleague)
    assert client.get(f"/sources/{source.pk}/").status_code == 200
    assert client.post(f"/sources/{source.pk}/pull/").status_code == 302
    assert client.get(f"/sources/{source.pk}/edit/").status_code == 404
    assert client.post(f"/sources/{source.pk}/remove/").status_code == 404


def test_a_source_is_connected_and_changed(owner: Client) -> None:
    answer = owner.post("/sources/new/meshcentral/", entered())
    source = Source.objects.get()
    assert answer.url == f"/sources/{source.pk}/"
    assert tools.known(source).secrets["password"] == fakes.PASSWORD

    changed = entered(title="Other", password="", first_day="01/11/2026", live="")
    assert owner.post(f"/sources/{source.pk}/edit/", changed).status_code == 302

    source.refresh_from_db()
    assert (source.title, source.settings["first_day"]) == ("Other", "2026-11-01")
    assert source.settings["live"] is False
    assert tools.known(source).secrets["password"] == fakes.PASSWORD


def test_the_password_is_never_on_a_page(owner: Client) -> None:
    source = make.source(password="very well kept")
    for address in ADDRESSES:
        page = owner.get("/sources/" + address.format(pk=source.pk)).content.decode()
        assert "very well kept" not in page
        assert source.credentials not in page
    refused = owner.post("/sources/new/meshcentral/", entered(title="", password="typed in"))
    assert refused.status_code == 422
    assert "typed in" not in refused.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://mesh.example.org"),
        ("url", "https://user:secret@mesh.example.org"),
        ("fingerprint", "zz"),
        ("authority", "not a certificate"),
        ("password", ""),
        ("interval_minutes", "0"),
        ("kinds", []),
        ("first_day", "31/02/2026"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(owner: Client, field: str, value: Any) -> None:
    answer = owner.post("/sources/new/meshcentral/", entered(**{field: value}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Source.objects.exists()


def test_a_new_address_needs_the_password_again(owner: Client) -> None:
    source = make.source()
    moved = entered(url="https://elsewhere.example.org", password="")
    answer = owner.post(f"/sources/{source.pk}/edit/", moved)
    assert list(answer.context["form"].errors) == ["password"]


def test_two_sources_do_not_share_a_name(owner: Client) -> None:
    make.source(title="mesh")
    answer = owner.post("/sources/new/meshcentral/", entered())
    assert list(answer.context["form"].errors) == ["title"]


def test_the_connection_is_tried_without_saving(owner: Client, server: Fake) -> None:
    answer = owner.post(TRY, entered(server), headers={"HX-Request": "true"})
    assert "mesh.example.org" in answer.content.decode()
    assert "Devices: 1, groups: 1" in answer.content.decode()
    assert not Source.objects.exists()

    unknown = owner.post(TRY, entered(server, fingerprint=""))
    assert fakes.certificate()[2] in unknown.context["faults"][0]

    refused = owner.post(TRY, entered(server, password="wrong"))
    assert "refuses the credentials" in refused.context["faults"][0]


def test_a_known_connection_is_tried_with_its_kept_password(owner: Client, server: Fake) -> None:
    source = make.source(url=server.url, user=fakes.USER, password=fakes.PASSWORD)
    answer = owner.post(f"/sources/{source.pk}/try/", entered(server, password=""))
    assert "Devices: 1" in answer.content.decode()


def test_pulling_by_hand_shows_its_progress_and_result(
    owner: Client, server: Fake, django_capture_on_commit_callbacks: Any
) -> None:
    server.events = session("a", datetime.now(UTC) - timedelta(hours=1), 60)
    owner.post("/sources/new/meshcentral/", entered(server))
    source = Source.objects.get()
    page = f"/sources/{source.pk}/"
    with django_capture_on_commit_callbacks(execute=True):
        assert owner.post(page + "pull/").url == page
    assert "hx-get" in owner.get(page + "progress/").content.decode()

    worker.drain()

    shown = owner.get(page + "progress/").context["progress"]
    assert shown.message == "Sessions seen: 1. New: 1. Ended: 0."
    assert source.pulls.get().by == Source.history.get().history_user
    assert "By hand" in owner.get(page).content.decode()
    assert owner.get(f"{page}log/?format=csv").status_code == 200


def test_there_is_no_progress_of_what_was_never_started(owner: Client) -> None:
    assert owner.get(f"/sources/{make.source().pk}/progress/").status_code == 404


def test_a_source_is_paused_and_resumed(owner: Client) -> None:
    source = make.source()
    owner.post(f"/sources/{source.pk}/pause/")
    assert Source.objects.get().state == "paused"
    owner.post(f"/sources/{source.pk}/resume/")
    assert Source.objects.get().state == "active"


def test_who_changed_what_stands_on_the_page(owner: Client) -> None:
    source = make.source()
    changed = {"title": "Other", "url": source.url, "user": "~t:new", "password": "secret 2"}
    owner.post(f"/sources/{source.pk}/edit/", entered(**changed))
    owner.post(f"/sources/{source.pk}/pause/")
    owner.post(f"/sources/{source.pk}/pause/")

    shown = owner.get(f"/sources/{source.pk}/").context["history"]

    assert [entry.who for entry in shown] == ["Olga Conti", "Olga Conti", ""]
    told = {str(c.field): (c.before, c.after) for entry in shown for c in entry.changes}
    assert told["Name"] == ("MeshCentral", "Other")
    assert told["State"] == ("Active", "Paused")
    assert "secret 2" not in str(shown)


def test_only_an_unused_source_is_removed(owner: Client) -> None:
    source = make.source()
    Source.objects.update(sessions_new=3)
    owner.post(f"/sources/{source.pk}/remove/")
    assert Source.objects.exists()
    Source.objects.update(sessions_new=0)
    owner.post(f"/sources/{source.pk}/remove/")
    assert not Source.objects.exists()


def test_trouble_stands_on_the_page_in_words(owner: Client) -> None:
    source = make.source()
    Source.objects.update(state="error", trouble="refused")
    page = owner.get(f"/sources/{source.pk}/").content.decode()
    assert "The server refuses the credentials" in page
    assert "Needs attention" in owner.get("/sources/").content.decode()


def test_the_log_escapes_what_the_server_said(owner: Client) -> None:
    source = make.source()
    PullLog.objects.create(
        source=source,
        trigger="hand",
        outcome="failed",
        trouble="unreachable",
        values={"reason": "<script>alert(1)</script>"},
        started_at=make.AT,
    )
    for address in ("", "log/"):
        page = owner.get(f"/sources/{source.pk}/{address}").content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_lists_keep_a_fixed_number_of_queries(owner: Client) -> None:
    source = make.source()

    def more() -> None:
        for number in range(5):
            make.source(title=f"Mesh {number}")
            PullLog.objects.create(source=source, trigger="hand", started_at=make.AT)

    assert_fixed_queries(owner, "/sources/", more)
    Source.objects.exclude(pk=source.pk).delete()
    assert_fixed_queries(owner, f"/sources/{source.pk}/log/", more)


@pytest.mark.parametrize("code", [*wording.TROUBLES, *wording.NOTICES])
def test_every_sentence_can_be_filled(code: str) -> None:
    values = {"count": 3, "notes": [["2026", "user", "a note"]]}
    said = wording.trouble(code, {}) if code in wording.TROUBLES else wording.notice(code, values)
    assert said
    assert "%(" not in said


def test_the_start_page_names_sources_in_trouble_or_silent(owner: Client) -> None:
    make.source(title="Good", at=datetime.now(UTC))
    make.source(title="Stuck", at=datetime.now(UTC))
    make.source(title="Quiet", at=datetime.now(UTC) - timedelta(days=3))
    make.source(title="Asleep", at=datetime.now(UTC) - timedelta(days=3))
    Source.objects.filter(title="Stuck").update(state="error", trouble="refused")
    Source.objects.filter(title="Asleep").update(state="paused")

    asleep = make.source(title="Habit", at=datetime.now(UTC))
    for ago in range(9, 15):
        at = datetime.now(UTC) - timedelta(days=ago)
        PullLog.objects.create(source=asleep, trigger="schedule", new=1, started_at=at)
    Source.objects.filter(pk=asleep.pk).update(
        last_ok_at=datetime.now(UTC), last_session_at=datetime.now(UTC) - timedelta(days=9)
    )

    page = owner.get("/").content.decode()

    assert "Habit has fallen silent" in page
    assert "latest session 9 days ago" in page
    assert (
        "The latest session ended 9 days ago"
        in owner.get(f"/sources/{asleep.pk}/").content.decode()
    )
    assert "Stuck needs attention" in page
    assert "Quiet needs attention" in page
    assert "Good needs" not in page
    assert "Asleep needs" not in page
