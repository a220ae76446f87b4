"""Erasing: the foresight on every screen; the password, the typed name, the work behind."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests import people
from tests.make import invoicing, parties

from canone.base.access.models import User
from canone.base.tasks import worker
from canone.registers.parties.models import Contact

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "montagna-lago-7"


@pytest.mark.usefixtures("language")
def test_what_would_be_erased(
    signed_in: Callable[[User], Page], looked_at: Callable[[Page], None]
) -> None:
    who = people.people()
    party = invoicing.customer("Officine Brambilla S.r.l.", email="info@brambilla.example")
    contact = parties.contact(party, "Paola Riva")
    invoicing.due_item(party)
    page = signed_in(who.owner)
    for url in (
        f"/customers/{party.pk}/erase/",
        f"/customers/contacts/{contact.pk}/erase/",
        f"/settings/users/{who.technician.pk}/erase/",
    ):
        page.goto(url)
        looked_at(page)


def test_a_contact_is_erased_with_password_and_name(signed_in: Callable[[User], Page]) -> None:
    owner = people.people().owner
    owner.set_password(PASSWORD)
    owner.save()
    contact = parties.contact(parties.party("Officine Brambilla S.r.l."), "Paola Riva")
    page = signed_in(owner)
    page.goto(f"/customers/contacts/{contact.pk}/")
    page.get_by_role("link", name="Cancella i dati").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sono io").click()
    typed = page.locator("[name=name]")
    typed.fill("Paola Rivo")
    page.get_by_role("button", name="Cancella definitivamente").click()
    expect(page.get_by_text("Non è questo il nome.").first).to_be_visible()
    typed.fill("Paola Riva")
    page.get_by_role("button", name="Cancella definitivamente").click()
    expect(page).to_have_url(re.compile("/jobs/"))
    assert worker.drain()
    assert not Contact.objects.exists()
