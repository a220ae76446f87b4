from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from tests import kit, markup, people
from tests.make import catalog, parties
from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import proposing, situation, upcoming
from canone.desks.contracts.services import contracts, lines
from canone.kernel.money import Money, UnitPrice
from canone.ledgers.invoicing.queries import ports
from canone.registers.parties.models import Party
from canone.ui import pages

pytestmark = pytest.mark.django_db
TODAY = "2026-11-20 10:00"


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.colleague)
    client.cookies["django_language"] = "it"
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=args)


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(url(name, *args))
    assert answer.status_code == 200
    return answer.content.decode()


def sent(customer: Party, **fields: Any) -> dict[str, Any]:
    return {
        "customer": customer.pk,
        "customer_typed": customer.name,
        "start": "10/02/2026",
        "arrears_on": "day_after",
    } | fields


def a_line(**fields: Any) -> dict[str, Any]:
    return {
        "description": "Canone assistenza {period}",
        "quantity": "1",
        "unit_price": "300,00",
        "vat": catalog.vat().pk,
        "cycle": "quarterly",
        "timing": "in_advance",
        "amount_per": "cycle",
        "start": "10/02/2026",
        "anchor": "calendar",
        "day_basis": "actual",
    } | fields


def test_a_contract_is_made_gets_a_line_and_shows_its_calendar(office: Client) -> None:
    customer = parties.party("Alabastro S.r.l.")
    answer = office.post(url("new"), sent(customer, title="Assistenza Plus", last_day="09/02/2027"))
    contract = Contract.objects.get()
    assert answer.headers["Location"] == url("line_new", contract.pk)
    assert (contract.start, contract.end) == (date(2026, 2, 10), date(2027, 2, 10))
    answer = office.post(url("line_new", contract.pk), a_line())
    assert answer.status_code == 302
    line = Line.objects.get()
    assert (line.unit_of_cycle, line.every, line.unit_price) == ("month", 3, UnitPrice.of("300"))
    with time_machine.travel(TODAY, tick=False):
        text = page(office, "detail", contract.pk)
    assert "Assistenza Plus" in text
    assert "1.200,00" in text  # a year
    assert "300,00" in text
    assert "se si rinnova" in text
    assert "Alabastro" in page(office, "list")
    assert "1.200,00" in page(office, "list")
    assert "Creato" in page(office, "history", contract.pk)


def test_faults_stand_at_their_fields_and_keep_what_was_typed(office: Client) -> None:
    customer = parties.party()
    answer = office.post(url("new"), sent(customer, title="Da tenere", last_day="01/01/2026"))
    assert answer.status_code == 422
    assert "Da tenere" in answer.content.decode()
    assert not Contract.objects.exists()
    contract = make.contract(customer)
    answer = office.post(url("line_new", contract.pk), a_line(description="", cycle="other"))
    assert answer.status_code == 422
    answer = office.post(url("line_new", contract.pk), a_line(description=""))
    assert answer.status_code == 422
    assert not Line.objects.exists()


def test_the_schedule_stands_beside_the_form(office: Client) -> None:
    contract = make.contract(start=date(2026, 2, 10))
    answer = office.post(url("line_preview", contract.pk), a_line())
    text = answer.content.decode()
    assert "10/02/2026–31/03/2026" in text
    assert "166,67" in text
    assert "55,6" in text
    wrong = office.post(url("line_preview", contract.pk), a_line(anchor_day="40")).content.decode()
    assert "166,67" not in wrong


def test_a_change_from_a_day_on_leaves_what_was_before(office: Client) -> None:
    line = make.line(price="100.00")
    way = url("line_revise", line.pk)
    values = a_line(day="01/07/2026", unit_price="120", cycle="monthly", anchor="activation")
    assert office.post(way, values | kit.seen(office, way)).status_code == 302
    first, second = Line.objects.order_by("pk")
    assert (first.end, second.start) == (date(2026, 7, 1), date(2026, 7, 1))
    assert second.unit_price == UnitPrice.of("120")
    assert office.post(way, values | kit.seen(office, way)).status_code == 422


