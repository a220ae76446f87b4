"""VAT rates, units, articles with a price list, and the profiles of the demo firm."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from canone.config.demo.land import Land, Shop
from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Article, PriceList, Tariff, Unit, VatRate
from canone.registers.catalog.rules.rating import Terms
from canone.registers.catalog.services import articles, prices, tariffs

AGE = timedelta(days=1_205)
REVISED = (760, 140)
"""How many days ago the standard profile changed."""


@dataclass(slots=True)
class Shelf:
    """What was written, for the builders of what comes after."""

    vat: dict[str, VatRate] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    usual: PriceList | None = None
    tariffs: dict[str, Tariff] = field(default_factory=dict)

    @property
    def profiles(self) -> list[Tariff]:
        """The profiles that groups are priced by, the commonest first."""
        return list(self.tariffs.values())


def load(land: Land, *, at: datetime, by: int | None) -> Shelf:
    """Return the catalog after writing it: three years of prices, profiles as old as the firm."""
    shelf, shop = Shelf(), land.shop
    articles.provide_vat(country=land.country)
    shelf.vat = {vat.code: vat for vat in VatRate.objects.all()}
    units = {code: _unit(land, code, titles) for code, *titles in shop.units}
    shelf.usual = prices.save_list(
        name=shop.usual_list, valid_from=(at - AGE).date().replace(day=1)
    )
    for code, kind, unit, price, *words in rows(shop):
        article = articles.save_article(
            code=code,
            kind=kind,
            **_titles(land, words),
            unit=units[unit],
            vat=shelf.vat[shop.vat],
        )
        shelf.articles[code] = article
        _prices(shelf.usual, article, price, at.date())
    _dealers(shelf, shop, at.date())
    shelf.tariffs = {
        key: _profile(terms, _older(shop, key), name=name, at=at, by=by)
        for key, name, terms in shop.profiles
    }
    return shelf


def rows(shop: Shop) -> list[list[str]]:
    """Return the articles as they stand in the country's table."""
    return [line.split("|") for line in shop.articles.strip().splitlines()]


def _unit(land: Land, code: str, words: list[str]) -> Unit:
    return articles.save_unit(code=code, **_titles(land, words))


def _titles(land: Land, words: list[str]) -> dict[str, Any]:
    titles = dict(zip(("it", "fr", "en"), words, strict=True))
    return {"title": titles[land.language], "titles": titles}


def _prices(usual: PriceList, article: Article, price: str, today: date) -> None:
    """Set today's price, and lower ones for the two years before."""
    now = UnitPrice.of(price)
    for years in (2, 1, 0):
        share = 100 - years * (2 + len(article.code) % 3)
        then = UnitPrice(max(now.micros * share // 100 // 100 * 100, 100))
        since = max(date(today.year - years, 1, 1), usual.valid_from)
        prices.set_price(price_list=usual, article=article, price=then, valid_from=since)


def _dealers(shelf: Shelf, shop: Shop, today: date) -> None:
    """Make a second list with better prices of goods."""
    listed = prices.save_list(name=shop.dealers_list, valid_from=date(today.year, 1, 1))
    for code, kind, _counted, price, *_titles in rows(shop):
        if kind == "goods":
            lower = UnitPrice.of(price).micros * 88 // 100 // 10_000 * 10_000
            prices.set_price(
                price_list=listed,
                article=shelf.articles[code],
                price=UnitPrice(lower),
                valid_from=listed.valid_from,
            )


def _older(shop: Shop, key: str) -> tuple[tuple[str, str], ...]:
    """Return what a profile cost before; only the standard one has been revised."""
    return shop.standard if key == "steps" else ()


def _profile(
    terms: Terms, older: tuple[tuple[str, str], ...], *, name: str, at: datetime, by: int | None
) -> Tariff:
    """Return a profile with its versions, the oldest as old as the firm."""
    first, *later = [
        *(
            replace(terms, initial_price=UnitPrice.of(initial), step_price=UnitPrice.of(step))
            for initial, step in older
        ),
        terms,
    ]
    tariff = tariffs.create(name=name, terms=first, at=at - AGE, by=by)
    for days, revised in zip(REVISED, later, strict=False):
        tariffs.revise(tariff=tariff, terms=revised, at=at - timedelta(days=days), by=by)
    return tariff
