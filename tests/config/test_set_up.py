"""A new firm: the secret address, firm, owner, the steps behind it, and that it happens once."""

import stat
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from tests import people
from tests.make import access, catalog, connectors, parties

from canone.base.access import services
from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.firm import queries as firm
from canone.base.printing.models import Letterhead
from canone.config import first_steps, set_up
from canone.registers.catalog.models import VatRate

pytestmark = pytest.mark.django_db
SECRET = Path(django_settings.DATA) / set_up.FILE
OWNER = {"name": "Sara Conti", "email": "Sara@Example.com", "password": "tre cavalli blu"}
FRENCH = {"name": "Atelier Loire", "country": "fr", "vat_number": "", "city": "Nantes"}


@pytest.fixture
def token() -> str:
    SECRET.unlink(missing_ok=True)
    return set_up.token()


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/customers/", "/nowhere/"])
def test_every_page_leads_to_the_set_up(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == reverse("set_up")


def test_machines_are_answered_as_ever(client: Client) -> None:
    assert client.get("/healthz").status_code in (200, 503)
    assert client.get("/api/v1/me").status_code == 401


def test_the_page_without_the_secret_says_where_it_is(client: Client, token: str) -> None:
    page = client.get(reverse("set_up")).content.decode()
    assert "<strong>set-up</strong>" in page
    assert token not in page
    assert stat.S_IMODE(SECRET.stat().st_mode) == 0o600


def test_another_secret_opens_nothing(client: Client, token: str) -> None:
    assert client.get(reverse("set_up_firm", args=[token[:-1]])).status_code == 404
    SECRET.unlink()
    assert client.get(reverse("set_up_firm", args=[token])).status_code == 404


def test_a_firm_is_set_up_once(client: Client, token: str) -> None:
    address = reverse("set_up_firm", args=[token])
    assert client.get(reverse("set_up_owner", args=[token]))["Location"] == address
    assert client.post(address, FRENCH).status_code == 302
    ours = firm.firm()
    assert (ours.name, ours.time_zone, ours.language) == ("Atelier Loire", "Europe/Paris", "fr")

    sent = client.post(reverse("set_up_owner", args=[token]), OWNER)
    assert sent["Location"] == reverse("set_up_mail")
    owner = User.objects.get()
    assert {(vat.code, vat.country) for vat in VatRate.objects.all()} >= {
        ("FR20", "fr"),
        ("FR55", "fr"),
    }
    assert not VatRate.objects.filter(country="it").exists()
    assert (owner.email, owner.roles) == ("sara@example.com", {Role.OWNER})
    assert owner.check_password(OWNER["password"])
    assert not SECRET.exists()
    assert client.get(reverse("set_up_mail")).status_code == 200
    assert 'value="FA"' in client.get(reverse("set_up_numbers")).content.decode()
    new = client.get("/customers/new/").context["form"]
    assert (new["country"].value(), new["language"].value()) == ("FR", "fr")

    SECRET.write_text(token)
    for name in ("set_up_firm", "set_up_owner"):
        assert client.post(reverse(name, args=[token]), OWNER).status_code == 404
    assert client.get(reverse("set_up")).status_code == 404
    assert not SECRET.exists()
    with pytest.raises(services.AlreadySetUpError):
        services.create_first(**OWNER, at=owner.date_joined)


def test_faults_of_the_firm_stand_at_once_and_input_is_kept(client: Client, token: str) -> None:
    typed = {"name": "", "country": "it", "vat_number": "12345678901", "city": "Como"}
    page = client.post(reverse("set_up_firm", args=[token]), typed)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"name", "vat_number"}
    assert 'value="12345678901"' in page.content.decode()


@pytest.mark.parametrize("password", ["corto", "1234567890", "passwordpassword"])
def test_a_short_or_common_password_is_refused(client: Client, token: str, password: str) -> None:
    client.post(reverse("set_up_firm", args=[token]), FRENCH)
    page = client.post(reverse("set_up_owner", args=[token]), OWNER | {"password": password})
    if password == "passwordpassword":  # long, and not on the list: no folklore about repetition
        assert page.status_code == 302
        return
    assert set(page.context["form"].errors) == {"password"}
    assert not User.objects.exists()


def test_the_steps_behind_can_be_done_or_skipped(client: Client) -> None:
    client.force_login(people.people().owner)
    page = client.get(reverse("set_up_mail"))
    assert page.context["buttons"].cancel == reverse("set_up_numbers")
    sent = client.post(reverse("set_up_numbers"), {"series": "ft", "number": "0", "day": ""})
    assert sent["Location"] == reverse("set_up_logo")
    assert client.post(reverse("set_up_logo"), {"footer": "Capitale 10.000 €"})["Location"] == "/"
    assert Letterhead.objects.get().footer == "Capitale 10.000 €"
    client.force_login(access.user(Role.BACK_OFFICE))
    assert client.get(reverse("set_up_mail")).status_code == 404


def test_where_the_environment_names_the_mail_server_the_step_is_left_out(
    client: Client, settings: object
) -> None:
    settings.MAIL_SERVER = {"host": "127.0.0.1", "port": 1}  # type: ignore[attr-defined]
    client.force_login(people.people().owner)
    assert client.get(reverse("set_up_mail"))["Location"] == reverse("set_up_numbers")


def test_first_steps_go_away_when_they_are_done(client: Client) -> None:
    owner = access.user(Role.OWNER)
    assert len(first_steps.waiting(owner)) == 5
    client.force_login(owner)
    assert len(client.get("/").context["first_steps"]) == 5
    parties.party()
    catalog.tariff()
    connectors.source()
    colleague = access.user(Role.BACK_OFFICE)
    left = first_steps.waiting(owner)
    assert [step.url_name for step in left] == ["mail_server"]
    assert first_steps.waiting(colleague) == []
