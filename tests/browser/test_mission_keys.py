"""The core of the story with the keyboard alone: no part is out of the reach of the Tab key."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from tests import people
from tests.browser.conftest import SignedIn
from tests.browser.walker import Walker, work
from tests.make import assistance as make
from tests.make import parties

from canone.desks.assistance.models import Assignment, RemoteSession
from canone.registers.catalog.models import Tariff

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("language", ["it", "fr"], indirect=True),
]
FIRST = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
SECOND = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
VALUES = {
    "name": "Standard a scatti",
    "initial_minutes": "15",
    "initial_price": "20",
    "step_minutes": "5",
    "step_price": "4",
    "minimum_minutes": "3",
}


@pytest.fixture
def walker(signed_in: SignedIn, language: str, accessible: Callable[[Page], None]) -> Walker:
    """Return an office user before two sessions of one group."""
    group = parties.group(parties.party("Brambilla S.r.l."), "Brambilla")
    make.session(group, start=FIRST)
    make.session(group, start=SECOND, device_name="SRV-01")
    return Walker(signed_in(people.people().colleague), language, accessible)


def named(walker: Walker, name: str) -> Locator:
    return walker.page.locator(f"#main [name={name}]")


def write(walker: Walker, name: str, text: str) -> None:
    """Reach a field and type over what it holds."""
    walker.tab_to(named(walker, name))
    walker.page.keyboard.press("Control+a")
    walker.page.keyboard.type(text)


def test_the_story_without_a_mouse(walker: Walker) -> None:
    keys = walker.page.keyboard
    _a_profile(walker)
    _its_assignment(walker)
    keys.press("g")
    keys.press("a")
    expect(walker.page).to_have_url(re.compile(r"/sessions/$"))
    _the_filter(walker)
    _extra_note_and_padlock(walker)
    _all_of_the_filter(walker)
    _the_file(walker)


def _a_profile(walker: Walker) -> None:
    walker.page.goto(reverse("catalog:profiles"))
    walker.page.keyboard.press("n")
    expect(walker.page).to_have_url(re.compile("/new/$"))
    for name, value in VALUES.items():
        write(walker, name, value)
    expect(walker.page.locator("#preview")).to_contain_text(walker.euro("104.00"))
    walker.page.keyboard.press("Control+Enter")
    expect(walker.page.locator("[data-report]")).to_be_focused()
    assert Tariff.objects.count() == 1


def _its_assignment(walker: Walker) -> None:
    walker.page.goto(reverse("assistance:assignments"))
    walker.page.keyboard.press("n")
    walker.tab_to(named(walker, "tariff"))
    walker.page.keyboard.type("Standard")
    walker.tab_to(named(walker, "groups"))
    walker.page.keyboard.press("Space")
    walker.page.keyboard.press("Control+Enter")
    expect(walker.page.locator("[data-report]")).to_be_focused()
    assert Assignment.objects.count() == 1


def _the_filter(walker: Walker) -> None:
    walker.tab_to(named(walker, "group"))
    walker.page.keyboard.type("Brambilla")
    expect(walker.page.locator("h1")).to_have_text("Brambilla")
    for name in ("start", "end"):
        write(walker, name, "")
        walker.page.keyboard.press("Delete")
        walker.page.keyboard.press("Enter")
    expect(walker.page.locator("[data-row]")).to_have_count(2)


def _extra_note_and_padlock(walker: Walker) -> None:
    row = walker.row("CAD-PC12")
    walker.tab_to(row.locator("[name=extra]"))
    walker.page.keyboard.type("10")
    walker.page.keyboard.press("Enter")
    expect(row).to_contain_text(walker.euro("52.00"))
    walker.tab_to(row.locator(".cn-edit summary"))
    walker.page.keyboard.press("Enter")
    walker.tab_to(row.locator("[name=note]"))
    walker.page.keyboard.type("Toner")
    walker.page.keyboard.press("Control+Enter")
    expect(row.locator(".cn-edit summary")).to_have_text("Toner")
    walker.tab_to(row.get_by_role("button", name=re.compile(f"^{walker.say('Account')}")))
    walker.page.keyboard.press("Enter")
    walker.reported(walker.accounted(1, "52.00"))
    assert RemoteSession.objects.get(device_name="CAD-PC12").note == "Toner"


def _all_of_the_filter(walker: Walker) -> None:
    walker.tab_to(walker.page.locator(".cn-bar button.btn-primary"))
    walker.page.keyboard.press("Enter")
    expect(walker.page.locator("progress")).to_be_visible()
    work()
    expect(walker.page.locator("[data-ended]")).to_be_focused()
    expect(walker.page.locator(".cn-counters")).to_contain_text(walker.euro("44.00"))
    walker.tab_to(walker.link(walker.say("Back to the list")))
    walker.page.keyboard.press("Enter")
    foot = walker.page.locator("tfoot tr.sum")
    expect(foot).to_contain_text(walker.euro("96.00"))


def _the_file(walker: Walker) -> None:
    walker.tab_to(walker.link(walker.say("CSV")))
    with walker.page.expect_download() as waiting:
        walker.page.keyboard.press("Enter")
    assert ";52,00" in Path(waiting.value.path()).read_text("utf-8-sig")
