import re
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.make import catalog
from tests.make import invoicing as make

from canone.ledgers.invoicing.models import Charge, Document
from canone.ledgers.invoicing.services import versions
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
DOCS = "/invoicing/documents/"
NEW = f"{DOCS}new/"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("drafts", "draft_forms", "documents", "document", "credit_notes"):
        path = f"canone.ledgers.invoicing.web.{module}.today"
        monkeypatch.setattr(path, lambda: make.DAY)


@pytest.fixture
def office(client: Client) -> Client:
    who = people.people().colleague
    who.language = "en"
    who.save()
    client.force_login(who)
    return client


def filled(of: Party, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "customer": of.pk,
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": 0,
    }
    for number, line in enumerate(lines):
        data |= {f"lines-{number}-{name}": value for name, value in line.items()}
    return data | fields


def line(**fields: Any) -> dict[str, Any]:
    given = {"description": "Consulenza", "quantity": "2", "unit": "h", "unit_price": "50"}
    return given | {"vat": catalog.vat().pk} | fields


def test_a_draft_takes_lines_and_ticked_charges(office: Client) -> None:
    customer = make.customer("Acme S.r.l.")
    mine, other = make.charge(customer), make.charge(customer)
    page = office.get(f"{NEW}?customer={customer.pk}").content.decode()
    assert page.count('name="charges"') == 2
    data = filled(customer, line(discount="10"), {"description": ""}, charges=[mine.pk])
    answer = office.post(NEW, data)
    row = Document.objects.get()
    assert answer["Location"] == f"{DOCS}{row.pk}/"
    assert row.net.minor == 9_000 + 4_400
    assert Charge.objects.get(pk=mine.pk).document == row.key
    assert Charge.objects.get(pk=other.pk).document == ""


