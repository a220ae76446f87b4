"""Articles, units and VAT rates."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction

from canone.registers.catalog.models import Article, Unit, VatRate
from canone.registers.catalog.rules.vat import RATES

Row = TypeVar("Row", Article, Unit, VatRate)
ARTICLE = frozenset({"code", "kind", "title", "titles", "unit", "vat", "is_active"})
UNIT = frozenset({"code", "title", "titles", "is_active"})
VAT = frozenset({"code", "title", "basis_points", "nature", "country", "is_active"})


def save_article(*, article: Article | None = None, **values: Any) -> Article:
    """Return the article, new or changed; faults are a ValidationError by field."""
    return _save(article or Article(), values, ARTICLE)


def save_unit(*, unit: Unit | None = None, **values: Any) -> Unit:
    """Return the unit, new or changed; faults are a ValidationError by field."""
    return _save(unit or Unit(), values, UNIT)


def save_vat(*, vat: VatRate | None = None, **values: Any) -> VatRate:
    """Return the VAT rate, new or changed; faults are a ValidationError by field."""
    return _save(vat or VatRate(), values, VAT)


@transaction.atomic
def remove_unused(*, article: Article) -> None:
    """Return nothing; the article and its one price are gone, its history stays.

    Raises ProtectedError where something else uses it, or it has further prices.
    """
    first = article.prices.order_by("pk").first()
    if first is not None:
        first.delete()
    article.delete()


@transaction.atomic
def provide_vat(*, country: str) -> int:
    """Return how many of the country's usual VAT rates were missing and are there now."""
    known = set(VatRate.objects.values_list("code", flat=True))
    missing = [rate for rate in RATES.get(country, ()) if rate.code not in known]
    for rate in missing:
        save_vat(
            code=rate.code,
            title=rate.title,
            basis_points=rate.basis_points,
            nature=rate.nature,
            country=country,
        )
    return len(missing)


@transaction.atomic
def _save(row: Row, values: dict[str, Any], allowed: frozenset[str]) -> Row:
    if unknown := values.keys() - allowed:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.full_clean()
    row.save()
    return row
