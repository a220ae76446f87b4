"""The papers of a run and the mail of a document, on every screen and in every language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests import people
from tests.browser.walker import work
from tests.make import catalog, invoicing

from canone.base.access.models import User
from canone.base.mail.models import OutgoingMail
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.services import mailing, packets

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("language")
def test_papers_and_mail_are_for_everybody(
    signed_in: Callable[[User], Page],
    looked_at: Callable[[Page], None],
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.DATA, settings.FILES = tmp_path, tmp_path / "files"
    who = people.people().owner
    for number in range(3):
        email = f"c{number}@example.com" if number else ""
        customer = invoicing.customer(f"Officine Meccaniche {number} S.r.l.", email=email)
        invoicing.charge(customer, vat_id=catalog.vat().pk)
    run = invoicing.bill()
    packets.start("zip", run_id=run.pk, at=invoicing.AT, by=who.pk)
    work()
    packets.start("print", run_id=run.pk, at=invoicing.AT, by=who.pk)
    row = Document.objects.filter(run=run).latest("number")
    to = mailing.Message(["a@example.com", "b@example.com"])
    first, _second = mailing.send(row.pk, to, key="x", at=invoicing.AT, by=who.pk)
    OutgoingMail.objects.filter(pk=first.pk).update(state="failed", error="550 no such user here")
    page = signed_in(who)
    for address in (
        f"/invoicing/runs/{run.pk}/",
        f"/invoicing/runs/{run.pk}/documents/",
        f"/invoicing/documents/{row.pk}/",
        f"/invoicing/documents/{row.pk}/mail/",
    ):
        page.goto(address)
        looked_at(page)