def test_a_correction_keeps_the_days_of_the_line(office: Client) -> None:
    line = make.line(price="100.00", end=date(2026, 7, 1))
    shown = page(office, "line_edit", line.pk)
    assert "30/06/2026" in shown
    values = a_line(
        cycle="monthly", anchor="activation", start="01/01/2026", last_day="30/06/2026",
        discount="10",
    )  # fmt: skip
    values |= kit.seen(office, url("line_edit", line.pk))
    assert office.post(url("line_edit", line.pk), values).status_code == 302
    line.refresh_from_db()
    assert (line.end, line.discount_bp) == (date(2026, 7, 1), 1_000)


def test_a_line_ends_with_a_day(office: Client) -> None:
    line = make.line()
    way = url("line_end", line.pk)
    sent = {"last_day": "30/06/2026"} | kit.seen(office, way)
    assert office.post(way, sent).status_code == 302
    line.refresh_from_db()
    assert line.end == date(2026, 7, 1)


def test_a_contract_is_cancelled_suspended_and_taken_up_again(office: Client) -> None:
    contract = make.line().contract
    pk = contract.pk
    assert office.post(url("suspend", pk), {"day": "01/03/2026", "reason": ""}).status_code == 422
    given = {"day": "01/03/2026", "reason": "Trasloco"}
    assert office.post(url("suspend", pk), given).status_code == 302
    assert "Trasloco" in page(office, "detail", pk)
    assert office.post(url("resume", pk), {"how": "cut", "day": ""}).status_code == 422
    assert office.post(url("resume", pk), {"how": "cut", "day": "01/05/2026"}).status_code == 302
    assert Line.objects.count() == 2
    with time_machine.travel("2026-06-01 10:00", tick=False):
        page(office, "cancel", pk)
    given = {"last_day": "31/12/2026", "on": "20/11/2026", "reason": "Chiusura"}
    assert office.post(url("cancel", pk), given).status_code == 302
    contract.refresh_from_db()
    assert contract.end == date(2027, 1, 1)


def test_a_contract_is_duplicated(office: Client) -> None:
    line = make.line()
    other = parties.party("Basalto S.p.A.")
    given = {"customer": other.pk, "start": "01/01/2027"}
    assert office.post(url("copy", line.contract_id), given).status_code == 302
    assert Contract.objects.filter(customer=other, lines__isnull=False).count() == 1


def test_two_people_cannot_overwrite_each_other(office: Client) -> None:
    contract = make.contract(title="Prima")
    shown = office.get(url("edit", contract.pk))
    seen = shown.context["form"]["seen"].value()
    contracts.update(contract_id=contract.pk, title="Di un altro", at=make.AT, by=None)
    values = sent(contract.customer, title="Mio", number=contract.number, seen=seen)
    assert office.post(url("edit", contract.pk), values).status_code == 409


def test_the_list_narrows_and_goes_into_files(office: Client) -> None:
    quarterly = make.line(every=3).contract
    monthly = make.line(price="50.00").contract
    text = page(office, "list")
    assert text.count("is-done") >= 2
    found = office.get(url("list"), {"cycle": "quarterly"}).content.decode()
    assert quarterly.number in found
    assert monthly.number not in found
    csv = b"".join(office.get(url("list"), {"format": "csv"})).decode("utf-8-sig")
    assert quarterly.number in csv
    for state in ("running", "ended", "cancelled", "suspended"):
        assert office.get(url("list"), {"state": state}).status_code == 200


def test_the_list_asks_a_fixed_number_of_queries(office: Client) -> None:
    make.line()
    kit.assert_fixed_queries(office, url("list"), lambda: [make.line() for _ in range(3)])


def test_technicians_and_customers_see_no_contract(client: Client, who: people.People) -> None:
    contract = make.line().contract
    for user in (who.technician, who.customer, who.stranger):
        client.force_login(user)
        assert client.get(url("list")).status_code == 404
        assert client.get(url("detail", contract.pk)).status_code == 404


