import re
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from pytest_django.fixtures import Settings
from tests import people

from canone.base.access import services as access
from canone.base.access.functions import SIGNED_IN
from canone.ui import errors
from canone.ui.pages import page

pytestmark = pytest.mark.django_db


@page(SIGNED_IN)
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the boiler is out")


@page(SIGNED_IN)
def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the server closed the connection unexpectedly")


handler404 = errors.not_found
handler500 = errors.failed
urlpatterns = [
    path("broken/", broken),
    path("away/", away),
    path("", include("canone.config.urls")),
]


@pytest.fixture
def signed_in(client: Client, settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    client.force_login(people.people().owner)
    client.raise_request_exception = False
    return client


def test_what_is_missing_keeps_the_frame(signed_in: Client) -> None:
    answer = signed_in.get("/nowhere/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "cn-areas" in page
    assert "Questa pagina non c’è" in page


def test_a_failure_has_a_reference_that_the_log_has_too(
    signed_in: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = signed_in.get("/broken/")
    page = answer.content.decode()
    assert answer.status_code == 500
    found = re.search(r"<b>([A-Z]\d-\d{4})</b>", page)
    assert found
    assert found[1] in caplog.text
    assert "cn-areas" in page
    assert "boiler" not in page


def test_a_failure_of_the_frame_too_still_has_a_page(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(*_: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr("canone.ui.menu.shown", out)
    answer = signed_in.get("/broken/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Qualcosa non ha funzionato" in page
    assert "cn-areas" not in page


def test_a_database_that_is_away_is_no_fault_of_the_page(signed_in: Client) -> None:
    answer = signed_in.get("/away/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Riprovi tra un momento" in answer.content.decode()
    assert "connection" not in answer.content.decode()
    answer = signed_in.get("/away/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (503, b"")


def test_htmx_gets_the_status_alone(signed_in: Client) -> None:
    answer = signed_in.get("/nowhere/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (404, b"")


def test_an_old_form_is_told_as_such(settings: Settings) -> None:
    owner = people.people().owner
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    answer = client.post(reverse("own"), {"name": "Olga"})
    assert answer.status_code == 403
    assert "Questo modulo è troppo vecchio" in answer.content.decode()


def test_too_many_attempts_close_the_door_for_a_while(client: Client, settings: Settings) -> None:
    owner = people.people().owner
    access.set_password(user=owner, password="montagna-lago-7")
    settings.AXES_FAILURE_LIMIT = 3
    typed = {"login": owner.email, "password": "wrong"}
    language = {"Accept-Language": "fr"}
    for _ in range(3):
        answer = client.post(reverse("account_login"), typed, headers=language)
    assert answer.status_code == 429
    assert "15 minutes" in answer.content.decode()
    right = {"login": owner.email, "password": "montagna-lago-7"}
    assert client.post(reverse("account_login"), right).status_code == 429


def test_the_language_is_the_persons_then_the_browsers(client: Client) -> None:
    owner = people.people().owner
    page = client.get(reverse("account_login"), headers={"Accept-Language": "fr"})
    assert '<html lang="fr"' in page.content.decode()
    access.update(user=owner, language="en")
    client.force_login(owner)
    page = client.get("/", headers={"Accept-Language": "fr"})
    assert '<html lang="en"' in page.content.decode()


def test_nobody_signs_up(client: Client) -> None:
    people.people()
    answer = client.get(reverse("account_signup"), headers={"Accept-Language": "it"})
    assert "Nessuna registrazione" in answer.content.decode()
    sent = {"email": "x@example.com", "password1": "montagna-lago-7"}
    client.post(reverse("account_signup"), sent)
    assert not people.User.objects.filter(email="x@example.com").exists()
