"""The pages of settlement: axe finds nothing; a payment is proposed, booked and undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests import people
from tests.browser.conftest import SignedIn
from tests.make import invoicing

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import DueItem, Settlement
from canone.ledgers.invoicing.services import crediting

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


def two() -> tuple[DueItem, DueItem]:
    """Two due items of one customer, of 122.00 and 61.00."""
    who = invoicing.customer("Officine Meccaniche Brambilla S.r.l.")
    return invoicing.due_item(who), invoicing.due_item(who, "61.00")


def test_the_pages_of_settlement(signed_in: SignedIn, looked_at: Check) -> None:
    first, second = two()
    paid = invoicing.payment(first, "150.00")
    spare = invoicing.payment(invoicing.due_item(), "200.00")
    wanted = crediting.Credit(first.document_id, "settle", "Cortesia")
    crediting.credit(wanted, day=date(2026, 11, 30), at=invoicing.AT, by=None)
    page = signed_in(people.people().owner)
    new = f"{reverse('invoicing:payment_new')}?customer={first.customer_id}"
    for url in (
        reverse("invoicing:due"),
        reverse("invoicing:due_all"),
        reverse("invoicing:ageing"),
        reverse("invoicing:payments"),
        reverse("invoicing:payment", args=[paid.pk]),
        reverse("invoicing:payment_undo", args=[paid.pk]),
        reverse("invoicing:payment_give", args=[spare.pk]),
        reverse("invoicing:payment_new"),
        f"{new}&items={second.pk}",
        f"{reverse('invoicing:write_off')}?items={second.pk}",
        reverse("invoicing:refund", args=[first.customer_id]),
        reverse("invoicing:account_of_customer", args=[first.customer_id]),
        reverse("invoicing:document", args=[second.document_id]),
    ):
        page.goto(url)
        looked_at(page)


def test_a_payment_from_the_due_list_to_its_undoing(signed_in: SignedIn) -> None:
    first, second = two()
    page = signed_in(people.people().owner)
    page.goto(reverse("invoicing:due"))
    for item in (first, second):
        page.locator(f"tbody input[name=ids][value='{item.pk}']").check()
    page.locator("[data-bulk-bar] .btn-primary").click()
    expect(page.locator("#id_amount")).to_have_value("183,00")
    page.fill("#id_amount", "150")
    page.fill(f"#id_share{first.pk}", "")
    page.fill(f"#id_share{second.pk}", "")
    expect(page.locator("#preview")).to_contain_text("28,00")
    page.locator("button[name=propose]").click()
    expect(page.locator(f"#id_share{second.pk}")).to_have_value("28,00")
    page.fill(f"#id_share{second.pk}", "99")
    page.locator("[data-save]").click()
    expect(page.locator(f"#id_share{second.pk}")).to_have_value("99")
    expect(page.locator(f"#id_share{second.pk}_error")).to_contain_text("61,00")
    page.fill(f"#id_share{second.pk}", "20")
    expect(page.locator("#preview")).to_contain_text("8,00")
    page.locator("[data-save]").click()
    expect(page.locator("main")).to_contain_text("8,00")
    row = Settlement.objects.get()
    assert row.amount == Money.of("150")
    page.goto(reverse("invoicing:payment_undo", args=[row.pk]))
    page.fill("#id_reason", "Insoluto")
    page.locator("[data-save]").click()
    expect(page.locator("main")).to_contain_text("Insoluto")
    assert Settlement.objects.filter(reverses=row).exists()


def test_from_the_ageing_to_the_items_behind_a_figure(signed_in: SignedIn) -> None:
    first, _second = two()
    page = signed_in(people.people().owner)
    page.goto(reverse("invoicing:ageing"))
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.locator("tr[data-row] a", has_text="183,00").first.click()
    expect(page.locator("tr[data-row]")).to_have_count(2)
    assert f"customer={first.customer_id}" in page.url
