from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests import people
from tests.desks.contracts.test_active import a_mixed_register
from tests.make import assets, catalog, parties
from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.desks.contracts.models import Line
from canone.desks.contracts.queries import analysis, proposing
from canone.ledgers.invoicing.queries import ports

pytestmark = pytest.mark.django_db
LIST, ANALYSIS = "/api/v1/active-contracts", "/api/v1/contract-analysis"
TODAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canone.desks.contracts.api.shared.today", lambda: TODAY)


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(people.people().colleague)
    return client


def _lines(client: Client, query: str = "") -> list[int]:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.content
    return [item["line_id"] for item in answer.json()["items"]]


def test_lines_in_force_are_listed_with_what_they_bring_in(office: Client) -> None:
    contract = make.contract(parties.party("Hotel Bellavista"), end=date(2027, 3, 1))
    adsl = catalog.article("ADSL")
    first = make.line(contract, "120", every=3, article=adsl, description="")
    once = make.line(contract, "50", description="Avvio", unit_of_cycle="", start=date(2026, 5, 1))
    over = make.line(contract, "10", description="Prova", end=date(2026, 6, 1))
    make.line(contract, "999", is_on_request=True)
    (shown, other) = office.get(LIST).json()["items"]
    assert shown == {
        "line_id": first.pk,
        "contract_id": contract.pk,
        "contract": contract.number,
        "customer_id": contract.customer_id,
        "customer": "Hotel Bellavista",
        "article_id": adsl.pk,
        "kind": "fee",
        "description": adsl.title,
        "start": "2026-01-01",
        "last_day": "2027-02-28",
        "cycle": "quarterly",
        "timing": "in_advance",
        "invoice": "120.00",
        "annual": "480.00",
        "cancelled_on": None,
    }
    assert (other["line_id"], other["cycle"]) == (once.pk, "once")
    assert _lines(office, "ended_too=true") == [first.pk, once.pk, over.pk]
    assert _lines(office, "on=2026-05-31") == [first.pk, once.pk, over.pk]
    assert _lines(office, "on=2026-01-15") == [first.pk, over.pk]
    for query in (
        f"article_id={adsl.pk}",
        "cycle=quarterly",
        "month=1&cycle=quarterly",
        f"q={adsl.title}",
    ):
        assert _lines(office, query) == [first.pk], query
    assert _lines(office, "cycle=once") == [once.pk]
    assert _lines(office, "cancelled=true") == []
    assert _lines(office, f"customer_id={contract.customer_id}&q=bellavista hotel&limit=1") == [
        first.pk
    ]
    wrong = office.get(f"{LIST}?cycle=often")
    assert [fault["field"] for fault in wrong.json()["fields"]] == ["cycle"]


def test_the_sums_by_service_are_those_of_the_page(office: Client) -> None:
    a_mixed_register()
    adsl = Line.objects.exclude(article=None).values_list("article_id", flat=True).first()
    told = office.get(f"{LIST}/totals").json()
    assert [one["article_id"] for one in told["services"]] == [adsl, None]
    by_hand = {"count": 0, "annual": 0}
    for item in office.get(f"{LIST}?limit=200").json()["items"]:
        by_hand["count"] += 1
        by_hand["annual"] += round(float(item["annual"]) * 100)
    assert told["lines"] == by_hand["count"] == sum(one["lines"] for one in told["services"])
    assert round(float(told["annual"]) * 100) == by_hand["annual"]
    assert office.get(f"{LIST}/totals?article_id={adsl}").json()["lines"] == 4


def test_twelve_months_add_up(office: Client) -> None:
    adsl = catalog.article("ADSL")
    contract = make.contract(ledger.customer("Officine Brambilla"), start=date(2026, 1, 1))
    make.line(contract, "100", article=adsl)
    with ports.bound(proposers=[proposing.proposer()]):
        ledger.bill(through=date(2026, 2, 28))
    told = office.get(f"{ANALYSIS}?first=2026-01-01").json()
    months = told["months"]
    assert [month["month"] for month in months[:2]] == ["2026-01", "2026-02"]
    assert [month["billed"] for month in months[:3]] == ["100.00", "100.00", "0.00"]
    assert [month["to_bill"] for month in months[1:4]] == ["0.00", "100.00", "100.00"]
    assert months[11]["foreseen"] == "100.00"
    assert sum(float(month["total"]) for month in months) == 1200
    (service,) = told["services"]
    assert (service["code"], service["months"]) == ("ADSL", months)
    assert office.get(ANALYSIS).json() == told, "January of this year, unless another is asked for"


def test_too_many_lines_are_refused_with_what_to_do(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis, "MOST", 1)
    a_mixed_register()
    answer = office.get(ANALYSIS)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["error"] == "too_many"


def test_it_is_asked_by_who_sees_contracts(client: Client) -> None:
    client.force_login(people.people().technician)
    for url in (LIST, f"{LIST}/totals", ANALYSIS):
        assert client.get(url).status_code == 403


def test_a_line_of_usage_is_listed_without_an_amount(office: Client) -> None:
    contract = make.contract()
    meter = assets.meter(assets.asset(contract.customer))
    make.line(contract, "0.01", kind="usage", meter=meter, timing="in_arrears")
    (told,) = office.get(LIST).json()["items"]
    assert (told["kind"], told["invoice"], told["annual"]) == ("usage", None, None)
    assert office.get(f"{LIST}/totals").json()["lines"] == 1
