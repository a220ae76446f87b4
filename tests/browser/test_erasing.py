"""Erasing a customer: the foresight on every screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests import people
from tests.make import invoicing, parties

from canone.base.access.models import User

pytestmark = pytest.mark.django_db(transaction=True)


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
