"""What is essential works without scripts, and on a screen of 320 pixels."""

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from tests import people

from canone.base.access import services as access
from canone.base.access.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Page]:
    """Return a page of a small browser without scripts, signed in as the owner."""
    owner = people.people().owner
    access.set_password(user=owner, password="montagna-lago-7")
    context = browser.new_context(
        base_url=site,
        java_script_enabled=False,
        locale="it-IT",
        viewport={"width": 320, "height": 640},
    )
    page = context.new_page()
    page.goto(reverse("account_login"))
    page.fill("#id_login", owner.email)
    page.fill("#id_password", "montagna-lago-7")
    page.get_by_role("button", name="Entra", exact=True).click()
    expect(page).to_have_url(re.compile(r"/$"))
    yield page
    context.close()


def test_a_list_is_filtered_and_sorted(plain: Page) -> None:
    plain.goto(reverse("people"))
    plain.get_by_label("Testo").fill("a")
    plain.get_by_role("button", name="Filtra").click()
    expect(plain).to_have_url(re.compile("text=a"))
    expect(plain.locator("[data-row]")).to_have_count(5)
    plain.goto(f"{reverse('people')}?text=nora&sort=-name")
    plain.get_by_role("button", name="Filtra").click()
    expect(plain).to_have_url(re.compile("sort=-name"))
    expect(plain.locator("[data-row]")).to_have_count(1)


def test_a_form_is_corrected_and_saved(plain: Page) -> None:
    plain.goto(reverse("person_new"))
    plain.get_by_label("Nome").fill("Pia Serra")
    plain.get_by_role("button", name="Aggiungi l’utente").click()
    expect(plain.get_by_role("alert")).to_contain_text("2 campi da correggere")
    expect(plain.get_by_label("Nome")).to_have_value("Pia Serra")
    plain.get_by_label("Indirizzo").fill("pia@example.com")
    plain.get_by_label("Tecnico").check()
    plain.get_by_role("button", name="Aggiungi l’utente").click()
    expect(plain.locator("[data-report]")).to_contain_text("Pia Serra è stato aggiunto")
    assert User.objects.filter(email="pia@example.com").exists()


def test_the_menus_open_and_the_person_leaves(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_label("Menu").click()
    plain.get_by_role("navigation", name="Tutte le pagine").get_by_text("Gruppi").click()
    expect(plain).to_have_url(re.compile("groups"))
    plain.wait_for_load_state()  # without its styles the page still moves under the pointer
    who = plain.locator("details", has=plain.locator("summary.cn-who"))
    who.locator("summary").click()
    expect(who).to_have_attribute("open", "")
    plain.get_by_role("button", name="Esci").click()
    expect(plain).to_have_url(re.compile("login"))
