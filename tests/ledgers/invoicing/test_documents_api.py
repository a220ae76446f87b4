import json
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.make import catalog, parties
from tests.make import invoicing as make

from canone.ledgers.invoicing.models import Charge, Document

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/documents"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canone.ledgers.invoicing.api.shared.today", lambda: make.DAY)


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.colleague)
    return client


def send(client: Client, verb: str, url: str, body: Any = None, **headers: str) -> Any:
    data = json.dumps({} if body is None else body)
    return client.generic(verb, url, data, content_type="application/json", headers=headers)


def draft(**fields: Any) -> dict[str, Any]:
    line = {"description": "Consulenza", "quantity": "2.5", "unit": "h", "unit_price": "40"}
    given = {"customer_id": make.customer().pk, "lines": [line | {"vat_id": catalog.vat().pk}]}
    return given | fields


def test_a_draft_is_written_changed_and_issued_under_a_key(office: Client) -> None:
    body = draft(notes="Grazie")
    answers = [send(office, "POST", ROOT, body, **{"Idempotency-Key": "d"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    made = answers[0].json()
    assert answers[1].json() == made
    assert (made["state"], made["number"], made["total"]) == ("draft", "", "122.00")
    url = f"{ROOT}/{made['id']}"
    line = body["lines"][0] | {"discount_basis_points": 1_000, "last_day": "2026-11-30"}
    changed = send(office, "PUT", url, body | {"lines": [line | {"first_day": "2026-11-01"}]})
    (shown,) = changed.json()["lines"]
    assert (shown["amount"], shown["quantity"], shown["unit_price"]) == ("90.00", "2.5", "40.00")
    assert (shown["first_day"], shown["last_day"]) == ("2026-11-01", "2026-11-30")
    issued = send(office, "POST", f"{url}/issue").json()
    assert (issued["id"], issued["state"], issued["total"]) == (made["id"], "open", "109.80")
    assert issued["number"]
    assert [tax["vat"] for tax in issued["taxes"]] == ["19.80"]
    assert [item["open"] for item in issued["due_items"]] == ["109.80"]
    for verb, more in (("PUT", ""), ("DELETE", ""), ("POST", "/issue")):
        again = send(office, verb, url + more, body)
        assert (again.status_code, again.json()["error"]) == (409, "not_possible")


def test_a_draft_takes_charges_and_gives_them_back(office: Client) -> None:
    customer = make.customer()
    charge = make.charge(customer, vat_id=catalog.vat().pk)
    body = {"customer_id": customer.pk, "lines": [{"charge_id": charge.pk}]}
    made = send(office, "POST", ROOT, body).json()
    assert made["lines"][0]["charge_id"] == charge.pk
    taken = send(office, "POST", ROOT, body)
    assert taken.status_code == 409
    assert send(office, "DELETE", f"{ROOT}/{made['id']}").status_code == 204
    assert Charge.objects.get(pk=charge.pk).document == ""
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"customer_id": 10**9}, "customer_id"),
        ({"kind": "credit_note"}, "kind"),
        ({"lines": []}, "lines"),
        ({"lines": [{"description": " "}]}, "lines"),
        ({"lines": [{"description": "x", "vat_id": 10**9}]}, "lines"),
        ({"lines": [{"description": "x", "article_id": 10**9}]}, "lines"),
        ({"lines": [{"charge_id": 10**9}]}, "lines"),
        ({"payment_terms_id": 10**9}, "payment_terms_id"),
        ({"site_id": 10**9}, "site_id"),
        ({"issue_date": "1600-01-01"}, "issue_date"),
        ({"method": "barter"}, "method"),
    ],
)
def test_what_cannot_be_names_its_field(office: Client, wrong: dict[str, Any], field: str) -> None:
    answer = send(office, "POST", ROOT, draft(**wrong))
    assert answer.status_code == 422
    assert {fault["field"].split(".")[0] for fault in answer.json()["fields"]} == {field}
    assert not Document.objects.exists()


def test_what_keeps_a_draft_back_is_told(office: Client) -> None:
    made = send(office, "POST", ROOT, draft(issue_date="2026-12-01")).json()
    late = send(office, "POST", f"{ROOT}/{made['id']}/issue")
    assert late.status_code == 422
    assert late.json()["fields"][0]["field"] == "issue_date"
    blocked = make.customer(is_blocked=True, block_reason="Insoluti")
    made = send(office, "POST", ROOT, draft(customer_id=blocked.pk)).json()
    kept = send(office, "POST", f"{ROOT}/{made['id']}/issue")
    assert (kept.status_code, kept.json()["error"]) == (409, "not_possible")
    assert kept.json()["detail"]


