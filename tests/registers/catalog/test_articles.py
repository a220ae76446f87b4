from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from tests.make import catalog as make

from canone.kernel.money import UnitPrice
from canone.registers.catalog import queries
from canone.registers.catalog.models import PriceList, VatRate
from canone.registers.catalog.services import articles, prices

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)


def test_the_price_of_a_day_is_the_last_one_that_began() -> None:
    article, usual = make.article(), make.price_list()
    for day, price in ((date(2026, 1, 1), "50"), (MAY, "0.0085")):
        prices.set_price(
            price_list=usual, article=article, price=UnitPrice.of(price), valid_from=day
        )
    assert queries.price_of(article, day=date(2025, 12, 31)) is None
    assert queries.price_of(article, day=date(2026, 4, 30)) == UnitPrice.of("50")
    assert queries.price_of(article, day=MAY) == UnitPrice.of("0.0085")


def test_the_customers_list_comes_before_the_usual_one_while_it_holds() -> None:
    article, other, usual = make.article(), make.article(), make.price_list()
    own = make.price_list(valid_from=MAY, valid_until=date(2026, 6, 1))
    since = date(2026, 1, 1)
    for price_list, row, price in ((usual, article, "50"), (usual, other, "9"), (own, article, 40)):
        prices.set_price(
            price_list=price_list, article=row, price=UnitPrice.of(price), valid_from=since
        )

    def on(day: date) -> UnitPrice | None:
        return queries.price_of(article, day=day, price_list=own)

    assert on(date(2026, 4, 30)) == UnitPrice.of("50")
    assert on(date(2026, 5, 31)) == UnitPrice.of("40")
    assert on(date(2026, 6, 1)) == UnitPrice.of("50")
    both = queries.prices_of([article.pk, other.pk], day=MAY, price_list=own)
    assert both == {article.pk: UnitPrice.of("40"), other.pk: UnitPrice.of("9")}
    prices.save_list(price_list=own, is_active=False)
    assert on(date(2026, 5, 31)) == UnitPrice.of("50")


def test_one_list_is_the_usual_one() -> None:
    first, second = make.price_list(), make.price_list()
    assert (first.is_default, second.is_default) == (True, False)
    prices.save_list(price_list=second, is_default=True)
    assert list(PriceList.objects.filter(is_default=True)) == [second]
    with pytest.raises(ValidationError):
        make.price_list(valid_from=MAY, valid_until=MAY)


def test_a_price_of_the_same_day_is_replaced_and_never_negative() -> None:
    article, usual = make.article(), make.price_list()
    for price in ("10", "12", "12"):
        row = prices.set_price(
            price_list=usual, article=article, price=UnitPrice.of(price), valid_from=MAY
        )
    assert article.prices.count() == 1
    assert row.history.count() == 2
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        prices.set_price(
            price_list=usual, article=article, price=UnitPrice(-1), valid_from=date(2026, 7, 1)
        )
    prices.remove_prices(chosen=[row])
    assert queries.price_of(article, day=MAY) is None


@pytest.mark.parametrize(("country", "natures"), [("it", "N4"), ("fr", "AE")])
def test_a_country_brings_its_rates_once(country: str, natures: str) -> None:
    made = articles.provide_vat(country=country)
    assert made >= 8
    assert articles.provide_vat(country=country) == 0
    assert VatRate.objects.filter(country=country, nature=natures).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"basis_points": -1},
        {"basis_points": 10_001},
        {"basis_points": 2_200, "nature": "N4"},
        {"code": ""},
    ],
)
def test_a_vat_rate_that_cannot_be_is_refused(values: dict[str, object]) -> None:
    given = {"code": "X", "title": "x", "basis_points": 0} | values
    with pytest.raises(ValidationError):
        articles.save_vat(**given)


def test_articles_speak_the_readers_language() -> None:
    article = make.article(titles={"fr": "Assistance"})
    assert article.title_in("fr-CA") == "Assistance"
    assert article.title_in("en") == "Assistenza"
    with pytest.raises(ValidationError) as caught:
        make.article(article.code)
    assert "code" in caught.value.message_dict
    with pytest.raises(TypeError, match="colour"):
        articles.save_article(article=article, colour="red")
