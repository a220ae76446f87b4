from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.make import parties as make
from tests.people import People, people

from canone.base.access import services as access
from canone.base.access.models import User
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


class Caller:
    """A program with somebody's token."""

    def __init__(self, user: User) -> None:
        _token, text = access.create_token(user=user, name="Test", scopes=["*"], at=timezone.now())
        self.client = Client(headers={"authorization": f"Bearer {text}"})

    def __call__(self, verb: str, path: str, **body: Any) -> Any:
        call = getattr(self.client, verb)
        if verb == "get":
            return call(ROOT + path, body)
        return call(ROOT + path, body, content_type="application/json")


@pytest.fixture
def who() -> People:
    return people()


def test_a_party_is_added_read_changed_and_listed(who: People) -> None:
    call = Caller(who.colleague)
    zone, terms = make.zone(), make.payment_terms()
    made = call(
        "post",
        "/parties",
        name="Rossi S.r.l.",
        vat_number="IT 00743110157",
        zone_id=zone.pk,
        payment_terms_id=terms.pk,
        office={"street": "Via Milano 12", "city": "Como"},
    )
    assert made.status_code == 201
    party = made.json()
    assert (party["vat_number"], party["zone_id"]) == ("00743110157", zone.pk)
    changed = call("patch", f"/parties/{party['id']}", phone="031 640123", zone_id=None)
    assert (changed.json()["phone"], changed.json()["zone_id"]) == ("+39031640123", None)
    assert changed.json()["payment_terms_id"] == terms.pk
    found = call("get", "/parties", q="rossi como").json()["items"]
    assert [item["id"] for item in found] == [party["id"]]
    assert call("get", "/parties", kind="supplier").json()["items"] == []
    assert Party.objects.get().history.first().history_user == who.colleague


def test_faults_name_their_fields_and_write_nothing(who: People) -> None:
    call = Caller(who.colleague)
    answer = call(
        "post", "/parties", name="", vat_number="1", zone_id=4711, office={"postcode": "2"}
    )
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["fields"]] == ["zone_id"]
    answer = call("post", "/parties", name="", vat_number="1", office={"postcode": "2"})
    assert {fault["field"] for fault in answer.json()["fields"]} == {
        "name",
        "vat_number",
        "office_postcode",
    }
    assert not Party.objects.exists()


def test_parts_are_added_changed_and_listed_by_party(who: People) -> None:
    call = Caller(who.colleague)
    party, other = make.party(), make.party()
    for path, body in (
        ("sites", {"name": "Magazzino", "city": "Erba"}),
        ("contacts", {"name": "Paola", "gets_reports": True}),
        ("groups", {"name": "Rossi"}),
    ):
        made = call("post", f"/{path}", party_id=party.pk, **body)
        assert made.status_code == 201, made.content
        pk = made.json()["id"]
        changed = call("patch", f"/{path}/{pk}", name="Nuovo")
        assert changed.json()["name"] == "Nuovo"
        assert call("get", f"/{path}/{pk}").json() == changed.json()
        listed = call("get", f"/{path}", party_id=party.pk).json()["items"]
        assert [item["id"] for item in listed] == [pk]
        assert call("get", f"/{path}", party_id=other.pk).json()["items"] == []
        assert call("post", f"/{path}", party_id=4711, name="X").status_code == 422
    assert call("patch", f"/groups/{pk}", party_id=None).status_code == 422


def test_twins_are_told_by_their_ids(who: People) -> None:
    one, other = make.party("Rossi Impianti"), make.party("Impianti Rossi S.r.l.")
    assert Caller(who.owner)("get", f"/parties/{one.pk}/duplicates").json()["items"] == [other.pk]


def test_zones_and_payment_terms_can_be_chosen_from(who: People) -> None:
    zone, terms = make.zone(), make.payment_terms()
    call = Caller(who.owner)
    assert [row["id"] for row in call("get", "/zones").json()["items"]] == [zone.pk]
    (row,) = call("get", "/payment-terms").json()["items"]
    assert (row["id"], row["names"]) == (terms.pk, {"it": "Bonifico 30 giorni"})


def test_a_technician_reads_customers_without_money(who: People) -> None:
    party = make.party(iban="IT60X0542811101000000123456", reliability="bad", notes="x")
    supplier = make.party(is_customer=False, is_supplier=True)
    make.contact(supplier)
    call = Caller(who.technician)
    said = call("get", f"/parties/{party.pk}").json()
    assert (said["name"], said["iban"], said["reliability"], said["notes"]) == (
        party.name,
        None,
        None,
        None,
    )
    assert call("get", f"/parties/{supplier.pk}").status_code == 404
    assert call("get", "/contacts").json()["items"] == []
    assert call("post", "/parties", name="X").status_code == 403
    assert call("patch", f"/parties/{party.pk}", name="X").status_code == 403
    assert call("get", "/payment-terms").status_code == 403


@pytest.mark.parametrize("role", ["customer", "stranger"])
def test_others_learn_nothing(who: People, role: str) -> None:
    party = make.party()
    call = Caller(getattr(who, role))
    for path in ("/parties", f"/parties/{party.pk}", "/sites", "/contacts", "/groups", "/zones"):
        assert call("get", path).status_code == 403, path
