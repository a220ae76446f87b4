"""axe finds nothing on the frame's own pages, in any theme, language or size."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests import people
from tests.browser.conftest import SignedIn

from canone.base.access import services as access
from canone.base.firm import services as firm
from canone.base.tasks.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
DOOR = ["account_login", "account_reset_password", "account_reset_password_done"]


@pytest.mark.usefixtures("language")
def test_the_door(page: Page, looked_at: Check) -> None:
    people.people()
    firm.revise(name="Lariotech Servizi S.r.l.", city="Como")
    for name in DOOR:
        page.goto(reverse(name))
        looked_at(page)
    page.goto(reverse("account_login"))
    page.fill("#id_login", "nobody@example.com")
    page.fill("#id_password", "wrong")
    page.click("[data-save]")
    page.wait_for_selector("[data-faults]")
    looked_at(page)


@pytest.mark.usefixtures("language")
def test_the_frame(signed_in: SignedIn, looked_at: Check) -> None:
    folk = people.people()
    now = timezone.now()
    access.update(user=folk.colleague, name="Carla Villa Rossi")
    job = Job.objects.create(
        kind="tasks.prune",
        created_at=now,
        due_at=now,
        user=folk.owner,
        state="running",
        started_at=now,
        done=203,
        total=812,
    )
    page = signed_in(folk.owner)
    for url in (
        "/",
        reverse("own"),
        reverse("firm"),
        reverse("people"),
        f"{reverse('people')}?text=nobody",
        reverse("person_new"),
        reverse("person", args=[folk.colleague.pk]),
        reverse("ui:jobs"),
        reverse("ui:job", args=[job.pk]),
        reverse("ui:search") + "?q=zz",
        reverse("ui:keys"),
        reverse("account_change_password"),
        reverse("mfa_index"),
        "/nowhere/",
    ):
        page.goto(url)
        looked_at(page)
    page.goto(reverse("person_new"))
    page.click("[data-save]")
    page.wait_for_selector("[data-faults]")
    looked_at(page)


def test_a_chosen_theme_holds_against_the_system_s(signed_in: SignedIn, theme: str) -> None:
    page = signed_in(people.people().owner)
    page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
