"""Price lists and the prices in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Article, Price, PriceList

FIELDS = frozenset({"name", "valid_from", "valid_until", "is_active"})


@transaction.atomic
def save_list(
    *, price_list: PriceList | None = None, is_default: bool | None = None, **values: Any
) -> PriceList:
    """Return the price list, new or changed; faults are a ValidationError by field.

    `valid_until` is the first day after. The first list is the usual one, and making another the
    usual takes it from the one before.
    """
    row = price_list or PriceList()
    if unknown := values.keys() - FIELDS:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(row, name, value)
    usual = PriceList.objects.select_for_update().filter(is_default=True).first()
    if is_default or usual is None:
        if usual is not None and usual.pk != row.pk:
            usual.is_default = False
            usual.save()
        row.is_default = True
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def set_price(
    *, price_list: PriceList, article: Article, price: UnitPrice, valid_from: date
) -> Price:
    """Return the price that holds from that day on; faults are a ValidationError by field."""
    row = Price.objects.filter(
        price_list=price_list, article=article, valid_from=valid_from
    ).first() or Price(price_list=price_list, article=article, valid_from=valid_from)
    if row.pk and row.price == price:
        return row
    row.price = price
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def remove_prices(*, chosen: Iterable[Price]) -> None:
    """Return nothing; the prices before them hold again. Their history stays."""
    for price in chosen:
        price.delete()
