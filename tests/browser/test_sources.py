"""axe finds nothing on the pages of the sources; a connection is tried before it is saved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests import people
from tests.browser.conftest import SignedIn
from tests.channels.connectors import fake as fakes
from tests.make import connectors as make

from canone.channels.connectors.models import PullLog, Source

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


def sources() -> Source:
    """Return a source with a log, beside one in trouble and one that is paused."""
    now = datetime.now(UTC)
    source = make.source(title="MeshCentral Como", url="https://mesh.lariotech.example", at=now)
    stuck = make.source(title="MeshCentral Lecco", url="https://mesh.lecco.example", at=now)
    asleep = make.source(title="Prova", url="https://prova.example", at=now)
    Source.objects.filter(pk=source.pk).update(
        last_ok_at=now - timedelta(minutes=4), last_session_at=now, sessions_new=1284
    )
    Source.objects.filter(pk=stuck.pk).update(state="error", trouble="refused", failures=1)
    Source.objects.filter(pk=asleep.pk).update(state="paused")
    told = [
        ("ok", "", [], 12),
        ("ok", "", [["clock_ahead", {"count": 480}], ["left_out_by_kind", {"count": 3}]], 0),
        ("failed", "broken", [], 0),
    ]
    for number, (outcome, trouble, warnings, new) in enumerate(told):
        at = now - timedelta(minutes=15 * number)
        PullLog.objects.create(
            source=source,
            trigger="schedule",
            outcome=outcome,
            trouble=trouble,
            warnings=warnings,
            seen=40,
            new=new,
            unassigned=2,
            orphaned=1,
            started_at=at,
            finished_at=at + timedelta(seconds=3),
        )
    return source


def test_the_pages_of_the_sources(signed_in: SignedIn, looked_at: Check) -> None:
    source = sources()
    page = signed_in(people.people().owner)
    for name in ("show", "log", "edit"):
        page.goto(reverse(f"connectors:{name}", args=[source.pk]))
        looked_at(page)
    for name in ("list", "new"):
        page.goto(reverse(f"connectors:{name}"))
        looked_at(page)
    page.goto(reverse("connectors:new_of", args=["meshcentral"]))
    looked_at(page)
    page.click("[data-save]")
    page.wait_for_selector("[data-faults]")
    looked_at(page)


def test_a_connection_is_tried_then_saved(signed_in: SignedIn, accessible: Check) -> None:
    page = signed_in(people.people().owner)
    with fakes.running(fakes.Fake()) as server:
        page.goto(reverse("connectors:new"))
        page.get_by_role("link", name="MeshCentral").click()
        page.fill("#id_title", "MeshCentral")
        page.fill("#id_url", server.url)
        page.fill("#id_user", fakes.USER)
        page.fill("#id_password", fakes.PASSWORD)
        page.get_by_role("button", name="Prova la connessione").click()
        expect(page.locator("#trial")).to_contain_text(fakes.certificate()[2])
        accessible(page)
        page.fill("#id_fingerprint", fakes.certificate()[2])
        page.get_by_role("button", name="Prova la connessione").click()
        expect(page.locator("#trial .is-done")).to_contain_text("mesh.example.org")
        page.click("[data-save]")
        expect(page.locator("h1")).to_have_text("MeshCentral")
    assert Source.objects.get().url == server.url
