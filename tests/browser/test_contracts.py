"""Lines of contracts in a browser: months to bill, billed on request, two people at one line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests import people
from tests.browser.conftest import SignedIn
from tests.make import contracts as make

from canone.desks.contracts.models import Line
from canone.desks.contracts.services import contracts, lines
from canone.ledgers.invoicing.models import Charge

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


def test_months_are_ticked_and_the_schedule_follows(signed_in: SignedIn, looked_at: Check) -> None:
    contract = make.contract()
    page = signed_in(people.people().owner)
    page.goto(reverse("contracts:line_new", args=[contract.pk]))
    page.fill("#id_description", "Sgombero neve")
    page.fill("#id_unit_price", "100")
    expect(page.locator("#preview tbody tr")).to_have_count(12)
    for month in ("1", "11"):
        page.check(f"[name=months][value='{month}']")
    expect(page.locator("#preview tbody tr")).to_have_count(2)
    looked_at(page)
    page.click("[data-save]")
    expect(page.locator("h1")).to_have_text(contract.number)
    assert Line.objects.get().months == [1, 11]


def test_a_double_click_bills_once(signed_in: SignedIn, looked_at: Check) -> None:
    line = make.line(price="80", is_on_request=True)
    page = signed_in(people.people().owner)
    page.goto(reverse("contracts:detail", args=[line.contract_id]))
    page.click(f"a[href='{reverse('contracts:line_bill', args=[line.pk])}']")
    page.fill("#id_quantity", "2")
    expect(page.locator("#preview .cn-price")).to_contain_text("160,00")
    looked_at(page)
    page.dblclick("[data-save]")
    expect(page.locator("h1")).to_have_text(line.contract.number)
    assert [charge.amount.minor for charge in Charge.objects.all()] == [16_000]


def test_a_form_left_open_does_not_overwrite(signed_in: SignedIn, looked_at: Check) -> None:
    line = make.line()
    page = signed_in(people.people().owner)
    page.goto(reverse("contracts:line_edit", args=[line.pk]))
    page.fill("#id_description", "Canone mio")
    lines.update(line_id=line.pk, description="Canone altrui", at=make.AT, by=None)
    page.click("[data-save]")
    expect(page.locator("tbody tr")).to_have_count(1)
    looked_at(page)
    page.click("main form .btn-plain")
    expect(page.locator("h1")).to_have_text(line.contract.number)
    line.refresh_from_db()
    assert line.description == "Canone mio"


def test_the_pages_beside(signed_in: SignedIn, looked_at: Check) -> None:
    line = make.line()
    contracts.suspend(
        contract_id=line.contract_id, day=make.START, reason="Lavori", at=make.AT, by=None
    )
    page = signed_in(people.people().owner)
    for name, args in (("resume", [line.contract_id]), ("active", []), ("line_end", [line.pk])):
        page.goto(reverse(f"contracts:{name}", args=args))
        looked_at(page)
