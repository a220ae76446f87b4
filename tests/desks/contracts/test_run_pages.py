"""What pages and files of a run say about contracts."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests import markup
from tests.make import contracts as make
from tests.make import invoicing as ledger
from tests.people import people

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(people().owner)
    return client


def test_a_contract_without_lines_is_told_as_such(office: Client) -> None:
    make.line(make.contract(ledger.customer()))
    make.contract(ledger.customer())
    run = ledger.bill(day=DAY, through=DAY, issue_date=DAY)
    assert "Senza righe" in markup.get(office, reverse("invoicing:run", args=[run.pk])).text
    left = reverse("invoicing:run_left_out", args=[run.pk])
    found = markup.get(office, f"{left}?code=no_lines")
    assert len(found.all("tbody tr")) == 1


def test_the_file_of_a_preview_gives_numbers_of_contracts(office: Client) -> None:
    billed, empty = make.contract(ledger.customer()), make.contract(ledger.customer())
    make.line(billed)
    asked = "through=31/03/2026&issue_date=31/03/2026&format=xlsx"
    answer = office.get(f"{reverse('invoicing:run_preview')}?{asked}")
    content = b"".join(answer)  # type: ignore[call-overload]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert {row[4] for row in rows[1:]} == {billed.number, empty.number}
