"""Letterhead and templates of documents through the API: what their pages can do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import people
from tests.base.printing.test_printing import PNG
from tests.make import access

from canone.base.files.models import StoredFile
from canone.base.printing import queries, registry
from canone.base.printing.models import Letterhead, PrintTemplate

pytestmark = pytest.mark.django_db
HEAD, TEMPLATES = "/api/v1/letterhead", "/api/v1/print-templates"
KEY = "assistance/statement"
URL = f"{TEMPLATES}/{KEY}"


@pytest.fixture
def program(client: Client, settings: Any, tmp_path: Path) -> Client:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(people.people().owner)}"
    return client


def put(program: Client, url: str, **said: Any) -> Any:
    return program.put(url, json.dumps(said), content_type="application/json")


def upload(program: Client, name: str, content: bytes) -> Any:
    return program.post(f"{HEAD}/logo", {"logo": SimpleUploadedFile(name, content)})


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return [fault["field"] for fault in answer.json()["fields"]]


def test_footer_and_logo_change_each_on_its_own(program: Client) -> None:
    assert program.get(HEAD).json() == {"footer": "", "logo": ""}
    assert program.get(f"{HEAD}/logo").status_code == 404
    assert put(program, HEAD, footer="Cap. soc. 10.000 €").status_code == 200
    told = upload(program, "logo.png", PNG)
    assert told.json() == {"footer": "Cap. soc. 10.000 €", "logo": "logo.png"}
    assert put(program, HEAD, footer="Altro").json() == {"footer": "Altro", "logo": "logo.png"}
    shown: Any = program.get(f"{HEAD}/logo")
    assert b"".join(shown).startswith(b"\x89PNG")
    assert shown["Content-Type"] == "image/png"
    assert program.delete(f"{HEAD}/logo").status_code == 204
    assert program.get(HEAD).json() == {"footer": "Altro", "logo": ""}


def test_the_logo_is_checked_as_on_its_page(program: Client) -> None:
    for name, content in (
        ("a.svg", b"<svg/>"),
        ("a.png", b"x"),
        ("b.png", PNG[:40]),
        ("c.png", b""),
    ):
        assert faults(upload(program, name, content)) == ["logo"], name
    assert faults(program.post(f"{HEAD}/logo", {})) == ["logo"]
    assert faults(put(program, HEAD, footer="x" * 401)) == ["footer"]
    assert not Letterhead.objects.exists()
    assert not StoredFile.objects.exists()


def test_every_document_is_listed_with_a_sample(program: Client) -> None:
    listed = program.get(f"{TEMPLATES}?limit=200").json()["items"]
    keys = [document.key for document in registry.all_documents()]
    assert [row["key"] for row in listed] == [queries.LETTERHEAD, *keys]
    assert not any(row["is_own"] for row in listed)
    sample = program.get(f"{URL}/sample")
    assert sample.content.startswith(b"%PDF")
    assert sample["Content-Disposition"] == 'attachment; filename="statement.pdf"'


def test_a_template_is_replaced_and_given_back(program: Client) -> None:
    ours = program.get(URL).json()
    assert (ours["is_own"], ours["source"]) == (False, queries.shipped()[KEY])
    own = ours["source"].replace("\n", "\r\n") + "\nOwn words.\n"
    told = put(program, URL, source=own).json()
    assert (told["is_own"], told["delivered"]) == (True, ours["source"])
    assert told["source"] == ours["source"] + "\nOwn words.\n"
    assert program.delete(URL).status_code == 204
    assert program.get(URL).json() == ours


def test_a_template_that_cannot_be_set_is_told(program: Client) -> None:
    wrong = put(program, URL, source="#nonsense")
    assert faults(wrong) == ["source"]
    assert "nonsense" in wrong.json()["fields"][0]["detail"]
    assert faults(put(program, URL, source='#import "@preview/x:1.0.0"')) == ["source"]
    assert faults(put(program, URL, source="")) == ["source"]
    assert not PrintTemplate.objects.exists()


def test_there_is_nothing_at_another_name(program: Client) -> None:
    for method in ("get", "delete"):
        assert getattr(program, method)(f"{TEMPLATES}/no/such").status_code == 404
    assert put(program, f"{TEMPLATES}/no/such", source="x").status_code == 404
    assert program.get(f"{TEMPLATES}/{queries.LETTERHEAD}").status_code == 200
    assert program.get(f"{TEMPLATES}/{queries.LETTERHEAD}/sample").status_code == 404


def test_paper_belongs_to_the_owner(client: Client) -> None:
    colleague = people.people().colleague
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(colleague)}"
    for url in (HEAD, f"{HEAD}/logo", TEMPLATES, URL, f"{URL}/sample"):
        assert client.get(url).status_code == 403
    assert put(client, HEAD, footer="x").status_code == 403
    assert put(client, URL, source="x").status_code == 403
    assert upload(client, "logo.png", PNG).status_code == 403
    for url in (f"{HEAD}/logo", URL):
        assert client.delete(url).status_code == 403
