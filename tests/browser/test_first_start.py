"""From an empty folder to a firm whose owner may enter: each page looked at by axe."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page
from tests.make import smtp

from canone.base.access.models import User
from canone.base.firm import queries as firm
from canone.base.numbering.models import Counter
from canone.config import set_up

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


@pytest.fixture
def token() -> str:
    (Path(settings.DATA) / set_up.FILE).unlink(missing_ok=True)
    return set_up.token()


def test_a_firm_is_set_up(page: Page, accessible: Check, token: str) -> None:
    page.goto("/customers/")
    assert page.url.endswith(reverse("set_up"))
    accessible(page)

    page.goto(reverse("set_up_firm", args=[token]))
    page.fill("[name=name]", "Atelier Loire")
    page.fill("[name=vat_number]", "12345678901")
    page.click("[data-save]")
    page.wait_for_selector("[data-faults]")
    accessible(page)
    page.fill("[name=vat_number]", "FR40303265045")
    page.check("[name=country][value=fr]")
    page.click("[data-save]")
    page.wait_for_url("**/owner/")
    accessible(page)
    page.fill("[name=name]", "Sara Conti")
    page.fill("[name=email]", "sara@example.com")
    page.fill("[name=password]", "trois chevaux bleus")
    page.click("[data-save]")

    page.wait_for_url("**/set-up/mail/")
    with smtp.server() as running:
        page.fill("[name=host]", str(running.server_address[0]))
        page.fill("[name=port]", str(running.server_address[1]))
        page.select_option("[name=security]", "none")
        page.click("[name=try]")
        page.wait_for_selector(".cn-note.is-done")
        assert [to for to, _message in running.received] == ["sara@example.com"]
    accessible(page)
    page.click("[data-save]")
    page.wait_for_url("**/set-up/numbers/")
    accessible(page)
    page.click("[data-save]")
    page.wait_for_url("**/set-up/logo/")
    accessible(page)
    page.click(".cn-save a")
    page.wait_for_selector("#first-steps")
    accessible(page)
    assert page.locator("[aria-labelledby=first-steps] a").count() == 4
    assert (firm.firm().vat_number, Counter.objects.get().series) == ("40303265045", "FA")
    assert User.objects.get().may("access.settings")
    assert not (Path(settings.DATA) / set_up.FILE).exists()
