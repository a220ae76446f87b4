"""The frame with the keyboard alone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests import people
from tests.browser.conftest import SignedIn, settled

from canone.base.access import services as access
from canone.base.access.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folk() -> people.People:
    return people.people()


def test_the_first_tab_skips_to_the_content(folk: people.People, signed_in: SignedIn) -> None:
    page = signed_in(folk.owner)
    page.goto(reverse("people"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))
    expect(page.locator("#main")).to_be_focused()


def test_signing_in(folk: people.People, page: Page) -> None:
    access.set_password(user=folk.owner, password="montagna-lago-7")
    page.goto(reverse("account_login"))
    page.focus("#id_login")
    page.keyboard.type("owner@example.com")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("montagna-lago-7")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/$"))


def test_a_user_is_added_without_a_mouse(folk: people.People, signed_in: SignedIn) -> None:
    page = signed_in(folk.owner)
    page.goto(reverse("people"))
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/new/$"))
    page.focus("#id_name")
    page.keyboard.press("Control+Enter")
    faults = page.locator("[data-faults]")
    expect(faults).to_be_focused()
    faults.get_by_role("link").first.press("Enter")
    expect(page.locator("#id_name")).to_be_focused()
    page.keyboard.type("Pia Serra")
    page.keyboard.press("Tab")
    page.keyboard.type("pia@example.com")
    page.focus("input[value=technician]")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-report]")).to_be_focused()
    assert User.objects.filter(email="pia@example.com").exists()


def test_rows_areas_search_and_help(folk: people.People, signed_in: SignedIn) -> None:
    page = signed_in(folk.owner)
    page.goto(reverse("people"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Nora Bianchi")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(re.compile(r":\d+/$"))


def test_single_keys_can_be_switched_off(folk: people.People, signed_in: SignedIn) -> None:
    access.update(user=folk.owner, single_keys=False)
    page = signed_in(folk.owner)
    page.goto(reverse("people"))
    page.keyboard.press("?")
    page.keyboard.press("n")
    page.keyboard.press("Control+k")
    expect(page.locator("#search-q")).to_be_focused()
    expect(page.locator("#keys")).to_be_hidden()
    expect(page).to_have_url(re.compile(reverse("people")))


def test_a_filter_keeps_focus_and_address(folk: people.People, signed_in: SignedIn) -> None:
    page = signed_in(folk.owner)
    page.goto(reverse("people"))
    page.focus("#id_text")
    page.keyboard.type("nora")
    expect(page).to_have_url(re.compile(r"\?text=nora$"))
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("#id_text")).to_be_focused()
    expect(page.locator("#live")).to_have_text(re.compile("1 riga"))
    settled(page)  # slow typing asks more than once, and the last answer takes the link away
    page.get_by_role("link", name="Nome").press("Enter")
    expect(page).to_have_url(re.compile("sort=-name"))
    page.focus("#id_text")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(page.locator("[data-row]")).to_have_count(5)
    expect(page.locator("[data-row]").first).to_contain_text("Ugo Neri")
    page.go_back()
    expect(page.locator("[data-row]")).to_have_count(1)


def test_drop_downs_close_on_escape(folk: people.People, signed_in: SignedIn) -> None:
    page = signed_in(folk.owner)
    page.goto("/")
    who = page.locator(".cn-who")
    who.press("Enter")
    expect(page.get_by_role("button", name="Esci")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(who).to_be_focused()
    expect(page.get_by_role("button", name="Esci")).to_be_hidden()
