"""axe finds nothing on the pages of webhooks, with a log that tells of good and bad answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from tests import people
from tests.browser.conftest import SignedIn
from tests.make import webhooks

from canone.channels.webhooks.models import Delivery, Hook
from canone.channels.webhooks.services import delivering

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
OUTCOMES = (
    delivering.Outcome(200, "", 84, b'{"accepted": true}'),
    delivering.Outcome(503, "", 1213, b"Maintenance until 6:00"),
)


def told(hook: Hook) -> Delivery:
    """Return a delivery that was refused once, beside one that was taken."""
    webhooks.party("Officine Brambilla")
    webhooks.party("Pasticceria Alabastro")
    moment = webhooks.AT
    for outcome in OUTCOMES:
        moment += timedelta(minutes=1)
        for parcel in delivering.parcels(busy=(), among=[hook.pk], at=moment):
            delivering.record(parcel, outcome, at=moment)
    return Delivery.objects.filter(hook=hook).latest("pk")


@pytest.mark.usefixtures("language")
def test_the_pages_of_webhooks(signed_in: SignedIn, looked_at: Check) -> None:
    owner = people.people().owner
    page = signed_in(owner)
    page.goto(reverse("webhooks:list"))
    looked_at(page)
    hook, _secret = webhooks.hook(by=owner)
    delivery = told(hook)
    for name in ("list", "new"):
        page.goto(reverse(f"webhooks:{name}"))
        looked_at(page)
    for name in ("show", "log", "edit", "secret", "period", "remove"):
        page.goto(reverse(f"webhooks:{name}", args=[hook.pk]))
        looked_at(page)
    page.goto(reverse("webhooks:delivery", args=[hook.pk, delivery.pk]))
    looked_at(page)


def test_a_webhook_is_registered_and_its_secret_shown(
    signed_in: SignedIn, accessible: Check
) -> None:
    page = signed_in(people.people().owner)
    page.goto(reverse("webhooks:new"))
    page.fill("[name=name]", "Gestionale")
    page.fill("[name=url]", "https://erp.example.com/canone")
    page.locator("[name=facts]").first.check()
    page.click("[data-save]")
    page.wait_for_selector("input[value^=whsec_]")
    assert Hook.objects.get().name == "Gestionale"
    accessible(page)
