import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.make import contracts as make
from tests.make import invoicing, parties

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.services import contracts as services

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/contracts"
LINES = "/api/v1/contract-lines"
TYPES = "/api/v1/contract-types"


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.owner)
    return client


def _send(client: Client, method: str, url: str, body: Any, **headers: str) -> Any:
    return client.generic(
        method, url, json.dumps(body), content_type="application/json", headers=headers
    )


def _post(client: Client, url: str, body: Any, **headers: str) -> Any:
    return _send(client, "POST", url, body, **headers)


def _fields(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [fault["field"] for fault in answer.json()["fields"]]


def _ids(answer: Any) -> list[int]:
    return [item["id"] for item in answer.json()["items"]]


def test_contracts_are_listed_in_pages_with_what_they_bring_in(office: Client) -> None:
    rows = [make.contract() for _ in range(3)]
    make.line(rows[0], "100.00")
    first = office.get(f"{ROOT}?limit=2").json()
    assert [item["id"] for item in first["items"]] == [rows[0].pk, rows[1].pk]
    assert [item["annual"] for item in first["items"]] == ["1200.00", "0.00"]
    assert first["items"][0]["cycles"] == ["monthly"]
    assert _ids(office.get(f"{ROOT}?limit=2&cursor={first['next']}")) == [rows[2].pk]


def test_filters(office: Client) -> None:
    kind = make.contract_type()
    row = make.contract(type=kind, title="Firewall", start=date(2026, 3, 1), end=date(2026, 9, 1))
    make.line(row, every=3)
    other = make.contract()
    services.cancel(
        contract_id=other.pk, last_day=date(2026, 1, 31), reason="Chiude", on=make.START,
        at=make.AT, by=None,
    )  # fmt: skip
    for query in (
        "q=firew", f"customer_id={row.customer_id}", f"type_id={kind.pk}", "cycle=quarterly",
        "on=2026-08-31", "cancelled=false", "month=3",
    ):  # fmt: skip
        assert _ids(office.get(f"{ROOT}?{query}")) == [row.pk], query
    assert _ids(office.get(f"{ROOT}?cancelled=true")) == [other.pk]
    assert _ids(office.get(f"{ROOT}?on=2026-09-01")) == []
    assert _fields(office.get(f"{ROOT}?cycle=often")) == ["cycle"]


def test_a_contract_is_made_once_under_its_key_and_read_with_its_lines(office: Client) -> None:
    party = parties.party()
    body = {"customer_id": party.pk, "start": "2026-02-10", "last_day": "2027-02-09"}
    made = [_post(office, ROOT, body, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json() == made[1].json()
    contract = Contract.objects.get()
    assert contract.end == date(2027, 2, 10)
    line = {"description": "Canone", "unit_price": "300.005", "quantity": "2.5",
            "cycle": {"unit": "month", "every": 2}, "discount_basis_points": 1250}  # fmt: skip
    added = _post(office, f"{ROOT}/{contract.pk}/lines", line)
    assert added.status_code == 201, added.content
    told = office.get(f"{ROOT}/{contract.pk}").json()
    assert told["last_day"] == "2027-02-09"
    assert told["lines"] == [added.json()]
    shown = added.json()
    assert (shown["quantity"], shown["unit_price"]) == ("2.5", "300.005")
    assert shown["cycle"] == {"unit": "month", "every": 2}
    assert shown["start"] == "2026-02-10"
    assert office.get(f"{LINES}/{shown['id']}").json() == shown


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"customer_id": 10**9}, "customer_id"),
        ({"site_id": 10**9}, "site_id"),
        ({"last_day": "2025-12-31"}, "last_day"),
        ({"start": "0001-01-01"}, "start"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"method": "direct_debit"}, "mandate_id"),
        ({"method": "barter"}, "method"),
        ({"custom": {"x": 1}, "type_id": 0}, "type_id"),
    ],
)
def test_what_a_contract_cannot_be_names_its_field(
    office: Client, wrong: dict[str, Any], field: str
) -> None:
    body = {"customer_id": parties.party().pk, "start": "2026-01-01"} | wrong
    assert _fields(_post(office, ROOT, body)) == [field]
    assert not Contract.objects.exists()


def test_null_empties_and_what_is_not_sent_stays(office: Client) -> None:
    row = make.contract(end=date(2027, 1, 1), title="Prima")
    changed = _send(office, "PATCH", f"{ROOT}/{row.pk}", {"last_day": None, "title": None})
    assert (changed.json()["last_day"], changed.json()["title"]) == (None, "Prima")


