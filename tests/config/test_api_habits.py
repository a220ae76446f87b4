"""Habits of billing and of contracts, series and usual VAT through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.make import access, catalog, invoicing

from canone.ledgers.invoicing.models import Series

pytestmark = pytest.mark.django_db
BILLING, CONTRACTS = "/api/v1/billing-habits", "/api/v1/contract-habits"
SERIES, USUAL = "/api/v1/series", "/api/v1/vat-rates/usual"


@pytest.fixture
def program(client: Client) -> Client:
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(people.people().owner)}"
    return client


def send(program: Client, method: str, url: str, **said: Any) -> Any:
    return program.generic(method, url, json.dumps(said), content_type="application/json")


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return sorted(fault["field"] for fault in answer.json()["fields"])


def test_the_habits_of_billing_are_entered(program: Client) -> None:
    rate = catalog.vat("22", country="it")
    nothing = catalog.vat("N4", 0, country="it", nature="N4")
    usual = program.get(BILLING).json()
    assert (usual["ordinary_vat_id"], usual["due_days"], usual["posts_on"]) == (None, 30, "issue")
    said: dict[str, Any] = {"ordinary_vat_id": rate.pk, "recharges_stamp": True}
    said |= {"due_days": 45, "posts_on": "month_end"}
    assert send(program, "PUT", BILLING, **said).json() == said == program.get(BILLING).json()
    for wrong in (nothing.pk, 999_999):
        assert faults(send(program, "PUT", BILLING, ordinary_vat_id=wrong)) == ["ordinary_vat_id"]
    assert faults(send(program, "PUT", BILLING, due_days=366)) == ["due_days"]
    assert faults(send(program, "PUT", BILLING, posts_on="never")) == ["posts_on"]
    assert program.get(BILLING).json() == said


def test_the_habits_of_contracts_are_entered(program: Client) -> None:
    usual = program.get(CONTRACTS).json()
    assert usual == {"arrears_on": "day_after", "day_basis": "actual"}
    said = {"arrears_on": "last_day", "day_basis": "thirty"}
    assert send(program, "PUT", CONTRACTS, **said).json() == said == program.get(CONTRACTS).json()
    assert faults(send(program, "PUT", CONTRACTS, **(said | {"day_basis": "moon"}))) == [
        "day_basis"
    ]
    assert faults(send(program, "PUT", CONTRACTS, day_basis="actual")) == ["arrears_on"]


def test_a_series_is_begun_and_changed(program: Client) -> None:
    first = invoicing.series(code="FT", for_pro_formas=False, for_invoices=True, is_default=True)
    made = send(program, "POST", SERIES, code="fb", kinds=["invoice"], is_default=True)
    assert made.status_code == 201
    told = made.json()
    assert (told["code"], told["kinds"], told["next_number"]) == ("FB", ["invoice"], 1)
    first.refresh_from_db()
    assert not first.is_default
    path = f"{SERIES}/{told['id']}"
    changed = send(program, "PATCH", path, title="Filiale", kinds=["invoice", "credit_note"]).json()
    assert (changed["title"], changed["code"]) == ("Filiale", "FB")
    assert sorted(changed["kinds"]) == ["credit_note", "invoice"]
    assert faults(send(program, "PATCH", path, kinds=[])) == ["kinds"]
    assert faults(send(program, "POST", SERIES, code="F-", kinds=["invoice"])) == ["code"]
    assert faults(send(program, "POST", SERIES, code="FT", kinds=["invoice"])) == ["code"]
    assert send(program, "PATCH", f"{SERIES}/999", title="x").status_code == 404
    assert Series.objects.count() == 2


def test_how_a_customer_is_taxed_is_entered(program: Client) -> None:
    who = invoicing.customer(country="IT")
    url = f"/api/v1/parties/{who.pk}/taxation"
    rate = catalog.vat("N3.5", 0, country="it", nature="N3.5")
    usual = {"customer_id": who.pk, "vat_id": None, "split_since": None, "split_until": None}
    usual |= {"withholding_basis_points": 0}
    assert program.get(url).json() == usual
    said = {"vat_id": rate.pk, "split_since": "2026-01-01", "split_until": "2026-12-31"}
    assert send(program, "PUT", url, **said).json() == usual | said == program.get(url).json()
    both = send(program, "PUT", url, **said, withholding_basis_points=400)
    assert faults(both) == ["withholding_basis_points"]
    assert faults(send(program, "PUT", url, vat_id=999_999)) == ["vat_id"]
    assert faults(send(program, "PUT", url, split_until="2026-12-31")) == ["split_until"]
    assert program.get(url).json() == usual | said
    abroad = invoicing.customer(country="DE", vat_number="DE123456789")
    other = f"/api/v1/parties/{abroad.pk}/taxation"
    assert faults(send(program, "PUT", other, split_since="2026-01-01")) == ["split_since"]
    assert send(program, "PUT", "/api/v1/parties/999999/taxation").status_code == 404


def test_the_usual_rates_are_added_once(program: Client) -> None:
    first = program.post(USUAL).json()["count"]
    assert first > 0
    assert len(program.get("/api/v1/vat-rates?limit=200").json()["items"]) == first
    assert program.post(USUAL).json() == {"count": 0}


def test_who_may_not_set_up_reads_and_changes_nothing(client: Client) -> None:
    row = invoicing.series()
    technician = people.people().technician
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(technician)}"
    assert client.get(BILLING).status_code == client.get(CONTRACTS).status_code == 403
    assert send(client, "PUT", BILLING).status_code == 403
    assert (
        send(client, "PUT", CONTRACTS, arrears_on="last_day", day_basis="thirty").status_code == 403
    )
    assert send(client, "POST", SERIES, code="X", kinds=["invoice"]).status_code == 403
    assert send(client, "PATCH", f"{SERIES}/{row.pk}", title="x").status_code == 403
    assert client.post(USUAL).status_code == 403
    taxation = f"/api/v1/parties/{invoicing.customer().pk}/taxation"
    assert client.get(taxation).status_code == send(client, "PUT", taxation).status_code == 403
