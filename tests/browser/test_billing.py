"""The demo firm is billed before a real Chromium: from the preview to the ZIP of the invoices."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser.walker import Walker, work

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.ledgers.invoicing.models import BillingRun, Document
from canone.ledgers.invoicing.services import papers

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.parametrize("language", ["it"], indirect=True),
]


def test_from_the_preview_to_the_zip(
    signed_in: Callable[[User], Page],
    language: str,
    accessible: Callable[[Page], None],
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.DATA, settings.FILES = tmp_path, tmp_path / "files"
    call_command("demo_load", country="it", stdout=StringIO())
    office = User.objects.filter(grants__role=Role.BACK_OFFICE).earliest("pk")
    page = signed_in(office)
    walker = Walker(page, language, accessible, is_watched=True)
    walker.go(reverse("invoicing:run_new"))
    walker.press("Show the preview")
    issue = page.get_by_role("button", name=re.compile(r"^Emetti \d+"))
    expect(issue).to_be_visible()
    (count,) = map(int, re.findall(r"\d+", issue.inner_text()))
    assert count
    issue.click()
    page.wait_for_url(re.compile(r"/invoicing/runs/\d+/"))
    work()
    run = BillingRun.objects.latest("pk")
    rows = list(Document.objects.filter(run=run).order_by("series", "number"))
    assert len(rows) == run.documents_made == count
    walker.go(reverse("invoicing:run_documents", args=[run.pk]))
    zip_words = f"{walker.say('Make the ZIP')}: {walker.say('All PDFs in one ZIP')}"
    page.get_by_role("button", name=zip_words).click()
    page.wait_for_load_state()
    walker.see()
    work()
    walker.go(reverse("invoicing:run", args=[run.pk]))
    with page.expect_download() as loading:
        page.get_by_role("link", name=walker.say("Download")).click()
    path = tmp_path / "fetched.zip"
    loading.value.save_as(path)
    assert loading.value.suggested_filename.endswith(".zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [papers.file_name(row) for row in rows]
        for row in rows:
            with archive.open(papers.file_name(row)) as file, pikepdf.open(file) as pdf:
                assert row.label in str(pdf.docinfo["/Title"])
                assert len(pdf.pages) >= 1