def test_a_contract_ends_pauses_and_goes_on(office: Client) -> None:
    row = make.contract()
    make.line(row)
    url = f"{ROOT}/{row.pk}"
    idle = _post(office, f"{url}/resume", {"bills_pause": True})
    assert (idle.status_code, idle.json()["error"]) == (409, "not_possible")
    assert _fields(_post(office, f"{url}/suspend", {"day": "2026-05-01", "reason": " "})) == [
        "reason"
    ]
    paused = _post(office, f"{url}/suspend", {"day": "2026-05-01", "reason": "Ferie"}).json()
    assert (paused["suspended_from"], paused["suspend_reason"]) == ("2026-05-01", "Ferie")
    assert _fields(_post(office, f"{url}/resume", {})) == ["day"]
    assert _fields(_post(office, f"{url}/resume", {"day": "2026-04-01"})) == ["day"]
    on = _post(office, f"{url}/resume", {"day": "2026-07-01"}).json()
    assert [(line["start"], line["last_day"]) for line in on["lines"]] == [
        ("2026-01-01", "2026-04-30"), ("2026-07-01", None)
    ]  # fmt: skip
    _post(office, f"{url}/suspend", {"day": "2026-09-01", "reason": "Ferie"})
    both = _post(office, f"{url}/resume", {"bills_pause": True}).json()
    assert (both["suspended_from"], len(both["lines"])) == (None, 2)
    ended = _post(office, f"{url}/cancel", {"last_day": "2026-12-31", "reason": "Disdetta"}).json()
    assert ended["last_day"] == "2026-12-31"
    assert ended["cancelled_on"] is not None
    assert _fields(
        _post(office, f"{url}/cancel", {"last_day": "2025-12-31", "reason": "Disdetta"})
    ) == ["last_day"]


def test_a_copy_begins_on_its_day_for_its_customer(office: Client) -> None:
    row = make.contract()
    make.line(row)
    other = parties.party()
    made = _post(
        office, f"{ROOT}/{row.pk}/copy", {"customer_id": other.pk, "start": "2026-12-01"}
    ).json()
    assert (made["customer_id"], made["lines"][0]["start"]) == (other.pk, "2026-12-01")
    refused = _post(office, f"{ROOT}/{row.pk}/copy", {"customer_id": 10**9, "start": "2026-12-01"})
    assert _fields(refused) == ["customer_id"]


def test_a_line_is_corrected_revised_ended(office: Client) -> None:
    line = make.line()
    url = f"{LINES}/{line.pk}"
    assert _send(office, "PATCH", url, {"unit_price": "110"}).json()["unit_price"] == "110.00"
    new = _post(office, f"{url}/revise", {"day": "2026-06-15", "unit_price": "120"}).json()
    assert (new["follows_id"], new["start"], new["counted_from"]) == (
        line.pk, "2026-06-15", None
    )  # fmt: skip
    assert office.get(url).json()["last_day"] == "2026-06-14"
    assert _post(office, f"{url}/revise", {"day": "2026-06-01"}).status_code == 409
    ended = _post(office, f"{LINES}/{new['id']}/end", {"last_day": "2026-09-30"}).json()
    assert ended["last_day"] == "2026-09-30"
    early = _post(office, f"{LINES}/{new['id']}/end", {"last_day": "2026-01-01"})
    assert "last_day" in _fields(early)
    assert office.delete(url).status_code == 409
    assert office.delete(f"{LINES}/{new['id']}?reason=Errore").status_code == 204
    assert list(Line.objects.values_list("pk", flat=True)) == [line.pk]


def test_a_charged_line_is_not_removed(office: Client) -> None:
    line = make.line()
    invoicing.charge(line.contract.customer, origin=f"line:{line.pk}:2026-01-01")
    refused = office.delete(f"{LINES}/{line.pk}")
    assert (refused.status_code, refused.json()["error"]) == (409, "not_possible")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"description": ""}, "description"),
        ({"description": "{moon}"}, "description"),
        ({"unit_price": "NaN"}, "unit_price"),
        ({"unit_price": "0.0000001"}, "unit_price"),
        ({"quantity": "-1"}, "quantity"),
        ({"cycle": {"unit": "month", "every": 0}}, "cycle.every"),
        ({"cycle": {"unit": "year", "every": 101}}, "cycle.every"),
        ({"months": [13]}, "months"),
        ({"start": "2026-05-01", "last_day": "2026-04-01"}, "last_day"),
        ({"kind": "usage"}, "meter_id"),
        ({"vat_id": 10**9}, "vat_id"),
    ],
)
def test_what_a_line_cannot_be_names_its_field_saved_or_tried(
    office: Client, wrong: dict[str, Any], field: str
) -> None:
    url = f"{ROOT}/{make.contract().pk}/lines"
    body = {"description": "Canone", "unit_price": "10"} | wrong
    for address in (url, f"{url}/preview"):
        assert field in _fields(_post(office, address, body))
    assert not Line.objects.exists()


def test_a_preview_tells_the_first_year_as_simulate_does_and_writes_nothing(
    office: Client,
) -> None:
    row = make.contract(start=date(2026, 2, 10))
    body = {"description": "Canone", "unit_price": "300.00", "timing": "in_arrears",
            "anchor": "calendar", "cycle": {"unit": "month", "every": 6}}  # fmt: skip
    told = _post(office, f"{ROOT}/{row.pk}/lines/preview", body).json()
    assert [(c["first_day"], c["last_day"], c["amount"], c["invoice_date"]) for c in told] == [
        ("2026-02-10", "2026-06-30", "233.70", "2026-07-01"),
        ("2026-07-01", "2026-12-31", "300.00", "2027-01-01"),
        ("2027-01-01", "2027-06-30", "300.00", "2027-07-01"),
    ]
    assert not Line.objects.exists()


