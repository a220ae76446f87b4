"""Erasing a customer: the foresight on every screen, the typed name, the work behind."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from tests import kit, people
from tests.make import invoicing, parties

from canone.base.access.models import User
from canone.base.tasks import worker
from canone.registers.parties.models import Contact

pytestmark = pytest.mark.django_db(transaction=True)


def confirmed(page: Page) -> Page:
    """Return the page of somebody who gave their password a moment ago."""
    kept = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = kept[settings.SESSION_COOKIE_NAME]
    kit.confirm(client)
    return page


@pytest.mark.usefixtures("language")
def test_what_would_be_erased(
    signed_in: Callable[[User], Page], looked_at: Callable[[Page], None]
) -> None:
    who = people.people()
    party = invoicing.customer("Officine Brambilla S.r.l.", email="info@brambilla.example")
    contact = parties.contact(party, "Paola Riva")
    invoicing.due_item(party)
    page = confirmed(signed_in(who.owner))
    for url in (
        f"/customers/{party.pk}/erase/",
        f"/customers/contacts/{contact.pk}/erase/",
        f"/settings/users/{who.technician.pk}/erase/",
    ):
        page.goto(url)
        looked_at(page)


def test_a_contact_is_erased_by_name(signed_in: Callable[[User], Page]) -> None:
    contact = parties.contact(parties.party("Officine Brambilla S.r.l."), "Paola Riva")
    page = confirmed(signed_in(people.people().owner))
    page.goto(f"/customers/contacts/{contact.pk}/")
    page.get_by_role("link", name="Cancella i dati").click()
    page.get_by_label("Nome, digitato di nuovo").fill("Paola Rivo")
    page.get_by_role("button", name="Cancella definitivamente").click()
    expect(page.locator("form")).to_contain_text("Non è questo il nome.")
    page.get_by_label("Nome, digitato di nuovo").fill("Paola Riva")
    page.get_by_role("button", name="Cancella definitivamente").click()
    page.wait_for_url("**/jobs/*/")
    worker.drain()
    assert not Contact.objects.exists()
