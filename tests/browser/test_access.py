"""Invitation, second factor and sessions in a browser; each page looked at by axe."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from tests import people

from canone.base.access import services
from canone.base.access.functions import Role

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
PASSWORD = "tre cavalli blu"


def code(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


def test_invited_with_a_second_factor(page: Page, accessible: Check) -> None:
    colleague = people.people().colleague
    now = timezone.now()
    services.ask_second_factor(roles=[Role.BACK_OFFICE], at=now, by=None)
    _made, secret = services.invite(user=colleague, at=now, by=None)

    page.goto(reverse("invitation", args=[secret]))
    accessible(page)
    page.fill("[name=password]", PASSWORD)
    page.click("[data-save]")
    page.wait_for_url(f"**{reverse('mfa_index')}")
    accessible(page)
    page.goto(reverse("mfa_add_webauthn"))
    accessible(page)
    page.goto(reverse("mfa_activate_totp"))
    accessible(page)
    page.fill("[name=code]", "000000")
    page.click("[data-save]")
    page.wait_for_selector("#id_code_error")
    shared = page.input_value("#totp-secret")
    page.fill("[name=code]", code(shared))
    page.click("[data-save]")
    page.wait_for_selector("#recovery-codes")
    accessible(page)
    spare = page.input_value("#recovery-codes").split()[0]
    for name in ("mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "own_sessions"):
        page.goto(reverse(name))
        accessible(page)

    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.fill("#id_login", colleague.email)
    page.fill("#id_password", PASSWORD)
    page.click("[data-save]")
    page.wait_for_url(f"**{reverse('mfa_authenticate')}")
    accessible(page)
    page.fill("[name=code]", spare)
    page.click("[data-save]")
    page.wait_for_selector('#main h1:text("Carla")')
    page.goto(reverse("account_reauthenticate"))
    accessible(page)
    page.goto(reverse("mfa_reauthenticate"))
    accessible(page)


def test_a_user_with_invitation_and_sessions(
    signed_in: Callable[..., Page], looked_at: Check
) -> None:
    folk = people.people()
    services.invite(user=folk.technician, at=timezone.now(), by=folk.owner.pk)
    page = signed_in(folk.owner)
    page.goto(reverse("own_sessions"))
    looked_at(page)
    page.goto(reverse("person", args=[folk.technician.pk]))
    looked_at(page)
    page.click("[name=by][value=hand]")
    page.wait_for_selector("#entry-link")
    looked_at(page)
    page.goto(page.input_value("#entry-link")[:-2] + "/")
    looked_at(page)


def test_a_passkey_alone_opens_the_door(page: Page, accessible: Check) -> None:
    owner = people.people().owner
    services.set_password(user=owner, password=PASSWORD)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    page.goto(reverse("account_login"))
    page.fill("#id_login", owner.email)
    page.fill("#id_password", PASSWORD)
    page.click("[data-save]")
    page.wait_for_selector("#main h1")
    page.goto(reverse("mfa_add_webauthn"))
    if page.locator("[name=password]").count():  # signed in too long ago
        page.fill("[name=password]", PASSWORD)
        page.click("[data-save]")
    page.fill("[name=name]", "Chiave")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_selector("#recovery-codes")

    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.click("#passkey_login")
    page.wait_for_selector('#main h1:text("Olga")')
    page.goto(reverse("mfa_list_webauthn"))
    assert "Chiave" in page.inner_text("#main")
    accessible(page)