def test_a_program_asks_for_the_end_of_every_month(office: Client) -> None:
    row = make.contract(start=date(2026, 4, 30))
    body = {"description": "Canone", "unit_price": "100", "anchor_day": 31}
    told = _post(office, f"{ROOT}/{row.pk}/lines/preview", body).json()
    assert [c["first_day"] for c in told[:3]] == ["2026-04-30", "2026-05-31", "2026-06-30"]
    assert {c["amount"] for c in told} == {"100.00"}
    line = _post(office, f"{ROOT}/{row.pk}/lines", body).json()
    assert line["anchor_day"] == 31
    asked = {"since": "2026-05-01", "until": "2026-06-29"}
    seen = office.get(f"{ROOT}/{row.pk}/schedule", asked).json()["charges"]
    assert [(c["first_day"], c["last_day"]) for c in seen] == [("2026-05-31", "2026-06-29")]


def test_a_schedule_says_what_is_billed_and_what_waits(office: Client) -> None:
    row = make.contract()
    line = make.line(row)
    make.line(row, is_on_request=True)
    invoicing.charge(row.customer, origin=f"line:{line.pk}:2026-01-01")
    services.suspend(contract_id=row.pk, day=date(2026, 3, 1), reason="Ferie", at=make.AT, by=None)
    url = f"{ROOT}/{row.pk}/schedule"
    whole = office.get(f"{url}?since=2026-01-01&until=2026-03-31").json()
    told = whole["charges"]
    assert (whole["until"], whole["is_cut"]) == ("2026-03-31", False)
    assert [(c["invoice_date"], c["is_billed"], c["is_suspended"]) for c in told] == [
        ("2026-01-01", True, False), ("2026-02-01", False, False), ("2026-03-01", False, True)
    ]  # fmt: skip
    assert len(office.get(url).json()["charges"]) == 12
    daily = make.line(row, unit_of_cycle="day")
    long = office.get(f"{url}?since=2026-01-01&until=2030-01-01").json()
    assert (len(long["charges"]), long["is_cut"]) == (1_000, True)
    assert daily.pk in {c["line_id"] for c in long["charges"]}
    assert _fields(office.get(f"{url}?since=2026-02-01&until=2026-01-01")) == ["until"]
    assert _fields(office.get(f"{url}?since=2026-02-01&until=2090-01-01")) == ["until"]


def test_a_line_outside_its_contract_is_foreseen_nowhere(office: Client) -> None:
    row = make.contract()
    make.line(row, start=date(2026, 6, 1), unit_of_cycle="")
    services.update(contract_id=row.pk, end=date(2026, 3, 1), at=make.AT, by=None)
    told = office.get(f"{ROOT}/{row.pk}/schedule?since=2026-01-01&until=2026-12-31")
    assert told.json()["charges"] == []


def test_types_have_fields_of_their_own_that_contracts_hold(office: Client) -> None:
    field = {"key": "level", "label": "Livello", "kind": "choice", "choices": ["A", "B"]}
    made = _post(office, TYPES, {"code": "AS", "name": "Assistenza", "fields": [field]})
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert _fields(_send(office, "PATCH", f"{TYPES}/{key}", {"fields": [field, field]})) == [
        "fields"
    ]
    assert _send(office, "PATCH", f"{TYPES}/{key}", {"is_active": False}).json()["name"] == (
        "Assistenza"
    )
    assert _ids(office.get(f"{TYPES}?active=false")) == [key]
    body = {"customer_id": parties.party().pk, "start": "2026-01-01", "type_id": key}
    assert _fields(_post(office, ROOT, body | {"custom": {"level": "C"}})) == ["custom.level"]
    assert _post(office, ROOT, body | {"custom": {"level": "B"}}).json()["custom"] == {"level": "B"}


def test_a_technician_may_not_ask_and_what_is_not_there_is_404(
    client: Client, who: people.People
) -> None:
    row = make.contract()
    client.force_login(who.owner)
    assert client.get(f"{ROOT}/{row.pk + 1}").status_code == 404
    assert _post(client, f"{LINES}/{10**9}/end", {"last_day": "2026-01-01"}).status_code == 404
    client.force_login(who.technician)
    assert client.get(f"{ROOT}/{row.pk}").status_code == 403


def test_a_contract_is_read_as_pdf(office: Client, client: Client, who: people.People) -> None:
    contract = make.contract()
    make.line(contract)
    answer = office.get(f"{ROOT}/{contract.pk}/pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert office.get(f"{ROOT}/{contract.pk + 1}/pdf").status_code == 404
    client.force_login(who.technician)
    assert client.get(f"{ROOT}/{contract.pk}/pdf").status_code == 403
