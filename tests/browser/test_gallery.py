"""The kit's components in a browser: they work, and axe finds nothing on them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from tests import people
from tests.browser.conftest import SignedIn
from tests.ui import gallery

pytestmark = pytest.mark.django_db(transaction=True)
TEMPLATES = Path(gallery.__file__).parent / "templates"


@pytest.fixture(autouse=True)
def folk(settings: Settings) -> people.People:
    settings.ROOT_URLCONF = "tests.ui.gallery"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [TEMPLATES]}]
    return people.people()


def test_every_component(
    folk: people.People, signed_in: SignedIn, looked_at: Callable[[Page], None]
) -> None:
    page = signed_in(folk.owner)
    for url in ("/gallery/", "/gallery/list/", "/gallery/list/?text=zzz", "/gallery/form/"):
        page.goto(url)
        looked_at(page)
    page.click("[data-save]")
    expect(page.locator("[data-faults]")).to_be_focused()
    looked_at(page)
    page.goto("/gallery/")
    page.click(".cn-explain summary")
    looked_at(page)


def test_a_row_is_found_while_typing(folk: people.People, signed_in: SignedIn) -> None:
    page = signed_in(folk.owner)
    page.goto("/gallery/form/")
    field = page.get_by_role("combobox", name="Persona")
    field.focus()
    page.keyboard.type("ca")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Carla Villa")
    page.get_by_label("A consumo").check()
    page.get_by_label("Costo").fill("20.0")
    page.get_by_label("Durata").fill("15")
    page.get_by_label("Nota", exact=False).first.fill("abc")
    expect(page.locator("#preview")).to_contain_text("3")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-report]")).to_have_text(re.compile("Carla Villa"))


def test_rows_are_ticked_and_a_report_gets_the_focus(
    folk: people.People, signed_in: SignedIn
) -> None:
    page = signed_in(folk.owner)
    page.goto("/gallery/list/?text=i")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text(re.compile("^2 "))
    page.get_by_role("button", name="Ferma").press("Enter")
    report = page.locator("[data-report]")
    expect(report).to_be_focused()
    expect(report).to_have_text(re.compile("Carla Villa, Nora Bianchi"))
    expect(page).to_have_url(re.compile(r"\?text=i$"))


def test_a_view_is_kept_and_found_again(folk: people.People, signed_in: SignedIn) -> None:
    page = signed_in(folk.owner)
    page.goto("/gallery/list/?text=carla")
    page.get_by_text("Viste").click()
    page.get_by_label("Salva questo filtro come").fill("Le mie")
    page.get_by_role("button", name="Salva vista").click()
    page.goto("/gallery/list/")
    page.get_by_text("Viste").click()
    page.get_by_role("link", name="Le mie").click()
    expect(page).to_have_url(re.compile("text=carla"))
    expect(page.locator("[data-row]")).to_have_count(1)


def test_all_of_a_filter_is_meant_when_it_is_said(folk: people.People, signed_in: SignedIn) -> None:
    page = signed_in(folk.owner)
    page.goto("/gallery/list/?text=ar")
    page.get_by_label("Seleziona tutti in questa pagina").check()
    page.locator("input[name=all]").check()
    page.get_by_role("button", name="Ferma").click()
    expect(page.locator("[data-report]")).to_have_text(re.compile("^\\s*Fermati: Carla Villa\\s*$"))
