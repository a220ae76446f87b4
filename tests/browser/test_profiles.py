"""The form of a profile follows what is typed, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import settled
from tests.make import access
from tests.make import catalog as make

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.kernel.money import Money
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.queries import impact

pytestmark = pytest.mark.django_db(transaction=True)
SignedIn = Callable[[User], Page]


def test_the_price_follows_what_is_typed_and_the_profile_is_saved(
    signed_in: SignedIn, language: str
) -> None:
    page = signed_in(access.user(Role.BACK_OFFICE))
    page.goto("/catalog/profiles/new/")
    page.locator("[name=name]").fill("Standard a scatti")
    for name, value in [
        ("initial_minutes", "15"),
        ("initial_price", "20"),
        ("step_minutes", "5"),
        ("step_price", "4"),
        ("minimum_minutes", "3"),
    ]:
        page.locator(f"[name={name}]").fill(value)
    preview = page.locator("#preview")
    expect(preview.locator("tbody tr").nth(2)).to_contain_text(re.compile("40[.,]00"))
    tried = page.locator("[name=try]")
    tried.fill("65")
    expect(preview).to_contain_text(re.compile("60[.,]00"))
    expect(tried).to_be_focused()
    settled(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Standard a scatti")
    assert make.version(Tariff.objects.get()).terms() == make.terms(minimum_minutes=3)


def test_a_switch_opens_its_fields_and_the_kind_chooses_them(signed_in: SignedIn) -> None:
    page = signed_in(access.user(Role.BACK_OFFICE))
    page.goto("/catalog/profiles/new/")
    gap = page.locator("[name=merge_gap_minutes]")
    expect(gap).to_be_hidden()
    page.locator("[name=merge]").check()
    expect(gap).to_be_visible()
    expect(page.locator("[name=initial_price]")).to_be_visible()
    page.locator("[name=kind][value=subscription]").check()
    expect(page.locator("[name=initial_price]")).to_be_hidden()
    expect(page.locator("[name=total_minutes]")).to_be_visible()


def test_enter_saves_and_does_not_start_from_an_example(signed_in: SignedIn) -> None:
    page = signed_in(access.user(Role.BACK_OFFICE))
    page.goto("/catalog/profiles/new/")
    page.locator("[name=step_price]").fill("7")
    page.locator("[name=name]").fill("Invio")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Invio")


def test_consequences_stand_above_the_form_before_the_click(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(**_: object) -> impact.Impact:
        return impact.Impact(14, 37, Money.of("1412"), Money.of("1458"), "/", "/")

    monkeypatch.setattr(impact, "_bound", {"impact": answer})
    tariff = make.tariff("Standard a scatti")
    page = signed_in(access.user(Role.BACK_OFFICE))
    page.goto(f"/catalog/profiles/{tariff.pk}/edit/")
    expect(page.locator("#consequences")).to_contain_text("1.458,00")


def test_nobody_is_kept_out(signed_in: SignedIn, looked_at: Callable[[Page], None]) -> None:
    page = signed_in(access.user(Role.OWNER))
    tariff = make.tariff("Standard a scatti", minimum_minutes=3, note_required=True)
    article, listed = make.article(), make.price_list()
    lists = ["profiles/", "articles/", "vat/", "units/", "prices/", f"prices/{listed.pk}/"]
    shown = [f"profiles/{tariff.pk}/", f"articles/{article.pk}/"]
    forms = ["profiles/new/", "articles/new/", "vat/new/", f"prices/{listed.pk}/set/"]
    for path in [*lists, *shown, *forms, f"profiles/{tariff.pk}/edit/"]:
        page.goto(f"/catalog/{path}")
        looked_at(page)
