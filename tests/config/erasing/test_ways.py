"""Erasing by its pages and by the API: the name, the password, who may."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from tests.kit import confirm
from tests.make import access as users
from tests.make import parties
from tests.make.assistance import AFTER
from tests.people import People

from canone.base.access.models import User
from canone.base.tasks import worker
from canone.base.tasks.models import Job
from canone.config.erasing import subjects
from canone.config.erasing.services import erasing
from canone.registers.parties.models import Contact
from canone.registers.parties.rules.erasure import Of

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_foresees_asks_for_the_name_and_works_behind(who: People) -> None:
    party = parties.party("Alabastro S.r.l.")
    client = Client()
    client.force_login(who.owner)
    confirm(client)
    url = f"/customers/{party.pk}/erase/"
    page = client.get(url)
    assert page.status_code == 200
    assert "art. 2220" not in page.content.decode(), "there are no books of theirs"
    wrong = client.post(url, {"reason": "asked", "name": "Alabastro"})
    assert wrong.status_code == 422
    assert not Job.objects.exists()
    client.post(url, {"reason": "asked", "name": "Alabastro S.r.l."})
    job = Job.objects.get()
    assert job.label == f"party:{party.pk}"
    worker.drain()
    job.refresh_from_db()
    assert job.state == "done", job.error
    party.refresh_from_db()
    assert (party.name, party.is_active) == (f"Cancellato ({party.pk})", False)
    assert b"art. 2220" in client.get(url).content, "the journal's fact is one"


def test_nobody_is_erased_who_was_not_confirmed(who: People) -> None:
    party = parties.party("Alabastro S.r.l.")
    owner = User.objects.get(pk=who.owner.pk)
    owner.set_password("a long password")
    owner.save()
    client = Client()
    client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[-1])
    answer = client.post(
        f"/customers/{party.pk}/erase/", {"reason": "asked", "name": "Alabastro S.r.l."}
    )
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not Job.objects.exists()
    client.force_login(who.colleague)
    assert client.get(f"/customers/{party.pk}/erase/").status_code == 404


def test_an_owner_erases_neither_themselves_nor_the_last_one(who: People) -> None:
    client = Client()
    client.force_login(who.owner)
    confirm(client)
    assert client.get(f"/settings/users/{who.owner.pk}/erase/").status_code == 302
    other = subjects.find(Of.USER, who.owner.pk, at=AFTER)
    with pytest.raises(erasing.RefusedError):
        erasing.refuse(other, who.colleague.pk)


def test_the_api_foresees_and_erases(who: People) -> None:
    party = parties.party("Alabastro S.r.l.")
    contact = parties.contact(party, "Paola Riva")
    client = Client(headers={"authorization": f"Bearer {users.token(who.owner)}"})
    url = f"/api/v1/contacts/{contact.pk}/erasure"
    told = client.get(url).json()
    assert {line["code"]: line["fate"] for line in told["lines"]}["contact"] == "erased"
    body = {"reason": "asked", "name": "Paola Riv"}
    assert client.post(url, body, content_type="application/json").status_code == 422
    body["name"] = "Paola Riva"
    answer = client.post(url, body, content_type="application/json")
    assert (answer.status_code, answer.json()["kind"]) == (202, "config.erase")
    worker.drain()
    assert not Contact.objects.exists()
    assert client.get(f"/api/v1/parties/{party.pk}/erasure").json()["open"] == []
    mine = f"/api/v1/users/{who.owner.pk}/erasure"
    body["name"] = who.owner.name
    assert client.post(mine, body, content_type="application/json").status_code == 409