def test_faults_stand_at_their_lines_and_what_was_typed_stays(office: Client) -> None:
    customer = make.customer()
    data = filled(customer, line(unit_price=""), line(description="", unit_price="7"))
    answer = office.post(NEW, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write the price" in page
    assert "Say what is charged" in page
    assert 'value="Consulenza"' in page
    assert not Document.objects.exists()


def test_an_empty_draft_is_refused(office: Client) -> None:
    answer = office.post(NEW, filled(make.customer(), {"description": ""}))
    assert answer.status_code == 422
    assert "at least one line" in answer.content.decode()


def test_more_lines_keep_what_was_typed(office: Client) -> None:
    page = office.post(NEW, filled(make.customer(), line(), more="1")).content.decode()
    assert page.count("-description") >= 4
    assert 'value="Consulenza"' in page
    assert not Document.objects.exists()


def test_the_total_is_worked_out_while_typing(office: Client) -> None:
    customer = make.customer("Acme S.r.l.")
    charge = make.charge(customer, vat_id=catalog.vat().pk)
    data = filled(customer, line(), charges=[charge.pk])
    page = office.post(f"{DOCS}preview/", data, headers={"HX-Request": "true"}).content.decode()
    assert "€144.00" in page
    assert "€175.68" in page
    assert not Document.objects.exists()


def test_a_draft_is_edited_and_gives_charges_back(office: Client) -> None:
    customer = make.customer()
    charge = make.charge(customer)
    office.post(NEW, filled(customer, line(), charges=[charge.pk]))
    row = Document.objects.get()
    page = office.get(f"{DOCS}{row.pk}/edit/").content.decode()
    assert 'value="Consulenza"' in page
    assert re.search(rf'value="{charge.pk}" checked', page)
    office.post(f"{DOCS}{row.pk}/edit/", filled(customer, line(unit_price="60")))
    row.refresh_from_db()
    assert row.net.minor == 12_000
    assert Charge.objects.get(pk=charge.pk).document == ""


def test_issue_asks_and_gives_the_number(office: Client) -> None:
    row = make.draft_document()
    page = office.get(f"{DOCS}{row.pk}/issue/").content.decode()
    assert "cannot be given back" in page
    assert "€122.00" in page
    office.post(f"{DOCS}{row.pk}/issue/")
    row.refresh_from_db()
    assert row.label == "FT/2026/1"
    assert office.get(f"{DOCS}{row.pk}/edit/").status_code == 404


def test_what_keeps_a_draft_back_is_said(office: Client) -> None:
    row = make.draft_document(make.customer(is_blocked=True))
    answer = office.post(f"{DOCS}{row.pk}/issue/")
    assert "The customer is blocked" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == Document.State.DRAFT


def test_a_draft_is_deleted_after_asking(office: Client) -> None:
    customer = make.customer()
    charge = make.charge(customer)
    office.post(NEW, filled(customer, charges=[charge.pk]))
    row = Document.objects.get()
    assert "to invoice again" in office.get(f"{DOCS}{row.pk}/delete/").content.decode()
    assert Document.objects.exists()
    office.post(f"{DOCS}{row.pk}/delete/")
    assert not Document.objects.exists()
    assert Charge.objects.get(pk=charge.pk).document == ""


def test_a_pro_forma_becomes_an_invoice(office: Client) -> None:
    customer = make.customer()
    office.post(f"{NEW}?kind=pro_forma", filled(customer, line()))
    row = Document.objects.get()
    assert row.kind == Document.Kind.PRO_FORMA
    office.post(f"{DOCS}{row.pk}/issue/")
    assert "Make it an invoice" in office.get(f"{DOCS}{row.pk}/").content.decode()
    answer = office.post(f"{DOCS}{row.pk}/invoice/")
    made = Document.objects.get(source=row.pk)
    assert answer["Location"] == f"{DOCS}{made.pk}/"
    assert made.net.minor == 10_000
    again = office.post(f"{DOCS}{row.pk}/invoice/", follow=True)
    assert "has become an invoice already" in again.content.decode()


def test_a_refused_number_is_corrected(office: Client) -> None:
    row = make.invoice()
    versions.refuse(document_id=row.pk, reason="00305", at=make.AT, by=None)
    answer = office.post(f"{DOCS}{row.pk}/correct/")
    draft = Document.objects.get(version=2)
    assert answer["Location"] == f"{DOCS}{draft.pk}/"
    office.post(f"{DOCS}{draft.pk}/issue/")
    draft.refresh_from_db()
    assert draft.label == row.label


def test_a_credit_note_of_a_part_is_settled(office: Client) -> None:
    row = make.invoice()
    (only,) = row.lines.all()
    page = office.get(f"{DOCS}{row.pk}/credit/").content.decode()
    assert "Settle for good" in page
    given = {"mode": "settle", "reason": "Cortesia", f"take{only.pk}": "on"}
    answer = office.post(f"{DOCS}{row.pk}/credit/", given | {f"amount{only.pk}": "40,00"})
    note = Document.objects.get(kind=Document.Kind.CREDIT_NOTE)
    assert answer["Location"] == f"{DOCS}{note.pk}/"
    assert note.net.minor == 4_000
    assert note.reason == "Cortesia"
    page = office.get(f"{DOCS}{row.pk}/credit/").content.decode()
    assert "€60.00" in page


def test_a_credit_note_that_releases_opens_the_charge(office: Client) -> None:
    customer = make.customer()
    make.charge(customer, vat_id=catalog.vat().pk)
    make.bill()
    row = Document.objects.get()
    (only,) = row.lines.all()
    given = {"mode": "release", "reason": "Errata", f"take{only.pk}": "on"}
    partly = office.post(f"{DOCS}{row.pk}/credit/", given | {f"amount{only.pk}": "10,00"})
    assert "billed again only whole" in partly.content.decode()
    office.post(f"{DOCS}{row.pk}/credit/", given | {f"amount{only.pk}": "44,00"})
    assert Charge.objects.filter(document="", is_reversal=False).count() == 1


def test_a_credit_note_needs_a_line_and_a_reason(office: Client) -> None:
    row = make.invoice()
    answer = office.post(f"{DOCS}{row.pk}/credit/", {"mode": "settle", "reason": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Tick what is credited." in page
    assert not Document.objects.filter(kind=Document.Kind.CREDIT_NOTE).exists()
