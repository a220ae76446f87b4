"""Documents of a customer and who sees it in the portal, through the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.make import parties as make
from tests.people import People, people
from tests.registers.parties.test_api import ROOT, Caller

from canone.base.access import services as access
from canone.registers.parties.models import Document, Party, PortalLogin

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def who(settings: Any, tmp_path: Path) -> People:
    settings.FILES = tmp_path / "files"
    return people()


@pytest.fixture
def party() -> Party:
    return make.party("Alabastro S.r.l.")


def upload(call: Caller, party: Party, name: str, content: bytes, **fields: str) -> Any:
    sent = {"file": SimpleUploadedFile(name, content), **fields}
    return call.client.post(f"{ROOT}/parties/{party.pk}/documents", sent)


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return [fault["field"] for fault in answer.json()["fields"]]


def test_a_document_is_added_fetched_and_removed(who: People, party: Party) -> None:
    call = Caller(who.owner)
    made = upload(call, party, "contratto.pdf", PDF, title="Contratto firmato")
    assert made.status_code == 201
    told = made.json()
    assert (told["title"], told["file"], told["size"]) == ("Contratto firmato", "contratto.pdf", 15)
    assert upload(call, party, "altro.pdf", PDF).json()["title"] == "altro.pdf"
    listed = call("get", f"/parties/{party.pk}/documents").json()["items"]
    assert [row["title"] for row in listed] == ["altro.pdf", "Contratto firmato"]
    path = f"/party-documents/{told['id']}"
    assert b"".join(call("get", f"{path}/file")) == PDF
    assert call("delete", path).status_code == 204
    assert call("delete", path).status_code == call("get", f"{path}/file").status_code == 404
    assert Document.objects.count() == 1


def test_a_file_that_cannot_be_taken_is_told(who: People, party: Party) -> None:
    call = Caller(who.owner)
    for name, content in (("a.exe", b"MZ"), ("a.pdf", b"<html>"), ("b.pdf", b"")):
        assert faults(upload(call, party, name, content)) == ["file"], name
    assert faults(upload(call, party, "a.pdf", PDF, title="x" * 151)) == ["title"]
    assert faults(call.client.post(f"{ROOT}/parties/{party.pk}/documents", {})) == ["file"]
    assert not Document.objects.exists()


def test_a_title_that_no_database_can_hold_is_refused(who: People, party: Party) -> None:
    answer = upload(Caller(who.owner), party, "a.pdf", PDF, title="Contratto\0firmato")
    assert (answer.status_code, answer.json().get("error")) == (400, "bad_request")
    assert not Document.objects.exists()


def test_a_form_that_is_none_is_refused(who: People, party: Party) -> None:
    call = Caller(who.owner)
    path, kind = f"{ROOT}/parties/{party.pk}/documents", "multipart/form-data"
    answer = call.client.post(path, b"nothing of a form", content_type=kind)
    assert (answer.status_code, answer.json().get("error")) == (400, "bad_request")


def test_somebody_is_let_into_the_portal_and_out_again(who: People, party: Party) -> None:
    call, path = Caller(who.owner), f"/parties/{party.pk}/logins"
    for _time in (1, 2):
        made = call("post", path, user_id=who.customer.pk)
        assert (made.status_code, made.json()["email"]) == (201, "customer@example.com")
    assert call("get", path).json()["items"] == [made.json()]
    for wrong in (who.technician.pk, 999_999):
        assert faults(call("post", path, user_id=wrong)) == ["user_id"]
    assert call("delete", f"{path}/{who.customer.pk}").status_code == 204
    assert call("delete", f"{path}/{who.customer.pk}").status_code == 404
    access.deactivate(user=who.customer, at=who.customer.date_joined, by=None)
    assert faults(call("post", path, user_id=who.customer.pk)) == ["user_id"]
    assert not PortalLogin.objects.exists()


def test_a_technician_adds_and_ties_nothing(who: People, party: Party) -> None:
    row = upload(Caller(who.owner), party, "contratto.pdf", PDF).json()["id"]
    call = Caller(who.technician)
    assert upload(call, party, "altro.pdf", PDF).status_code == 403
    assert call("get", f"/parties/{party.pk}/documents").status_code == 403
    assert call("get", f"/party-documents/{row}/file").status_code == 403
    assert call("delete", f"/party-documents/{row}").status_code == 403
    path = f"/parties/{party.pk}/logins"
    assert call("get", path).status_code == 403
    assert call("post", path, user_id=who.customer.pk).status_code == 403
    assert call("delete", f"{path}/{who.customer.pk}").status_code == 403