def test_a_pro_forma_becomes_an_invoice_once(office: Client) -> None:
    made = send(office, "POST", ROOT, draft(kind="pro_forma")).json()
    issued = send(office, "POST", f"{ROOT}/{made['id']}/issue").json()
    assert (issued["state"], issued["due_items"]) == ("issued", [])
    turned = send(office, "POST", f"{ROOT}/{made['id']}/invoice")
    assert (turned.status_code, turned.json()["kind"]) == (201, "invoice")
    assert turned.json()["source_id"] == made["id"]
    assert send(office, "POST", f"{ROOT}/{made['id']}/invoice").status_code == 409


def test_a_credit_note_of_a_part_and_of_the_rest(office: Client) -> None:
    row = make.invoice()
    url = f"{ROOT}/{row.pk}/credit"
    line = row.lines.get()
    part = {"line_id": line.pk, "amount": "40.00"}
    note = send(office, "POST", url, {"mode": "settle", "reason": "Sconto", "lines": [part]})
    assert note.status_code == 201
    said = note.json()
    assert (said["kind"], said["total"], said["mode"]) == ("credit_note", "48.80", "settle")
    assert said["original_id"] == row.pk
    over = {"line_id": line.pk, "amount": "60.01"}
    refused = send(office, "POST", url, {"mode": "settle", "reason": "x", "lines": [over]})
    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "lines")
    twice = send(office, "POST", url, {"mode": "settle", "reason": "x", "lines": [part, part]})
    assert twice.json()["fields"][0]["error"] == "twice"
    assert send(office, "POST", url, {"mode": "settle", "reason": " "}).status_code == 422
    rest = send(office, "POST", url, {"mode": "settle", "reason": "Tutto"}).json()
    assert rest["total"] == "73.20"
    assert send(office, "POST", url, {"mode": "settle", "reason": "Ancora"}).status_code == 422


def test_documents_are_found(office: Client) -> None:
    open_, draft_ = make.invoice(make.customer("Acme")), make.draft_document()
    paid = make.due_item()
    make.payment(paid)
    for query, found in (
        ("state=open", {open_.pk}),
        ("state=draft", {draft_.pk}),
        ("state=settled", {paid.document_id}),
        ("q=acme", {open_.pk}),
        (f"customer_id={open_.customer_id}", {open_.pk}),
        ("kind=credit_note", set()),
        ("since=2026-11-30", {open_.pk, paid.document_id}),
        ("until=2026-11-29", set()),
    ):
        items = office.get(f"{ROOT}?{query}").json()["items"]
        assert {item["id"] for item in items} == found, query
    assert office.get(f"{ROOT}?state=lost").status_code == 422


def test_a_refused_document_is_corrected_or_replaced(office: Client) -> None:
    for word, keeps in (("correct", True), ("replace", False)):
        row = make.invoice()
        make.refuse(row)
        made = send(office, "POST", f"{ROOT}/{row.pk}/{word}").json()
        assert (made["source_id"], made["version"] > 1) == (row.pk, keeps)
        assert send(office, "POST", f"{ROOT}/{row.pk}/{word}").status_code == 409


def test_a_customer_reads_what_was_issued_to_them(client: Client, who: people.People) -> None:
    mine = make.customer("Mia")
    parties.login(who.customer, mine)
    issued, draft_ = make.invoice(mine), make.draft_document(mine)
    other = make.invoice()
    client.force_login(who.customer)
    items = client.get(ROOT).json()["items"]
    assert [item["id"] for item in items] == [issued.pk]
    for hidden in (draft_, other):
        assert client.get(f"{ROOT}/{hidden.pk}").status_code == 404
    assert send(client, "POST", ROOT, draft()).status_code == 403


def test_series_tell_their_next_number(office: Client) -> None:
    row = make.invoice()
    found = office.get("/api/v1/series").json()["items"]
    (one,) = [item for item in found if item["code"] == row.series]
    assert (one["kinds"], one["next_number"]) == (["invoice"], (row.number or 0) + 1)
    assert one["last_day"] == "2026-11-30"
