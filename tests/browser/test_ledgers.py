"""axe finds nothing on the pages of charges and prepaid hours; the list explains an amount."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests import people
from tests.browser.conftest import SignedIn
from tests.make import allowances, invoicing, parties

from canone.ledgers.allowances.rules.expiry import Rollover
from canone.ledgers.invoicing.services import claims

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


def test_the_pages_of_the_ledgers(signed_in: SignedIn, looked_at: Check) -> None:
    customer = parties.party("Officine Meccaniche Brambilla S.r.l.")
    charge = invoicing.charge(customer)
    taken = invoicing.charge(customer, kind="top_up", amount_minor=123_456)
    claims.claim(charge_ids=[taken.pk], document="2026/12", at=invoicing.AT, by=None)
    undone = invoicing.reversed_charge(customer, origin="manual:1", kind="manual")
    free = invoicing.charge(customer, origin="manual:2", kind="manual")
    pool = allowances.pool(customer, title="Ore 2026", thresholds=["20%"], rollover=Rollover(1))
    allowances.grant(pool, 600, expires_on=date(2026, 12, 31), note="Canone annuo")
    drawn = allowances.draw(pool, 500, origin="visit:1")
    allowances.draw(allowances.pool(customer, granted=60, title="Oltre"), 90)
    page = signed_in(people.people().owner)
    for url in (
        reverse("invoicing:open"),
        reverse("invoicing:charges"),
        reverse("invoicing:charge", args=[charge.pk]),
        reverse("invoicing:charge", args=[taken.pk]),
        reverse("invoicing:charge", args=[undone.pk]),
        reverse("invoicing:new"),
        f"{reverse('invoicing:reverse')}?ids={free.pk}",
        reverse("invoicing:of_customer", args=[customer.pk]),
        reverse("allowances:list"),
        reverse("allowances:pool", args=[pool.pk]),
        reverse("allowances:set_up", args=[pool.pk]),
        reverse("allowances:reverse", args=[drawn.entry_id]),
        reverse("allowances:of_customer", args=[customer.pk]),
        reverse("parties:detail", args=[customer.pk]),
        "/",
    ):
        page.goto(url)
        looked_at(page)


@pytest.mark.usefixtures("language")
def test_the_taxation_of_a_customer(signed_in: SignedIn, looked_at: Check) -> None:
    customer = parties.party("Officine Meccaniche Brambilla S.r.l.")
    page = signed_in(people.people().owner)
    page.goto(reverse("invoicing:taxation", args=[customer.pk]))
    looked_at(page)


def test_a_click_on_an_amount_tells_how_it_comes_about(signed_in: SignedIn) -> None:
    invoicing.charge()
    page = signed_in(people.people().owner)
    page.goto(reverse("invoicing:open"))
    page.locator("tbody .cn-explain summary").click()
    expect(page.locator("tbody .cn-pop")).to_contain_text("24,00")


def test_a_charge_is_written_with_its_amount_beside(signed_in: SignedIn) -> None:
    parties.party("Rossi S.p.A.")
    page = signed_in(people.people().owner)
    page.goto(reverse("invoicing:new"))
    page.fill("#id_customer", "ross")
    page.get_by_role("option", name="Rossi S.p.A.").click()
    page.fill("#id_description", "Consulenza")
    page.fill("#id_quantity", "2,5")
    page.fill("#id_unit_price", "40")
    expect(page.locator("#preview")).to_contain_text("100,00")
    page.click("[data-save]")
    expect(page.locator("h1")).to_have_text("Consulenza")
    expect(page.locator("main")).to_contain_text("2,5 × 40,00")


def test_the_list_is_narrowed_to_a_customer_by_keyboard_and_a_reload_keeps_who(
    signed_in: SignedIn,
) -> None:
    for name in ("Rossi S.p.A.", "Bianchi S.r.l."):
        invoicing.charge(parties.party(name))
    page = signed_in(people.people().owner)
    page.goto(reverse("invoicing:charges"))
    field = page.get_by_role("combobox", name="Cliente")
    field.press_sequentially("bian")
    expect(page.get_by_role("option", name="Bianchi S.r.l.")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "id_customer_list_0")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"customer=\d+"))
    expect(page.locator("[data-row]")).to_have_count(1)
    page.reload()
    expect(field).to_have_value("Bianchi S.r.l.")
    expect(page.locator("[data-row]")).to_have_count(1)
    field.fill("")
    expect(page.locator("[data-row]")).to_have_count(2)


def test_who_types_quicker_than_the_list_gets_what_was_typed(signed_in: SignedIn) -> None:
    for name in ("Alfa S.r.l.", "Bianchi S.r.l.", "Zeta S.r.l."):
        invoicing.charge(parties.party(name))
    page = signed_in(people.people().owner)
    page.goto(reverse("invoicing:charges"))
    field = page.get_by_role("combobox", name="Cliente")
    field.click()
    expect(page.locator("#id_customer_list [data-value]")).to_have_count(3)
    field.type("zeta")
    field.press("Enter")  # the list still shows everybody
    expect(field).to_have_value("Zeta S.r.l.")
    expect(page.locator("[data-row]")).to_have_count(1)
    field.fill("alf")
    field.press("Escape")
    expect(field).to_have_value("Zeta S.r.l.")


def test_the_list_below_the_field_fits_on_a_phone(signed_in: SignedIn) -> None:
    invoicing.charge(parties.party("Officine Meccaniche Brambilla e Figli S.r.l."))
    page = signed_in(people.people().owner)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("invoicing:charges"))
    page.get_by_role("combobox", name="Cliente").click()
    box = page.get_by_role("listbox").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_charges_of_the_chosen_customer_are_offered_to_a_draft(signed_in: SignedIn) -> None:
    invoicing.charge(parties.party("Rossi S.p.A."), description="Assistenza di ottobre")
    page = signed_in(people.people().owner)
    page.goto(reverse("invoicing:draft_new"))
    page.fill("#id_customer", "ross")
    page.get_by_role("option", name="Rossi S.p.A.").click()
    expect(page.locator("#charges")).to_contain_text("Assistenza di ottobre")