def test_the_calendar_sums_what_falls_into_one_month() -> None:
    contract = make.contract(start=date(2026, 1, 15), end=date(2027, 1, 15))
    make.line(contract, price="100.00", start=date(2026, 1, 15), every=6)
    make.line(contract, price="10.00", start=date(2026, 1, 15), unit_of_cycle="week", every=1)
    today, first = date(2026, 3, 1), date(2026, 1, 1)
    half, weekly = situation.calendar(contracts_with_lines(contract), today=today, first=first)
    assert [(cell.first, cell.span, cell.state) for cell in half.cells] == [
        (0, 6, "to_bill"),
        (6, 6, "foreseen"),
    ]
    assert half.cells[0].amount == Money.of("100.00")
    assert weekly.cells[0].amount == Money.of("30.00")  # 15, 22 and 29 January
    assert sum(cell.span for cell in weekly.cells) == 12


def contracts_with_lines(contract: Contract) -> Contract:
    return Contract.objects.prefetch_related("lines").get(pk=contract.pk)


def test_what_lies_after_the_expiry_is_shown_as_a_renewal() -> None:
    contract = make.contract(end=date(2026, 7, 1))
    line = make.line(contract, every=3)
    rows = situation.calendar(
        contracts_with_lines(contract), today=date(2026, 1, 1), first=date(2026, 1, 1)
    )
    states = [cell.state for cell in rows[0].cells]
    assert states == ["to_bill", "foreseen", "if_renewed", "if_renewed"]
    lines.end(line_id=line.pk, last_day=date(2026, 3, 31), at=make.AT, by=None)
    rows = situation.calendar(
        contracts_with_lines(contract), today=date(2026, 1, 1), first=date(2026, 1, 1)
    )
    assert [cell.state for cell in rows[0].cells] == ["to_bill"]


@time_machine.travel(TODAY, tick=False)
def test_words_that_an_invoice_fills_in_are_told_as_words(office: Client) -> None:
    contract = make.contract(start=date(2026, 1, 1))
    make.line(contract, description="Rata {instalment} di {instalments}, {period}", every=3)
    shown = page(office, "detail", contract.pk)
    assert "{" not in shown.split("<main")[1]
    chips = '<span class="cn-token">numero</span> di 4, <span class="cn-token">periodo'
    assert f"Rata {chips}" in shown
    # where the period is known, it stands there as the customer will read it
    assert "Rata 4 di 4, 01/10/2026–31/12/2026: da fatturare" in shown
    assert "Rata (numero) di 4<" in page(office, "active")
    assert "{" not in page(office, "history", contract.pk).split("<main")[1]


@time_machine.travel(TODAY, tick=False)
def test_the_situation_tells_what_is_billed_and_what_comes_next(office: Client) -> None:
    contract = make.contract(start=date(2026, 1, 1))
    monthly = make.line(contract, price="100.00", description="Canone")
    make.line(contract, price="40.00", every=12, start=date(2026, 3, 1))
    make.line(contract, price="999.00", is_on_request=True)
    for month in range(1, 12):
        ledger.charge(
            contract.customer,
            origin=f"line:{monthly.pk}:2026-{month:02d}-01",
            amount_minor=10_000,
            service_start=date(2026, month, 1),
            service_end=date(2026, month + 1, 1),
        )
    shown = office.get(url("detail", contract.pk)).context
    assert [told.billed_to for told in shown["lines"]] == [date(2026, 11, 30), None, None]
    assert [told.annual for told in shown["lines"]] == [Money.of("1200"), Money.of("40"), None]
    assert shown["annual"] == Money.of("1240")
    # what is due and was not billed comes first: here to the end of the contract's year
    following = shown["following"]
    assert (following.is_due, following.total) == (True, Money.of("33.53"))
    contracts.cancel(
        contract_id=contract.pk, last_day=date(2026, 12, 31), reason="trasloco",
        on=date(2026, 11, 2), at=make.AT, by=None,
    )  # fmt: skip
    text = page(office, "detail", contract.pk)
    assert "Disdetto il 02/11/2026: l’ultimo giorno è il 31/12/2026. Motivo: trasloco." in text
    assert "</span>31/12/2026</ins>" in text  # so does its history
    assert "2027-01-01" not in text


