"""axe finds nothing on the pages for programs: tokens, what the API can do, undelivered events."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from tests import people
from tests.browser.conftest import SignedIn

from canone.base.access import services as access
from canone.base.access.models import ApiToken
from canone.base.events.models import Delivery, Event

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


@pytest.mark.usefixtures("language")
def test_the_pages_for_programs(signed_in: SignedIn, looked_at: Check) -> None:
    folk = people.people()
    access.create_token(user=folk.owner, name="Import", scopes=["*"], at=timezone.now())
    event = Event.objects.create(kind="allowances.AllowanceLow", payload={})
    Delivery.objects.create(event=event, handler="x.y", state="dead", error="RuntimeError: x")
    page = signed_in(folk.owner)
    for name in ("tokens", "token_new", "undelivered", "api_page"):
        page.goto(reverse(name))
        looked_at(page)
    page.locator("details summary").first.click()
    looked_at(page)


def test_a_token_is_made_and_shown(signed_in: SignedIn, accessible: Check) -> None:
    folk = people.people()
    page = signed_in(folk.technician)
    page.goto(reverse("token_new"))
    page.fill("[name=name]", "Import")
    page.locator("[name=scopes][value='access.signed_in']").check()
    page.click("[data-save]")
    page.wait_for_selector("#token-text")
    assert page.input_value("#token-text").startswith(f"canone_{ApiToken.objects.get().prefix}_")
    accessible(page)
