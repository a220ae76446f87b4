from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import kit, people
from tests.make import catalog as make

from canone.kernel.money import Money, UnitPrice
from canone.registers.catalog.models import Article, Price, PriceList, VatRate
from canone.registers.catalog.rules.terms import Kind
from canone.registers.catalog.services import prices

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.colleague)
    client.cookies["django_language"] = "it"
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"catalog:{name}", args=args)


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(url(name, *args))
    assert answer.status_code == 200
    return answer.content.decode()


ALONE = [
    "profiles",
    "profile_new",
    "articles",
    "article_new",
    "vat",
    "vat_new",
    "units",
    "unit_new",
    "price_lists",
    "price_list_new",
]


@pytest.mark.parametrize("name", ALONE)
def test_every_page_opens_empty_and_with_rows(office: Client, name: str) -> None:
    page(office, name)
    make.tariff()
    make.tariff(kind=Kind.SUBSCRIPTION, total_minutes=600, amount=Money.of("500"))
    make.article()
    make.price_list()
    page(office, name)


def test_pages_of_one_row_open(office: Client) -> None:
    tariff, article, usual = make.tariff(note_required=True), make.article(), make.price_list()
    prices.set_price(
        price_list=usual, article=article, price=UnitPrice.of("50"), valid_from=date(2026, 1, 1)
    )
    for name in ("profile", "profile_edit"):
        assert tariff.name in page(office, name, tariff.pk)
    for name in ("article", "article_edit"):
        page(office, name, article.pk)
    for name in ("price_list", "price_list_edit", "price_new"):
        page(office, name, usual.pk)
    page(office, "vat_edit", article.vat.pk)
    page(office, "unit_edit", article.unit.pk)
    assert "50,00" in page(office, "article", article.pk)


@pytest.mark.parametrize("name", ["profiles", "articles", "price_lists", "vat"])
def test_lists_ask_a_fixed_number_of_queries(office: Client, name: str) -> None:
    def rows() -> None:
        make.tariff()
        article = make.article()
        listed = make.price_list()
        make.vat(f"V{listed.pk}", 0)
        prices.set_price(
            price_list=listed, article=article, price=UnitPrice.of(1), valid_from=date(2026, 1, 1)
        )

    rows()
    kit.assert_fixed_queries(office, url(name), lambda: [rows() for _ in range(4)])


@pytest.mark.parametrize("name", ["profiles", "articles", "price_lists", "vat", "units"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_are_exported(office: Client, name: str, kind: str) -> None:
    make.tariff()
    make.article()
    make.price_list()
    answer = office.get(url(name), {"format": kind})
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert len(body) > 20


def test_a_technician_sees_articles_and_changes_nothing(client: Client, who: people.People) -> None:
    article, tariff, listed = make.article(), make.tariff(), make.price_list()
    client.force_login(who.technician)
    assert client.get(url("articles")).status_code == 200
    for name, args in [
        ("article_new", ()),
        ("article_edit", (article.pk,)),
        ("profiles", ()),
        ("profile", (tariff.pk,)),
        ("profile_edit", (tariff.pk,)),
        ("price_new", (listed.pk,)),
        ("vat_new", ()),
        ("units", ()),
    ]:
        assert client.get(url(name, *args)).status_code == 404, name
    assert client.post(url("profile_activate", tariff.pk)).status_code == 404
    client.force_login(who.customer)
    assert client.get(url("articles")).status_code == 404


def test_articles_rates_units_and_prices_are_entered(office: Client) -> None:
    vat, unit = make.vat(), make.unit()
    given = {
        "code": "ASS-01",
        "kind": "service",
        "unit": unit.pk,
        "vat": vat.pk,
        "title": "Assistenza remota",
        "title_fr": "Assistance à distance",
        "is_active": "on",
    }
    assert office.post(url("article_new"), given).status_code == 302
    article = Article.objects.get()
    assert article.titles == {"fr": "Assistance à distance"}
    assert office.post(url("article_new"), given).status_code == 422

    rate = {"code": "10", "title": "Ridotta", "rate": "10", "country": "it", "is_active": "on"}
    assert office.post(url("vat_new"), rate).status_code == 302
    assert VatRate.objects.get(code="10").basis_points == 1_000
    both = rate | {"code": "X", "nature": "N4"}
    assert office.post(url("vat_new"), both).status_code == 422
    assert office.post(url("vat_provide")).status_code == 302
    assert office.post(url("unit_new"), {"code": "km", "title": "km"}).status_code == 302

    listed = {"name": "2026", "valid_from": "01/01/2026", "last_day": "31/12/2026"}
    assert office.post(url("price_list_new"), listed | {"is_active": "on"}).status_code == 302
    price_list = PriceList.objects.get()
    assert (price_list.valid_until, price_list.is_default) == (date(2027, 1, 1), True)
    wrong = listed | {"name": "x", "last_day": "31/12/2025"}
    assert office.post(url("price_list_new"), wrong).status_code == 422
    set_ = {"article": article.pk, "price": "0,0085", "valid_from": "01/02/2026"}
    assert office.post(url("price_new", price_list.pk), set_).status_code == 302
    row = Price.objects.get()
    assert row.price == UnitPrice.of("0.0085")
    office.post(url("price_remove", price_list.pk), {"ids": [row.pk]})
    assert not Price.objects.exists()


def test_two_who_change_one_article_both_learn_of_it(office: Client) -> None:
    article = make.article()
    form = office.get(url("article_edit", article.pk)).context["form"]
    given = {
        "code": article.code,
        "kind": "service",
        "unit": article.unit.pk,
        "vat": article.vat.pk,
        "title": "Nuovo",
        "is_active": "on",
        "seen": form["seen"].value(),
    }
    assert office.post(url("article_edit", article.pk), given).status_code == 302
    late = office.post(url("article_edit", article.pk), given | {"title": "Altro"})
    assert late.status_code == 409


def test_the_search_finds_profiles_and_articles_of_who_may_see_them(
    client: Client, who: people.People
) -> None:
    make.tariff("Reperibilità 24 ore")
    make.article("ASS-24", title="Assistenza 24 ore")
    client.force_login(who.colleague)
    body = client.get("/search/?q=24 ore").content.decode()
    assert "Reperibilità 24 ore" in body
    assert "ASS-24" in body
    client.force_login(who.technician)
    body = client.get("/search/?q=24 ore").content.decode()
    assert "Reperibilità 24 ore" not in body
    assert "ASS-24" in body
