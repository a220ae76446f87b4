"""The story of the product, told before a real Chromium: from the profile to the CSV.

Everything is found by the words on the pages, which come from the catalogs, so the same story is
told in Italian and in French.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from tests import people
from tests.browser.walker import Walker, work
from tests.make import parties

from canone.base.access import services as access
from canone.base.access.models import User
from canone.desks.assistance.models import RemoteSession
from canone.ledgers.invoicing.models import Charge

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("language", ["it", "fr"], indirect=True),
]
PASSWORD = "lago-montagna-7"
TITLES = {
    "it": "Utente;PC remoto;Gruppo;Inizio;Fine;Durata;Note",
    "fr": "Utilisateur;Poste;Groupe;Début;Fin;Durée;Remarques",
}
ROWS = """
Marco Riva;CAD-PC12;Brambilla;02/03/2026 09:00:00;02/03/2026 09:42:00;0:42:00;Stampante
Giulia Colombo;SRV-01;Brambilla;05/03/2026 14:00:00;05/03/2026 14:10:00;0:10:00;
Marco Riva;NB-07;Brambilla;09/03/2026 10:00:00;09/03/2026 10:02:00;0:02:00;
Marco Riva;CAD-PC12;Brambilla;12/03/2026 16:00:00;12/03/2026 17:05:00;1:05:00;
Marco Riva;CAD-PC12;Brambilla;02/04/2026 11:00:00;02/04/2026 11:30:00;0:30:00;
Giulia Colombo;FAT-01;Ferrari;10/03/2026 09:00:00;10/03/2026 13:20:00;4:20:00;
Giulia Colombo;FAT-01;Ferrari;11/03/2026 09:00:00;11/03/2026 16:10:00;7:10:00;
Marco Riva;LAB-3;Sconosciuto;16/03/2026 09:00:00;16/03/2026 09:20:00;0:20:00;
"""
FORMULA = '=HYPERLINK("http://example.com")'
STEPS = {
    "Name of the profile": "Standard a scatti",
    "Shortest connection to account": "3",
    "Initial step": "15",
    "Price of the initial step": "20,00",
    "Further steps": "5",
    "Price of further steps": "4,00",
}


@pytest.fixture
def walker(
    page: Page,
    language: str,
    accessible: Callable[[Page], None],
    settings: Any,
    tmp_path: Path,
) -> Walker:
    """Return an office user before the sign-in page; two customers stand in the address book."""
    settings.DATA, settings.FILES = tmp_path, tmp_path / "files"
    folk = people.people()
    User.objects.filter(pk=folk.colleague.pk).update(language=language, theme="system")
    access.set_password(user=folk.colleague, password=PASSWORD)
    for name in ("Brambilla", "Ferrari"):
        parties.group(parties.party(f"{name} S.r.l."), name)
    return Walker(page, language, accessible, is_watched=True)


def sign_in(walker: Walker) -> None:
    walker.go(reverse("account_login"))
    walker.fill({"Mail address|sign-in": "office@example.com"})
    walker.field("Password").fill(PASSWORD)
    walker.press_in("Enter", "sign-in button")
    expect(walker.page).to_have_url(re.compile(r"/$"))


def make_profile(walker: Walker) -> None:
    """Write the five fields while the preview follows."""
    walker.go(reverse("catalog:profile_new"))
    walker.fill(STEPS)
    preview = walker.page.locator("#preview tbody tr")
    for number, price in enumerate(["20.00", "20.00", "40.00", "104.00"]):
        expect(preview.nth(number)).to_contain_text(walker.euro(price))
    walker.see()
    walker.press("Save the profile")
    expect(walker.page.locator("h1")).to_have_text("Standard a scatti")
    walker.see()


def assign(walker: Walker, profile: str, group: str) -> None:
    walker.go(reverse("assistance:assign"))
    walker.field("Profile").select_option(label=profile)
    walker.page.get_by_label(group, exact=True).check()
    walker.press("Assign")


def bring_in(walker: Walker) -> None:
    """Import the tool's list step by step."""
    walker.go(reverse("import_sessions"))
    content = f"{TITLES[walker.language]}{ROWS}".encode("utf-8-sig")
    walker.page.locator("input[type=file]").set_input_files(
        [{"name": "supremo.csv", "mimeType": "text/csv", "buffer": content}]
    )
    walker.press("Continue")
    walker.fill({"Program that the file comes from": "Supremo"})
    expect(walker.page.locator("#preview tbody tr")).to_have_count(8)
    walker.see()
    walker.press("Check the file")
    expect(walker.page.locator("progress")).to_be_visible()
    work()
    expect(walker.page.locator("progress")).to_have_count(0)
    walker.see()
    walker.page.locator("#main button.btn-primary").click()
    expect(walker.page.locator("progress")).to_be_visible()
    work()
    expect(walker.page.locator(".cn-note.is-done")).to_contain_text("8")
    walker.see()
    assert RemoteSession.objects.count() == 8


def choose(walker: Walker, group: str, *period: str) -> None:
    """Filter the sessions by group and period; the page follows every choice."""
    walker.page.goto(reverse("assistance:list"))
    for label, day in zip(("From", "To"), period or ("", ""), strict=True):
        walker.field(label).fill(day)
        walker.field(label).press("Enter")
    walker.field("Group (customer)").select_option(label=group)
    expect(walker.page.locator("h1")).to_have_text(group)
    expect(walker.page.locator("#aside")).to_contain_text(walker.say("What the customer pays"))
    expect(walker.page).to_have_url(re.compile(r"group=\d"))
    walker.see()


