"""axe finds nothing on the pages of customers; a twin is pointed out while one types."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests import people
from tests.browser.conftest import SignedIn
from tests.make import contracts
from tests.make import parties as make

from canone.registers.parties.services import documents

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


def test_the_pages_of_customers(signed_in: SignedIn, looked_at: Check) -> None:
    folk = people.people()
    party = make.party("Rossi Impianti S.r.l.", is_blocked=True, block_reason="Due fatture")
    make.party("ROSSI IMPIANTI", zone=make.zone("Brianza"), phone="+39031640123")
    site, contact = make.site(party, is_main=True), make.contact(party, email="p@example.com")
    group, terms, mandate = make.group(party), make.payment_terms(), contracts.mandate(party)
    at = datetime(2026, 4, 1, 9, tzinfo=UTC)
    documents.add(party_id=party.pk, source=b"%PDF-1.7", name="c.pdf", title="", at=at, by=None)
    make.login(folk.customer, party)
    page = signed_in(folk.owner)
    whole = (
        "detail",
        "edit",
        "block",
        "sites",
        "contacts",
        "groups_of",
        "mandates",
        "mandate_new",
        "documents",
        "logins",
        "history",
    )
    plain = ("list", "create", "groups", "duplicates", "zones", "terms", "terms_new")
    urls = [reverse(f"parties:{name}", args=[party.pk]) for name in whole]
    urls += [reverse(f"parties:{name}") for name in plain]
    for name, row in (
        ("site_edit", site),
        ("contact_edit", contact),
        ("group_edit", group),
        ("mandate_edit", mandate),
        ("mandate_revoke", mandate),
    ):
        urls.append(reverse(f"parties:{name}", args=[row.pk]))
    urls.append(reverse("parties:terms_edit", args=[terms.pk]))
    for url in urls:
        page.goto(url)
        looked_at(page)


def test_a_twin_appears_beside_the_form(signed_in: SignedIn) -> None:
    make.party("Rossi Impianti S.r.l.")
    page = signed_in(people.people().owner)
    page.goto(reverse("parties:create"))
    page.fill("#id_name", "impianti rossi")
    expect(page.locator("#preview a")).to_have_text("Rossi Impianti S.r.l.")
    page.click("[data-save]")
    expect(page.locator(".cn-note.is-todo a")).to_have_text("Rossi Impianti S.r.l.")
    page.click("[data-save]")
    expect(page.locator("h1")).to_have_text("impianti rossi")
