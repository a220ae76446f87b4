"""Price lists and prices."""
# ruff: noqa: ARG001 (every operation takes the request, whether it needs it or not)

from __future__ import annotations

from datetime import date
from typing import Any

from canone.registers.catalog import queries
from canone.registers.catalog.api import shared
from canone.registers.catalog.models import Article, Price, PriceList
from canone.registers.catalog.permissions import CHANGE, VIEW
from canone.registers.catalog.services import prices
from canone.ui import api

router = api.Router(tags=["catalog"])


class ListChange(api.Schema):
    """What changes of a price list; `valid_until` is the first day after."""

    name: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    is_default: bool | None = None
    is_active: bool | None = None


class ListNew(ListChange):
    """A new price list."""

    name: str
    valid_from: date


class ListOut(api.Schema):
    """A price list."""

    id: int
    name: str
    valid_from: date
    valid_until: date | None
    is_default: bool
    is_active: bool


class PriceNew(api.Schema):
    """A price from a day on, as decimal text with at most six decimals."""

    article_id: api.Id
    price: str
    valid_from: date


class PriceOut(api.Schema):
    """A price in a list."""

    id: int
    article_id: int
    price: str
    valid_from: date


class PriceAsked(api.Schema):
    """What an article costs on a day; null where no list has a price."""

    price: str | None


@router.get("/price-lists", response=api.Paged[ListOut], summary="List price lists")
@api.allows(VIEW)
def list_lists(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the price lists."""
    return api.cut(PriceList.objects.all(), page)


@router.post("/price-lists", response={201: ListOut}, summary="Add a price list")
@api.allows(CHANGE)
def create_list(request: api.Request, body: ListNew) -> api.Answer[PriceList]:
    """Return the new price list."""
    return api.Answer(201, prices.save_list(**body.dict(exclude_unset=True)))


@router.patch("/price-lists/{list_id}", response=ListOut, summary="Change a price list")
@api.allows(CHANGE)
def change_list(request: api.Request, list_id: api.Id, body: ListChange) -> PriceList:
    """Return the price list after the change; a null `valid_until` opens its end."""
    row = shared.one(PriceList.objects.all(), list_id)
    values = body.dict(exclude_unset=True)
    kept = {name: v for name, v in values.items() if v is not None or name == "valid_until"}
    return prices.save_list(price_list=row, **kept)


@router.get(
    "/price-lists/{list_id}/prices", response=api.Paged[PriceOut], summary="List a list's prices"
)
@api.allows(VIEW)
def list_prices(request: api.Request, list_id: api.Id, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the prices of a list."""
    row = shared.one(PriceList.objects.all(), list_id)
    cut = api.cut(Price.objects.filter(price_list=row), page)
    return cut | {"items": [_shown(price) for price in cut["items"]]}


@router.post("/price-lists/{list_id}/prices", response={201: PriceOut}, summary="Set a price")
@api.allows(CHANGE)
def set_price(request: api.Request, list_id: api.Id, body: PriceNew) -> api.Answer[dict[str, Any]]:
    """Return the price that holds from that day on; one of the same day is replaced."""
    price = prices.set_price(
        price_list=shared.one(PriceList.objects.all(), list_id),
        article=shared.linked(Article.objects.all(), "article_id", body.article_id),
        price=shared.price("price", body.price),
        valid_from=body.valid_from,
    )
    return api.Answer(201, _shown(price))


@router.api_operation(
    ["DELETE"],
    "/price-lists/{list_id}/prices/{price_id}",
    response={204: None},
    summary="Remove a price",
)
@api.allows(CHANGE)
def remove_price(request: api.Request, list_id: api.Id, price_id: api.Id) -> api.Answer[None]:
    """Return nothing; the price before it holds again."""
    price = shared.one(Price.objects.filter(price_list_id=list_id), price_id)
    prices.remove_prices(chosen=[price])
    return api.Answer(204, None)


@router.get("/articles/{article_id}/price", response=PriceAsked, summary="Ask an article's price")
@api.allows(VIEW)
def price_of(
    request: api.Request, article_id: api.Id, day: api.Day, price_list_id: api.Id | None = None
) -> dict[str, Any]:
    """Return what the article costs on the day: in the given list, else in the usual one."""
    article = shared.one(Article.objects.all(), article_id)
    row = shared.one(PriceList.objects.all(), price_list_id) if price_list_id else None
    price = queries.price_of(article, day=day, price_list=row)
    return {"price": None if price is None else str(price)}


def _shown(price: Price) -> dict[str, Any]:
    return {
        "id": price.pk,
        "article_id": price.article_id,
        "price": str(price.price),
        "valid_from": price.valid_from,
    }