def extra(row: Locator) -> Locator:
    return row.locator("input[name=extra]")


def change_extra(walker: Walker, day: str, minutes: str) -> None:
    field = extra(walker.row(day))
    field.fill(minutes)
    with walker.page.expect_response(re.compile("/edit/")):
        field.press("Enter")


def foot(walker: Walker, state: str) -> Locator:
    return walker.page.locator("tfoot tr").filter(has_text=walker.say(state))


def march(walker: Walker) -> None:
    choose(walker, "Brambilla", "01/03/2026", "31/03/2026")


def test_from_the_profile_to_the_csv(walker: Walker) -> None:
    sign_in(walker)
    make_profile(walker)
    assign(walker, "Standard a scatti", "Brambilla")
    walker.reported("1")
    walker.see()
    bring_in(walker)
    march(walker)
    assert walker.page.locator("[data-row]").count() == 4
    _the_states_have_words(walker)
    _the_profile_stands_beside(walker)
    _extra_minutes(walker)
    _a_note(walker)
    _one_padlock(walker)
    _all_of_the_filter(walker)
    _the_file(walker)


def _the_states_have_words(walker: Walker) -> None:
    for day, word, look in (
        ("02/03/2026", "To account", "is-todo"),
        ("09/03/2026", "Below the minimum", "is-idle"),
    ):
        expect(walker.row(day)).to_contain_text(walker.say(word))
        expect(walker.row(day)).to_have_class(re.compile(look))
    expect(walker.row("02/03/2026")).to_contain_text(walker.euro("44.00"))
    expect(walker.row("09/03/2026")).not_to_contain_text("0,00")


def _the_profile_stands_beside(walker: Walker) -> None:
    aside = walker.page.locator("#aside")
    expect(aside).to_contain_text(walker.say("What the customer pays"))
    expect(aside).to_contain_text("Standard a scatti")
    expect(aside).to_contain_text(walker.euro("20.00"))


def _extra_minutes(walker: Walker) -> None:
    change_extra(walker, "02/03/2026", "10")
    expect(walker.row("02/03/2026")).to_contain_text(walker.euro("52.00"))
    expect(walker.row("02/03/2026")).to_contain_text("0:52")
    change_extra(walker, "12/03/2026", "-10")
    expect(walker.row("12/03/2026")).to_contain_text(walker.euro("52.00"))
    change_extra(walker, "05/03/2026", "-11")
    refused = "At most %(minutes)s minutes: the total would fall below zero."
    expect(walker.row("05/03/2026").get_by_role("alert")).to_contain_text(
        walker.say(refused, minutes="−10")
    )
    walker.see()
    change_extra(walker, "05/03/2026", "0")
    expect(walker.row("05/03/2026").get_by_role("alert")).to_have_count(0)


def _a_note(walker: Walker) -> None:
    row = walker.row("12/03/2026")
    row.locator(".cn-edit summary").click()
    row.get_by_label(walker.say("Note"), exact=True).fill(FORMULA)
    row.get_by_role("button", name=walker.say("Save note")).click()
    expect(walker.row("12/03/2026").locator(".cn-edit summary")).to_have_text(FORMULA)


def _one_padlock(walker: Walker) -> None:
    row = walker.row("02/03/2026")
    row.get_by_role("button", name=re.compile(f"^{walker.say('Account')}")).click()
    walker.reported(walker.accounted(1, "52.00"))
    row = walker.row("02/03/2026")
    expect(row).to_contain_text(walker.say("Accounted"))
    expect(row).to_have_class(re.compile("is-done"))
    expect(extra(row)).to_have_count(0)
    walker.see()


def _all_of_the_filter(walker: Walker) -> None:
    expect(foot(walker, "Accounted")).to_contain_text("0:52")
    expect(foot(walker, "Accounted")).to_contain_text(walker.euro("52.00"))
    expect(foot(walker, "To account")).to_contain_text("1:05")
    expect(foot(walker, "To account")).to_contain_text(walker.euro("72.00"))
    expect(walker.page.locator("tfoot tr.sum")).to_contain_text(walker.euro("124.00"))
    walker.page.locator(".cn-bar button.btn-primary").click()
    expect(walker.page.locator("progress")).to_be_visible()
    work()
    expect(walker.page.locator("[data-ended]")).to_be_focused()
    expect(walker.page.locator(".cn-counters")).to_contain_text(walker.euro("72.00"))
    expect(walker.page.locator("#main")).to_contain_text(walker.say("below the minimum"))
    walker.see()
    walker.follow("Back to the list")
    expect(foot(walker, "Accounted")).to_contain_text(walker.euro("124.00"))
    expect(foot(walker, "To account")).to_have_count(0)
    assert Charge.objects.count() == 3


def _the_file(walker: Walker) -> None:
    text = walker.download("CSV").decode("utf-8-sig")
    lines = text.splitlines()
    assert len(lines) == 5
    assert walker.say("Extra minutes") in lines[0].split(";")
    assert ";52,00" in text
    assert f"'{FORMULA[:10]}" in text
    assert "02/04/2026" not in text