def test_what_follows_is_the_next_day_on_which_something_is_invoiced() -> None:
    contract = make.contract(start=date(2026, 1, 1), end=date(2027, 1, 1))
    make.line(contract, price="100.00", every=6)
    make.line(contract, price="10.00", every=3)
    told = contracts_with_lines(contract)
    found = upcoming.next_invoice(told, today=date(2025, 12, 20))
    assert found is not None
    assert (found.day, found.total) == (date(2026, 1, 1), Money.of("110"))
    late = upcoming.next_invoice(told, today=date(2026, 5, 1))
    assert late is not None
    assert (late.day, late.total) == (date(2026, 5, 1), Money.of("120"))
    assert (
        upcoming.next_invoice(contracts_with_lines(make.contract()), today=make.AT.date()) is None
    )


@pytest.mark.parametrize("name", ["contracts:list", "contracts:active", "contracts:new"])
def test_a_customer_is_searched_and_not_chosen_from_a_list_of_them_all(
    office: Client, name: str
) -> None:
    chosen = parties.party("Officine Brambilla")
    for number in range(30):
        parties.party(f"Cliente {number:02}")
    page = office.get(reverse(name), {"customer": chosen.pk}).content.decode()
    assert "Officine Brambilla" in page
    assert "Cliente 0" not in page


def test_thousands_of_lines_are_shown_some_at_a_time(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PART", 10)
    contract = make.contract()
    for number in range(25):
        make.line(contract, "10", description=f"Riga {number:02}")
    first = page(office, "detail", contract.pk)
    assert "Riga 09" in first
    assert "Riga 10" not in first
    assert "1–10 di 25" in first
    assert "3.000,00" in first, "sums are of all lines"
    last = office.get(f"{url('detail', contract.pk)}?page=3").content.decode()
    assert "Riga 24" in last
    assert "Riga 19" not in last


def test_what_ending_gives_back_is_known_soon_with_thousands_of_charges() -> None:
    contract = make.contract(ledger.customer())
    for _number in range(3):
        make.line(contract, "31", start=date(2026, 1, 1))
    with ports.bound(proposers=[proposing.proposer()]):
        ledger.bill(through=date(2026, 1, 31))
    found = situation.given_back(contracts_with_lines(contract), last_day=date(2026, 1, 21))
    assert found == Money.of("30.00")


def test_what_follows_is_found_among_many_lines_of_many_years() -> None:
    contract = make.contract(start=date(2020, 1, 1))
    for _number in range(60):
        make.line(contract, price="10.00")
    told = contracts_with_lines(contract)
    found = upcoming.next_invoice(told, today=date(2026, 1, 1))
    assert found is not None
    assert (found.day, len(found.charges)) == (date(2026, 1, 1), 60 * 37)
    contract = make.contract(start=date(2026, 1, 1))
    for _number in range(60):
        make.line(contract, price="10.00")
    found = upcoming.next_invoice(contracts_with_lines(contract), today=date(2025, 12, 1))
    assert found is not None
    assert (found.day, found.total) == (date(2026, 1, 1), Money.of("600"))


@time_machine.travel(TODAY, tick=False)
def test_what_expires_soon_waits_on_the_first_page(office: Client) -> None:
    make.line(make.contract(end=date(2027, 1, 10)), price="10.00")
    soon = make.line(make.contract(end=date(2027, 1, 1)), price="50.00").contract
    make.line(make.contract(end=date(2027, 3, 1)), price="70.00")
    shown = markup.get(office, "/")
    (row,) = [row for row in shown.all("tr") if "Contratti in scadenza" in row.text]
    assert f"{soon.number}, il 31/12/2026" in row.text
    assert "720,00" in row.text  # 12 times 10 and 50 a year
    found = office.get(url("list"), {"state": "soon"}).content.decode()
    assert found.count("is-warn") >= 2
