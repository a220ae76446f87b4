"""Articles and what they cost on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Article, Price, PriceList


def price_of(
    article: Article, *, day: date, price_list: PriceList | None = None
) -> UnitPrice | None:
    """Return what `article` costs on `day`; None where no list has a price.

    The given list is asked first, if it is valid on that day, then the usual one.
    """
    return prices_of([article.pk], day=day, price_list=price_list).get(article.pk)


def prices_of(
    articles: Iterable[int], *, day: date, price_list: PriceList | None = None
) -> dict[int, UnitPrice]:
    """Return what the articles cost on `day` by id, as `price_of` does, in one query."""
    wanted = Q(price_list__is_default=True)
    if price_list is not None:
        wanted |= Q(price_list=price_list)
    rows = (
        Price.objects.filter(wanted, article_id__in=list(articles), valid_from__lte=day)
        .filter(price_list__in=valid_lists(day))
        .order_by("price_list_id", "valid_from")
        .values_list("article_id", "price_list_id", "price")
    )
    usual: dict[int, UnitPrice] = {}
    own: dict[int, UnitPrice] = {}
    for article_id, list_id, price in rows:
        is_own = price_list is not None and list_id == price_list.pk
        (own if is_own else usual)[article_id] = price
    return usual | own


def valid_lists(day: date) -> QuerySet[PriceList]:
    """Return the active price lists that hold on `day`."""
    open_end = Q(valid_until__isnull=True) | Q(valid_until__gt=day)
    return PriceList.objects.filter(open_end, is_active=True, valid_from__lte=day)


def with_price(rows: QuerySet[Article], day: date) -> QuerySet[Article]:
    """Return the articles with `price_today`: their price on `day` in the usual list, or None."""
    prices = Price.objects.filter(
        article=OuterRef("pk"),
        price_list__is_default=True,
        price_list__in=valid_lists(day),
        valid_from__lte=day,
    ).order_by("-valid_from")
    return rows.annotate(price_today=Subquery(prices.values("price")[:1]))
