"""Sessions that are priced together: opened by keyboard, taken apart, also without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from tests import people
from tests.browser.conftest import SignedIn
from tests.make import assistance as make

from canone.base.access import services as access
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries.mapping import Kind
from canone.desks.assistance.services import mapping
from canone.registers.parties.models import Group

pytestmark = pytest.mark.django_db(transaction=True)


def _chain(group: Group) -> list[RemoteSession]:
    start = timezone.now() - timedelta(hours=5)
    return [
        make.session(group, start=start + timedelta(minutes=begin), seconds=60 * length, note=note)
        for begin, length, note in ((0, 10, "Uno"), (13, 7, "Due"), (23, 8, "Tre"))
    ]


def test_a_piece_opens_by_keyboard_and_is_taken_apart(
    signed_in: SignedIn, looked_at: Callable[[Page], None]
) -> None:
    group = make.priced_group(merge_gap_minutes=5)
    third = _chain(group)[2]
    page = signed_in(people.people().owner)
    page.goto(f"{reverse('assistance:list')}?group={group.pk}")
    row, parts = page.locator(".cn-fold [data-row]").first, page.locator(".cn-fold [data-row]")
    expect(row).to_contain_text("28,00")
    expect(parts.nth(3)).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(parts.nth(3)).to_be_visible()
    expect(row).to_contain_text("con un solo scatto iniziale")
    looked_at(page)
    page.locator(f"form[action$='/{third.pk}/take-apart/'] button").press("Enter")
    expect(page.locator("[data-report]")).to_contain_text("1 assistenza ora conta da sola")
    expect(page.locator("[data-row]")).to_have_count(4)
    expect(row).to_contain_text("24,00")
    expect(page.locator(".cn-unfold")).to_have_attribute("open", "")
    page.get_by_role("button", name="Rimettere insieme").press("Enter")
    expect(row).to_contain_text("28,00")


def test_a_piece_opens_and_is_taken_apart_without_scripts(browser: Browser, site: str) -> None:
    owner = people.people().owner
    access.set_password(user=owner, password="montagna-lago-7")
    group = make.priced_group(merge_gap_minutes=5)
    _chain(group)
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
    page.goto(f"{reverse('assistance:list')}?group={group.pk}")
    parts = page.locator(".cn-fold [data-row]")
    expect(parts.nth(1)).to_be_hidden()
    page.locator(".cn-unfold summary").click()
    expect(parts.nth(1)).to_be_visible()
    parts.first.get_by_role("button", name="Separare").click()
    expect(page.locator("[data-report]")).to_contain_text("3 assistenze ora contano da sole")
    expect(page.locator(".cn-fold")).to_have_count(0)
    expect(page.locator("[data-row]")).to_have_count(3)
    context.close()


def test_what_a_rule_would_change_and_who_is_unknown_can_be_read_by_all(
    signed_in: SignedIn, looked_at: Callable[[Page], None]
) -> None:
    start = timezone.now() - timedelta(hours=5)
    make.session(None, start=start, technician_name="BANCO", technician_key="9 881")
    rule = mapping.learn(
        kind=Kind.DEVICE,
        source="test",
        key="CAD-PC12",
        target_id=make.priced_group().pk,
        by=None,
        at=start,
    )
    page = signed_in(people.people().owner)
    page.goto(reverse("assistance:rules_of", args=["technicians"]))
    expect(page.locator("tr.is-warn")).to_contain_text("9 881")
    looked_at(page)
    page.goto(reverse("assistance:rule_past", args=["computers", rule.pk]))
    looked_at(page)
    page.get_by_role("button", name="Cambia 1 assistenza").click()
    expect(page.locator("[data-report]")).to_contain_text("1 assistenza cambiata")
    looked_at(page)
    page.get_by_role("button", name="Annulla tutto").click()
    expect(page.locator("[data-report]")).to_contain_text("1 assistenza è tornata dov’era")
