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

from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.services import outlooks

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


def test_the_file_of_what_is_to_invoice_gives_them_too(office: Client) -> None:
    contracts = [make.contract(ledger.customer()) for _number in range(2)]
    for contract in contracts:
        make.line(contract)
        make.line(contract)
    look = outlooks.begin(day=DAY, at=ledger.AT)
    while outlooks.advance(look.pk):
        pass
    outlooks.finish(look.pk, at=ledger.AT)
    answer = office.get(f"{reverse('invoicing:unbilled')}?format=csv")
    text = b"".join(answer).decode()  # type: ignore[call-overload]
    assert "contract:" not in text
    assert min(text.count(contract.number) for contract in contracts) > 1


def test_a_contract_leads_to_its_invoices(office: Client) -> None:
    contract = make.contract(ledger.customer(), start=date(2026, 10, 1), order_number="ORD/77")
    other = make.contract(ledger.customer(), start=date(2026, 10, 1))
    for one in (contract, other):
        make.line(one, description="Canone")
    late = date(2026, 11, 20)
    ledger.bill(day=late, through=late, issue_date=late)
    [invoice] = Document.objects.filter(bundle=contract.bundle)
    seen = markup.get(office, reverse("contracts:detail", args=[contract.pk]))
    cells = seen.all("a.cn-box")
    opened = reverse("invoicing:document", args=[invoice.pk])
    assert [cell["href"] for cell in cells] == [opened, opened]
    assert f"fattura {invoice.label} del 20/11/2026" in cells[0].text
    listed = f"{reverse('invoicing:documents')}?text={contract.number}&kind=invoice"
    assert listed in [link["href"] for link in seen.all("a[href]")]
    for text in (contract.number, "ord/77", f"77 {invoice.label}"):
        for name in ("documents", "due"):
            found = markup.get(office, f"{reverse(f'invoicing:{name}')}?text={text}")
            assert len(found.all("tbody tr")) == 1, (name, text)
    for text, count in ((contract.number, 1), ("ORD/77", 1), ("order", 0)):
        told = office.get(f"/api/v1/documents?q={text}").json()["items"]
        assert [row["id"] for row in told] == [invoice.pk][:count]


def test_what_is_charged_and_on_no_invoice_says_so(office: Client) -> None:
    contract = make.contract(ledger.customer(), start=date(2026, 11, 1))
    line = make.line(contract, description="Canone")
    ledger.charge(contract.customer, origin=f"line:{line.pk}:2026-11-01", amount_minor=10_000)
    seen = markup.get(office, reverse("contracts:detail", args=[contract.pk]))
    [cell] = seen.all("span.cn-box.is-billed")
    assert "su nessuna fattura emessa finora" in cell.text
