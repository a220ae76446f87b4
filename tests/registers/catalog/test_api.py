from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.make import catalog as make
from tests.people import People, people

from canone.base.access import services as access
from canone.base.access.models import User
from canone.registers.catalog.models import Article, Tariff
from canone.registers.catalog.rules import codec

pytestmark = pytest.mark.django_db
TERMS = {
    "initial_minutes": 15,
    "initial_price": "20.00",
    "step_minutes": 5,
    "step_price": "4.00",
}


class Caller:
    """A program with somebody's token."""

    def __init__(self, user: User) -> None:
        _token, text = access.create_token(user=user, name="Test", scopes=["*"], at=timezone.now())
        self.client = Client(headers={"authorization": f"Bearer {text}", "accept-language": "it"})

    def __call__(self, verb: str, path: str, **body: Any) -> Any:
        call = getattr(self.client, verb)
        if verb == "get":
            return call(f"/api/v1{path}", body)
        return call(f"/api/v1{path}", body, content_type="application/json")


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def call(who: People) -> Caller:
    return Caller(who.colleague)


def fields(answer: Any) -> set[str]:
    assert answer.status_code == 422, answer.content
    return {fault["field"] for fault in answer.json()["fields"]}


def test_a_tariff_is_added_revised_read_and_listed(call: Caller) -> None:
    made = call("post", "/tariffs", name="Standard a scatti", terms=TERMS)
    assert made.status_code == 201
    tariff = made.json()
    assert tariff["version"]["number"] == 1
    assert tariff["version"]["words"].startswith("I primi 15")
    assert codec.read(tariff["version"]["terms"]) == make.terms()
    url = f"/tariffs/{tariff['id']}"
    revised = call("patch", url, terms=TERMS | {"step_price": "5.00"}, seen=1, name="Scatti")
    assert (revised.json()["name"], revised.json()["version"]["number"]) == ("Scatti", 2)
    stale = call("patch", url, terms=TERMS, seen=1)
    assert (stale.status_code, stale.json()["error"]) == (409, "stale")
    assert [v["number"] for v in call("get", f"{url}/versions").json()["items"]] == [2, 1]
    assert call("patch", url, is_active=False).json()["is_active"] is False
    assert call("get", "/tariffs", active=True).json()["items"] == []
    copy = call("post", f"{url}/duplicate").json()
    assert copy["name"] == "Scatti 2"
    listed = call("get", "/tariffs", q="scatti").json()["items"]
    assert [item["id"] for item in listed] == [tariff["id"], copy["id"]]
    assert call("get", url).json()["name"] == "Scatti"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"step_minutes": 0}, "terms.step_minutes"),
        ({"step_price": 4.0}, "terms.step_price"),
        ({"step_price": "-1"}, "terms.step_price"),
        ({"kind": "weekly"}, "terms.kind"),
        ({"bands": [{}]}, "terms.bands"),
    ],
)
def test_faulty_terms_are_named_by_field(call: Caller, terms: dict[str, Any], field: str) -> None:
    assert fields(call("post", "/tariffs", name="x", terms=TERMS | terms)) == {field}
    assert not Tariff.objects.exists()


def test_a_taken_name_and_another_kind_are_refused(call: Caller) -> None:
    tariff = make.tariff("Orario")
    assert fields(call("post", "/tariffs", name="Orario", terms=TERMS)) == {"name"}
    other = {"kind": "subscription", "step_minutes": 1}
    assert fields(call("patch", f"/tariffs/{tariff.pk}", terms=other)) == {"kind"}


