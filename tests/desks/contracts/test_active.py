"""The list of active contracts and its months: sums by service, to the cent and without bound."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pikepdf
import pytest
import time_machine
from django.test import Client
from python_calamine import CalamineWorkbook
from tests import kit, markup, people
from tests.make import assets, catalog, parties
from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import active, analysis, papers, proposing
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.services import contracts, parts
from canone.kernel.money import Money
from canone.ledgers.invoicing.queries import ports
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
NOW = "2026-11-30 10:00"


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    who.colleague.language = "en"
    who.colleague.save()
    client.force_login(who.colleague)
    return client


def a_mixed_register() -> tuple[Contract, Contract]:
    adsl = catalog.article("ADSL")
    one = make.contract(parties.party("Officine Brambilla"), start=date(2026, 3, 1))
    two = make.contract(parties.party("Hotel Bellavista"), end=date(2027, 3, 1))
    for contract in (one, two):
        make.line(contract, "120", every=3, article=adsl)
        make.line(contract, "1000", amount_per="year", every=4, sum_to_annual=True, article=adsl)
    make.line(two, "33.33", unit_of_cycle="week", every=2)
    make.line(two, "10", months=[1, 2])
    make.line(two, "999", is_on_request=True)
    make.line(two, "999", end=date(2026, 2, 1))
    return one, two


def test_sums_by_service_are_those_of_the_lines_one_by_one(who: people.People) -> None:
    a_mixed_register()
    lines = active.in_force(active.billed(who.owner), TODAY)
    found = active.by_service(lines)
    by_hand: dict[int | None, list[int]] = {}
    for line in lines:
        annual, invoice = active.worth(line)
        sums = by_hand.setdefault(line.article_id, [0, 0, 0])
        for place, value in enumerate((1, annual.minor, invoice.minor)):
            sums[place] += value
    assert {key: [one.count, one.annual, one.invoice] for key, one in found.items()} == by_hand
    whole = active.whole(found.values())
    # 480 + 1000, twice; 33.33 × 365 / 14 = 868.96; 10 in two months
    assert (whole.count, whole.annual) == (6, 2 * 148_000 + 86_896 + 2_000)
    assert whole.invoice == 2 * (12_000 + 33_333) + 3_333 + 1_000


def test_the_list_of_contracts_sums_as_before_and_reads_no_line(
    who: people.People, django_assert_num_queries: Callable[..., object]
) -> None:
    a_mixed_register()
    rows = queries.for_list(who.owner)
    worth = queries.worth(rows.values_list("pk", flat=True), on=TODAY).values()
    with django_assert_num_queries(2):
        found = active.of_contracts(rows, on=TODAY)
    assert Money(found.annual) == sum((one.annual for one in worth), Money.zero())
    assert Money(found.invoice) == sum((one.invoice for one in worth), Money.zero())


@time_machine.travel(NOW, tick=False)
def test_the_page_tells_totals_and_counts_by_service(office: Client) -> None:
    one, _two = a_mixed_register()
    page = markup.get(office, "/contracts/active/")
    feet = [row.text for row in page.all("tfoot tr")]
    assert feet == [
        "ADSL 4 €906.66 €2,960.00",
        "Without a service 2 €43.33 €888.96",
        "Total of the filter 6 €949.99 €3,848.96",
    ]
    quarterly = markup.get(office, "/contracts/active/?cycle=quarterly&month=3")
    assert [row.text for row in quarterly.all("tbody a.cn-b")] == ["Officine Brambilla"]
    assert quarterly.all(f'tbody a[href="/contracts/{one.pk}/"]')
    assert len(markup.get(office, "/contracts/active/?text=brambilla").all("tbody tr")) == 2
    contracts.cancel(contract_id=one.pk, last_day=TODAY, reason="x", on=TODAY, at=make.AT, by=None)
    assert len(markup.get(office, "/contracts/active/?cancelled=yes").all("tbody tr")) == 2
    assert len(markup.get(office, "/contracts/active/?cancelled=no").all("tbody tr")) == 4


@time_machine.travel(NOW, tick=False)
def test_ended_lines_stand_there_when_all_are_asked_for(office: Client) -> None:
    one, _two = a_mixed_register()
    Party.objects.filter(pk=one.customer_id).update(vat_number="01234567897")
    assert len(markup.get(office, "/contracts/active/?when=all").all("tbody tr")) == 7
    book = b"".join(office.get("/contracts/active/?format=xlsx").streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert len(rows) == 7
    assert {row[1] for row in rows[1:]} == {"ADSL", ""}
    assert all("01234567897" in row for row in rows[1:] if row[2] == one.number)
    assert one.number in {row[2] for row in rows[1:]}


def months_of(found: analysis.Analysis) -> list[tuple[int, int, int, int]]:
    return [(c.billed, c.to_bill, c.foreseen, c.if_renewed) for c in found.whole]


def test_twelve_months_billed_to_bill_foreseen_and_if_renewed(who: people.People) -> None:
    customer = ledger.customer()
    contract = make.contract(customer, start=date(2026, 1, 1), end=date(2027, 4, 1))
    make.line(contract, "300", every=3, anchor="calendar")
    with ports.bound(proposers=[proposing.proposer()]):
        ledger.bill(through=date(2026, 8, 31), issue_date=date(2026, 8, 31))
        found = analysis.of_lines(active.billed(who.owner), today=TODAY, first=date(2026, 7, 1))
        assert months_of(found) == [
            (30_000, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0),
            (0, 30_000, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0),
            (0, 0, 30_000, 0), (0, 0, 0, 0), (0, 0, 0, 0),
            (0, 0, 0, 30_000), (0, 0, 0, 0), (0, 0, 0, 0),
        ]  # fmt: skip
        contracts.cancel(
            contract_id=contract.pk, last_day=date(2027, 3, 31), reason="x", on=TODAY,
            at=make.AT, by=None,
        )  # fmt: skip
        again = analysis.of_lines(active.billed(who.owner), today=TODAY, first=date(2027, 1, 1))
    assert months_of(again)[3] == (0, 0, 0, 0), "what is cancelled is not renewed"


def test_arrears_count_where_they_are_invoiced_and_a_pause_is_not_foreseen(
    who: people.People,
) -> None:
    contract = make.contract(start=date(2025, 12, 1))
    make.line(contract, "50", timing="in_arrears", anchor="calendar")
    contracts.suspend(
        contract_id=contract.pk, day=date(2026, 3, 1), reason="x", at=make.AT, by=None
    )
    found = analysis.of_lines(active.billed(who.owner), today=TODAY, first=date(2026, 1, 1))
    assert [cell.to_bill for cell in found.whole] == [5_000] * 3 + [0] * 9


def test_months_are_cut_by_service(who: people.People) -> None:
    a_mixed_register()
    found = analysis.of_lines(active.billed(who.owner), today=TODAY, first=date(2026, 1, 1))
    (article,) = [key for key in found.services if key]
    assert sum(cell.total for cell in found.services[article]) + sum(
        cell.total for cell in found.services[None]
    ) == sum(cell.total for cell in found.whole)


def test_more_lines_than_can_be_foreseen_are_refused(
    who: people.People, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_mixed_register()
    monkeypatch.setattr(analysis, "MOST", 3)
    with pytest.raises(analysis.TooManyError):
        analysis.of_lines(active.billed(who.owner), today=TODAY, first=TODAY)
    assert "More than 3 lines" in markup.get(office, "/contracts/analysis/").text


@time_machine.travel(NOW, tick=False)
def test_the_months_stand_in_a_chart_a_table_and_a_file(office: Client) -> None:
    one, _two = a_mixed_register()
    page = markup.get(office, "/contracts/analysis/")
    assert len(page.all("svg.cn-bars rect")) == 48
    assert len(page.all("section[aria-labelledby=months] > table tbody tr")) == 12
    assert "Jan 2026 – Dec 2026" in page.text
    service = page.one("section[aria-labelledby=services] tbody a")
    assert "ADSL" in service.text
    assert len(markup.get(office, service["href"]).all("#results tbody tr")) == 4
    less = markup.get(office, f"/contracts/analysis/?first=2027-01&customer={one.customer_id}")
    assert "Jan 2027 – Dec 2027" in less.text
    assert markup.get(office, "/contracts/analysis/?first=never")
    answer = office.get("/contracts/analysis/?format=xlsx")
    book = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "Service"
    assert len(rows) > 12


@time_machine.travel(NOW, tick=False)
def test_a_contract_is_printed_with_its_conditions_in_the_customers_language(
    office: Client, who: people.People
) -> None:
    customer = parties.party("Hôtel du Lac", language="fr")
    parties.site(customer, is_main=True)
    contract = make.contract(customer, title="Maintenance", conditions="Premier point.\nSecond.")
    make.line(contract, "96", description="Assistance {period}", every=3)
    machine = assets.asset(customer, name="Serveur", serial="SN-1")
    parts.cover(contract_id=contract.pk, asset_id=machine.pk, at=make.AT, by=None)
    answer = office.get(f"/contracts/{contract.pk}/print/")
    assert answer["Content-Type"] == "application/pdf"
    assert contract.number in answer["Content-Disposition"]
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert len(pdf.pages) == 1
    told = papers.data(queries.in_full(contract.pk, who.owner), day=TODAY)
    assert told["recipient"][0] == "Hôtel du Lac"
    assert told["conditions"] == ["Premier point.", "Second."]
    assert told["machines"] == ["Serveur · SN-1"]
    (row,) = told["rows"]
    assert row[0] == "Assistance"
    assert row[2].startswith("Trimestriel")
    assert told["foot"][0][-1] == "384,00\u00a0€"


def test_pages_ask_a_fixed_number_of_queries(office: Client) -> None:
    a_mixed_register()
    kit.assert_fixed_queries(office, "/contracts/active/", lambda: make.line(price="7"))
    kit.assert_fixed_queries(office, "/contracts/analysis/", lambda: make.line(price="7"))
    assert Line.objects.exists()


def test_who_may_not_see_contracts_finds_nothing(client: Client, who: people.People) -> None:
    client.force_login(who.technician)
    contract = make.contract()
    for url in ("active/", "analysis/", f"{contract.pk}/print/"):
        assert client.get(f"/contracts/{url}").status_code == 404


def usage_only() -> Contract:
    """Return a contract that charges what a meter counts, and nothing else."""
    contract = make.contract(parties.party("Copisteria Lario"))
    meter = assets.meter(assets.asset(contract.customer, name="Ricoh MP"))
    copies = catalog.article("COPIE")
    given = {"kind": "usage", "meter": meter, "timing": "in_arrears", "article": copies}
    make.line(contract, "0.01", **given)
    return contract


@time_machine.travel(NOW, tick=False)
def test_contracts_of_usage_alone_are_active_too(office: Client, who: people.People) -> None:
    a_mixed_register()
    contract = usage_only()
    page = markup.get(office, "/contracts/active/")
    (row,) = [row for row in page.all("tbody tr") if "Copisteria Lario" in row.text]
    assert "Ricoh MP" in row.text
    assert "–" in row.text
    assert [foot.text for foot in page.all("tfoot tr")] == [
        "ADSL 4 €906.66 €2,960.00",
        "Without a service 2 €43.33 €888.96",
        "COPIE 1 €0.00 €0.00",
        "Total of the filter 7 €949.99 €3,848.96",
    ]
    book = b"".join(office.get("/contracts/active/?format=xlsx").streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    kind, amounts = rows[0].index("Kind"), rows[0].index("Invoice")
    (told,) = [row for row in rows[1:] if contract.number in row]
    assert (told[kind], told[amounts], told[amounts + 1]) == ("Usage", "", "")
    lines = active.in_force(active.billed(who.owner), TODAY)
    assert active.whole(active.by_service(lines).values()).annual == 384_896


@time_machine.travel(NOW, tick=False)
def test_every_service_is_told_on_the_page_and_in_a_file(office: Client) -> None:
    contract = make.contract()
    for number in range(14):
        make.line(contract, str(10 + number), article=catalog.article(f"S{number:02}"))
    page = markup.get(office, "/contracts/active/?cycle=monthly")
    feet = page.all("tfoot tr")
    assert len(feet) == 14
    assert feet[0].text.startswith("S13 1")
    assert feet[12].text.startswith("Other services 2 Show all 14")
    whole = markup.get(office, "/contracts/active/" + feet[12].one("a")["href"])
    assert [foot.text.split()[0] for foot in whole.all("tfoot tr")][-3:] == ["S01", "S00", "Total"]
    assert len(whole.all("tfoot tr")) == 15
    way = page.one('a[href="/contracts/active/services/?cycle=monthly"]')
    book = b"".join(office.get(way["href"]).streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["Service", "Description", "Lines", "Invoice", "A year"]
    assert len(rows) == 15
    assert (rows[1][0], rows[1][2:]) == ("S13", [1, 23, 276])


def test_what_meters_counted_is_analysed_without_a_fee_beside(who: people.People) -> None:
    contract = usage_only()
    line = contract.lines.get()
    origin = f"line:{line.pk}:2026-03-01"
    more = {"kind": "contract_usage", "bundle": contract.bundle, "article_id": line.article_id}
    day = date(2026, 4, 1)
    ledger.charge(contract.customer, amount_minor=4_200, origin=origin, invoice_on=day, **more)
    found = analysis.of_lines(active.billed(who.owner), today=TODAY, first=date(2026, 1, 1))
    assert [cell.billed for cell in found.whole] == [0, 0, 0, 4_200, *[0] * 8]
    assert sum(cell.foreseen + cell.to_bill for cell in found.whole) == 0
