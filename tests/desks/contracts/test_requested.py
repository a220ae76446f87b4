"""Lines that are billed on request: by hand from the contract, with what it charges by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from tests import markup, people
from tests.make import catalog
from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.services import contracts, lines
from canone.desks.contracts.web import looks
from canone.kernel.money import UnitPrice
from canone.ledgers.invoicing.models import Charge, Document

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"at": make.AT, "by": None}
DAY = "2026-06-15"


@pytest.fixture
def office(client: Client) -> Client:
    with time_machine.travel("2026-06-15 10:00", tick=False):
        client.force_login(people.people().colleague)
        client.cookies["django_language"] = "it"
        yield client


def asked(contract: Contract | None = None, **fields: Any) -> Line:
    given = {"description": "Intervento del {from}", "is_on_request": True, "price": "80.00"}
    return make.line(contract or make.contract(ledger.customer()), **given | fields)


def url(line: Line, name: str = "line_bill") -> str:
    return reverse(f"contracts:{name}", args=[line.pk])


def form_of(client: Client, line: Line) -> dict[str, Any]:
    form = client.get(url(line)).context["form"]
    return {name: str(form[name].value() or "") for name in form.fields}


def bill(day: str) -> None:
    on = date.fromisoformat(day)
    ledger.bill(day=on, through=on, issue_date=on)


def test_it_goes_on_the_invoice_of_its_contract_and_no_run_takes_it_back(office: Client) -> None:
    article = catalog.article()
    contract = make.contract(ledger.customer(), is_own_invoice=True, cig="Z123456789")
    make.line(contract)
    line = asked(contract, article=article, discount_bp=1_000, vat=None)
    make.line(make.contract(contract.customer), "30")
    bill("2026-05-31")
    shown = office.get(looks.contract_url(contract)).content.decode()
    assert f'href="{url(line)}" aria-label="Addebita: Intervento del (primo giorno)"' in shown
    sent = form_of(office, line) | {"quantity": "3", "first_day": "14/06/2026"}
    answer = office.post(url(line), sent, follow=True)
    assert "216,00\u202f€ da fatturare" in answer.content.decode().replace("\xa0", "\u202f")
    charge = Charge.objects.get(kind="contract_request")
    assert charge.bundle == contract.bundle
    assert charge.description == "Intervento del 14/06/2026"
    assert (charge.article, charge.vat, charge.unit) == (article, None, article.unit.code)
    assert (str(charge.amount), charge.discount_bp, charge.site) == ("216.00", 1_000, contract.site)
    assert "l’ultima per il 14/06/2026" in office.get(looks.contract_url(contract)).content.decode()
    bill("2026-06-30")
    document = Document.objects.get(pk=int(charge_document(charge)))
    assert document.bundle == contract.bundle
    assert (str(document.net), document.lines.count()) == ("316.00", 2)
    assert document.lines.get(charge=charge).vat == article.vat, "nobody chose another one"
    bill("2026-07-31")
    assert Charge.objects.filter(kind="contract_request").count() == 1
    assert Document.objects.filter(kind="credit_note").count() == 0


def charge_document(charge: Charge) -> str:
    charge.refresh_from_db()
    return charge.document.partition(":")[2]


def test_sent_twice_it_is_charged_once_and_another_form_charges_again(office: Client) -> None:
    line = asked()
    sent = form_of(office, line)
    assert sent["first_day"] == "15/06/2026"
    for _time in range(2):
        assert office.post(url(line), sent).status_code == 302
    assert Charge.objects.count() == 1
    again = office.get(url(line)).content.decode()
    assert "È già fatturata, l’ultima volta per il 15/06/2026." in again
    office.post(url(line), form_of(office, line))
    assert Charge.objects.count() == 2


def test_a_form_sent_again_with_something_else_is_refused(office: Client) -> None:
    line = asked()
    sent = form_of(office, line)
    office.post(url(line), sent)
    changes: list[dict[str, str]] = [
        {"quantity": "3"},
        {"first_day": "14/06/2026"},
        {"last_day": "16/06/2026"},
        {"last_day": "14/06/2026"},
        {"description": "Trasferta a Como"},
        {"description": "Chiamata {strada}"},
    ]
    for change in changes:
        answer = office.post(url(line), sent | change)
        assert answer.status_code == 422
        assert "ha già registrato altro: lo apra di nuovo" in answer.content.decode()
    assert Charge.objects.count() == 1


def test_what_was_charged_is_told_again_however_the_line_changed_since(office: Client) -> None:
    line = asked()
    sent = form_of(office, line)
    office.post(url(line), sent)
    lines.update(line_id=line.pk, unit_price=UnitPrice.of("90.00"), **BY)
    contracts.update(contract_id=line.contract_id, end=date(2026, 6, 1), **BY)
    again = office.post(url(line), sent)
    assert (again.status_code, again["Location"]) == (302, looks.contract_url(line.contract))
    fresh = office.post(url(line), form_of(office, line))
    assert "first_day" in fresh.context["form"].errors or "last_day" in fresh.context["form"].errors
    assert Charge.objects.count() == 1


def test_faults_stand_at_their_fields_and_nothing_is_charged(office: Client) -> None:
    contract = make.contract(end=date(2026, 9, 1))
    line = asked(contract, end=date(2026, 7, 1))
    sent = form_of(office, line)
    wrong = sent | {
        "quantity": "0",
        "first_day": "31/12/2025",
        "last_day": "01/07/2026",
        "description": "Chiamata {strada}",
    }
    answer = office.post(url(line), wrong)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {"quantity", "first_day", "last_day", "description"}
    assert form.errors["first_day"] == ["La riga si fattura qui dal 01/01/2026."]
    assert form.errors["last_day"] == ["La riga vale fino al 30/06/2026."]
    assert form["description"].value() == "Chiamata {strada}"
    turned = office.post(url(line), sent | {"first_day": "10/06/2026", "last_day": "09/06/2026"})
    assert set(turned.context["form"].errors) == {"last_day"}
    contracts.suspend(contract_id=contract.pk, day=date(2026, 6, 1), reason="Lavori", **BY)
    held = office.post(url(line), sent)
    assert held.context["form"].errors["first_day"] == ["Il contratto è sospeso dal 01/06/2026."]
    assert not Charge.objects.exists()


def test_what_it_comes_to_stands_beside_the_form(office: Client) -> None:
    line = asked(discount_bp=1_000)
    sent = form_of(office, line) | {"quantity": "1,5", "last_day": "16/06/2026"}
    told = office.post(url(line, "line_bill_preview"), sent).content.decode()
    assert "108,00" in told
    assert "1,5 ×" in told
    assert "Intervento del 15/06/2026" in told
    late = sent | {"first_day": "31/12/2025"}
    told = office.post(url(line, "line_bill_preview"), late).content.decode()
    assert "La riga si fattura qui dal 01/01/2026." in told
    called = sent | {"description": "Trasferta a Como"}
    told = office.post(url(line, "line_bill_preview"), called).content.decode()
    assert "Trasferta a Como, 15/06/2026–16/06/2026" in told


def test_only_fees_on_request_are_billed_so(office: Client) -> None:
    line = make.line()
    assert office.get(url(line)).status_code == 302
    free = asked(price="0")
    assert office.get(url(free)).status_code == 302
    assert "Addebita" not in office.get(looks.contract_url(free.contract)).content.decode()
    assert "Addebita" not in office.get(looks.contract_url(line.contract)).content.decode()
    refused = office.post(url(line), {"key": "x", "quantity": "1", "first_day": "15/06/2026"})
    assert refused.status_code == 302
    assert not Charge.objects.exists()


def test_a_line_that_was_billed_so_stays_with_its_contract_and_customer(office: Client) -> None:
    line = asked()
    office.post(url(line), form_of(office, line))
    with pytest.raises(ValidationError):
        lines.remove(line_id=line.pk, reason="", **BY)
    assert contracts.was_charged(line.contract)
    charge = Charge.objects.get()
    page = markup.get(office, reverse("invoicing:charge", args=[charge.pk]))
    assert f"Fatturato su richiesta {line.contract.number}" in page.text
    assert page.all(f'a[href="{looks.contract_url(line.contract)}"]')
    ids = {"ids": str(charge.pk), "reason": "Errore", "back": ""}
    office.post(reverse("invoicing:reverse"), ids)
    assert Charge.objects.filter(is_reversal=True).exists()
    shown = office.get(looks.contract_url(line.contract)).content.decode()
    assert "l’ultima per il" not in shown


def call(office: Client, line: Line, key: str = "", **body: Any) -> Any:
    address = f"/api/v1/contract-lines/{line.pk}/bill"
    headers = {"Idempotency-Key": key} if key else {}
    return office.post(address, body, content_type="application/json", headers=headers)


def test_programs_bill_it_too(office: Client) -> None:
    line = asked(quantity_micros=2_000_000)
    made = call(office, line, first_day=DAY)
    assert made.status_code == 201
    told = made.json()
    assert (told["quantity"], told["amount"]) == ("2", "160.00")
    assert (told["first_day"], told["last_day"]) == (DAY, DAY)
    assert told["line_id"] == line.pk
    charge = Charge.objects.get(pk=told["charge_id"])
    assert charge.bundle == line.contract.bundle
    late = call(office, line, first_day="2025-12-31", quantity="0")
    assert late.status_code == 422
    assert {fault["field"] for fault in late.json()["fields"]} == {"first_day", "quantity"}
    assert call(office, make.line(), first_day=DAY).status_code == 409
    assert Charge.objects.count() == 1


def test_a_program_that_repeats_its_call_bills_it_once(office: Client) -> None:
    line = asked()
    made = call(office, line, "once", first_day=DAY)
    assert made.status_code == 201
    other = call(office, line, "once", first_day=DAY, quantity="3")
    assert (other.status_code, other.json()["error"]) == (409, "idempotency")
    contracts.update(contract_id=line.contract_id, end=date(2026, 6, 1), **BY)
    again = call(office, line, "once", first_day=DAY)
    assert (again.status_code, again.json()) == (201, made.json())
    assert Charge.objects.count() == 1
