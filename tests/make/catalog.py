"""Articles, prices and tariffs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import (
    Article,
    PriceList,
    Tariff,
    TariffVersion,
    Unit,
    VatRate,
)
from canone.registers.catalog.rules.terms import Kind, Terms
from canone.registers.catalog.services import articles, prices, tariffs

_number = count(1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def terms(**changed: Any) -> Terms:
    """Return 15 minutes for 20.00, then 4.00 every 5 minutes; prices may be text."""
    given: dict[str, Any] = {
        "initial_minutes": 15,
        "initial_price": "20.00",
        "step_minutes": 5,
        "step_price": "4.00",
    } | changed
    for name in ("initial_price", "step_price", "overage_price"):
        if isinstance(given.get(name), str):
            given[name] = UnitPrice.of(given[name])
    return Terms(**given)


def tariff(name: str = "", *, at: datetime = START, **changed: Any) -> Tariff:
    """Return a pay-per-use tariff in force since `at`; `kind=Kind.SUBSCRIPTION` prepays."""
    if changed.get("kind") is Kind.SUBSCRIPTION:
        changed = {"initial_minutes": 0, "initial_price": "0", "step_price": "0"} | changed
    number = next(_number)
    return tariffs.create(name=name or f"Profilo {number}", terms=terms(**changed), at=at, by=None)


def version(of: Tariff | None = None, **changed: Any) -> TariffVersion:
    """Return the latest version of a tariff, a new one unless given."""
    return (of or tariff(**changed)).versions.select_related("tariff").order_by("-number")[0]


def vat(code: str = "22", basis_points: int = 2_200, **fields: Any) -> VatRate:
    """Return the VAT rate of that code, made if it is not there."""
    known = VatRate.objects.filter(code=code).first()
    title = fields.pop("title", f"IVA {code}")
    return known or articles.save_vat(code=code, title=title, basis_points=basis_points, **fields)


def unit(code: str = "h", title: str = "ore") -> Unit:
    """Return the unit of that code, made if it is not there."""
    known = Unit.objects.filter(code=code).first()
    return known or articles.save_unit(code=code, title=title)


def article(code: str = "", **fields: Any) -> Article:
    """Return a service counted in hours, under 22 % of VAT."""
    given: dict[str, Any] = {"code": code or f"A{next(_number):04d}", "title": "Assistenza"}
    return articles.save_article(**{**given, "unit": unit(), "vat": vat(), **fields})


def price_list(name: str = "", **fields: Any) -> PriceList:
    """Return a price list valid since 2026; the first one is the usual."""
    given: dict[str, Any] = {"valid_from": date(2026, 1, 1)} | fields
    return prices.save_list(name=name or f"Listino {next(_number)}", **given)
