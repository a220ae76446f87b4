"""Signing in through a provider in a browser: the button, the way there, the way back."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from tests import people
from tests.config.oidc import issuer as issuers

from canone.base.access import services
from canone.config.oidc import asking

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


@pytest.mark.usefixtures("language")
def test_through_the_provider_and_back(page: Page, looked_at: Check, accessible: Check) -> None:
    user = people.people().technician
    asking.forget()
    with issuers.issuing() as (issuer, _little):
        said = services.Provider("Acme ID", issuer.url, issuers.CLIENT, issuers.SECRET)
        services.set_provider(said, at=timezone.now(), by=None)
        issuer.person |= {"email": "nobody@example.com"}
        page.goto(reverse("account_login"))
        looked_at(page)
        page.click("form[action$='/oidc/start/'] button")
        page.wait_for_url("**/oidc/callback/**")
        accessible(page)
        issuer.person |= {"email": user.email}
        page.click("a.btn-primary")
        page.click("form[action$='/oidc/start/'] button")
        page.wait_for_url(f"**{reverse('start')}")
        assert issuer.faults == []
        page.goto(reverse("oidc_again"))
        looked_at(page)


@pytest.mark.usefixtures("language")
def test_an_owner_enters_and_tries_it(signed_in: Callable[..., Page], looked_at: Check) -> None:
    page = signed_in(people.people().owner)
    asking.forget()
    with issuers.issuing() as (issuer, _little):
        page.goto(reverse("provider"))
        page.fill("[name=name]", "Acme ID")
        page.fill("[name=issuer]", issuer.url)
        page.fill("[name=client_id]", issuers.CLIENT)
        page.fill("[name=secret]", issuers.SECRET)
        page.click("[name=try]")
        page.wait_for_selector(".cn-note.is-done")
        looked_at(page)
        page.click("[data-save]")
        page.wait_for_selector("form[action$='/remove/']")