def test_what_work_would_cost_is_answered_without_writing(call: Caller) -> None:
    work = [
        {"seconds": 2520},
        {"start": "2026-10-25T02:30:00+02:00", "end": "2026-10-25T02:10:00+01:00"},
        {"seconds": 2520, "extra_minutes": -43},
    ]
    rated = call("post", "/rate", terms=TERMS, work=work).json()
    assert [item["price"] for item in rated] == ["44.00", "40.00", None]
    assert [item["status"] for item in rated] == ["billable", "billable", "rejected"]
    assert "sotto zero" in rated[2]["error"]
    assert rated[0]["words"][0] == "Scatto iniziale, 15 minuti"
    tariff = make.tariff()
    by_id = call("post", "/rate", tariff_id=tariff.pk, work=[{"seconds": 60}]).json()
    assert by_id[0]["price"] == "20.00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"work": []}, "terms"),
        ({"terms": TERMS, "tariff_id": 1, "work": []}, "terms"),
        ({"tariff_id": 999, "work": []}, "tariff_id"),
        ({"terms": TERMS, "work": [{}]}, "work.0"),
        ({"terms": TERMS, "work": [{"seconds": 1, "start": "2026-01-01T00:00:00Z"}]}, "work.0"),
        (
            {
                "terms": TERMS,
                "work": [{"start": "2026-01-01T00:00:00", "end": "2026-01-01T01:00:00Z"}],
            },
            "work.0.start",
        ),
        ({"terms": TERMS, "work": [{"seconds": 1}] * 1_001}, "work"),
    ],
)
def test_a_question_that_cannot_be_answered_names_its_field(
    call: Caller, body: dict[str, Any], field: str
) -> None:
    assert fields(call("post", "/rate", **body)) == {field}


def test_articles_units_rates_and_prices(call: Caller) -> None:
    unit = call("post", "/units", code="h", title="ore", titles={"fr": "heures"}).json()
    vat = call("post", "/vat-rates", code="22", title="IVA 22 %", basis_points=2200).json()
    article = call(
        "post", "/articles", code="ASS", title="Assistenza", unit_id=unit["id"], vat_id=vat["id"]
    ).json()
    url = f"/articles/{article['id']}"
    assert call("patch", url, titles={"fr": "Aide"}).json()["titles"] == {"fr": "Aide"}
    assert call("get", url).json()["title"] == "Assistenza"
    assert [a["id"] for a in call("get", "/articles", q="ass").json()["items"]] == [article["id"]]
    listed = call("post", "/price-lists", name="2026", valid_from="2026-01-01").json()
    assert listed["is_default"] is True
    prices = f"/price-lists/{listed['id']}/prices"
    price = call(
        "post", prices, article_id=article["id"], price="0.0085", valid_from="2026-02-01"
    ).json()
    assert price["price"] == "0.0085"
    assert call("get", f"{url}/price", day="2026-02-01").json() == {"price": "0.0085"}
    assert call("get", f"{url}/price", day="2026-01-31").json() == {"price": None}
    assert [p["id"] for p in call("get", prices).json()["items"]] == [price["id"]]
    assert call("delete", f"{prices}/{price['id']}").status_code == 204
    ended = call("patch", f"/price-lists/{listed['id']}", valid_until="2027-01-01").json()
    assert ended["valid_until"] == "2027-01-01"
    opened = call("patch", f"/price-lists/{listed['id']}", valid_until=None).json()
    assert opened["valid_until"] is None
    assert call("patch", f"/units/{unit['id']}", title="ora").json()["title"] == "ora"
    assert call("patch", f"/vat-rates/{vat['id']}", is_active=False).json()["is_active"] is False
    for path in ("/units", "/vat-rates", "/price-lists"):
        assert len(call("get", path).json()["items"]) == 1


def test_what_is_not_valid_is_said_by_field(call: Caller) -> None:
    article, listed = make.article("A1"), make.price_list()
    ids = {"unit_id": article.unit.pk, "vat_id": article.vat.pk}
    assert fields(call("post", "/articles", code="A1", title="x", **ids)) == {"code"}
    assert fields(call("post", "/articles", code="B", title="x", **ids | {"unit_id": 999})) == {
        "unit_id"
    }
    prices = f"/price-lists/{listed.pk}/prices"
    for price in ("12,50", "NaN", "1e5", "", "0.0000001"):
        body = {"article_id": article.pk, "price": price, "valid_from": "2026-01-01"}
        assert fields(call("post", prices, **body)) == {"price"}
    assert call("post", "/vat-rates", code="x", title="x", basis_points=-1).status_code == 422
    assert Article.objects.count() == 1


def test_who_may_not_is_told_so(who: People) -> None:
    tariff = make.tariff()
    technician = Caller(who.technician)
    assert technician("get", "/articles").status_code == 200
    assert technician("get", "/tariffs").status_code == 403
    assert technician("get", f"/tariffs/{tariff.pk}").status_code == 403
    assert technician("post", "/rate", terms=TERMS, work=[]).status_code == 403
    assert technician("post", "/units", code="x", title="x").status_code == 403
    assert Caller(who.customer)("get", "/articles").status_code == 403
    assert Caller(who.colleague)("get", "/tariffs/999").status_code == 404
