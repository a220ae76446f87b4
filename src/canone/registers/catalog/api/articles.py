"""Articles, units and VAT rates."""
# ruff: noqa: ARG001 (every operation takes the request, whether it needs it or not)

from __future__ import annotations

from typing import Any, Literal

from canone.base.firm import queries as firm
from canone.registers.catalog.api import shared
from canone.registers.catalog.models import Article, Unit, VatRate
from canone.registers.catalog.permissions import CHANGE, SETTINGS, VIEW
from canone.registers.catalog.services import articles
from canone.ui import api

router = api.Router(tags=["catalog"])


class ArticleChange(api.Schema):
    """What changes of an article; what is not sent stays."""

    code: str | None = None
    kind: Literal["service", "goods"] | None = None
    title: str | None = None
    titles: dict[Literal["it", "fr", "en"], str] | None = None
    unit_id: api.Id | None = None
    vat_id: api.Id | None = None
    is_active: bool | None = None


class ArticleNew(ArticleChange):
    """A new article."""

    code: str
    title: str
    unit_id: api.Id
    vat_id: api.Id


class ArticleOut(api.Schema):
    """A service or goods."""

    id: int
    code: str
    kind: str
    title: str
    titles: dict[str, str]
    unit_id: int
    vat_id: int
    is_active: bool


class UnitChange(api.Schema):
    """What changes of a unit."""

    code: str | None = None
    title: str | None = None
    titles: dict[Literal["it", "fr", "en"], str] | None = None
    is_active: bool | None = None


class UnitNew(UnitChange):
    """A new unit."""

    code: str
    title: str


class UnitOut(api.Schema):
    """A unit."""

    id: int
    code: str
    title: str
    titles: dict[str, str]
    is_active: bool


class VatChange(api.Schema):
    """What changes of a VAT rate; `basis_points` are hundredths of a percent (2200 is 22 %)."""

    code: str | None = None
    title: str | None = None
    basis_points: int | None = None
    nature: str | None = None
    country: Literal["it", "fr"] | None = None
    is_active: bool | None = None


class VatNew(VatChange):
    """A new VAT rate."""

    code: str
    title: str
    basis_points: int


class VatOut(api.Schema):
    """A VAT rate, or the nature of what bears none."""

    id: int
    code: str
    title: str
    basis_points: int
    nature: str
    country: str
    is_active: bool


class VatProvided(api.Schema):
    """How many rates were added."""

    count: int


@router.get("/articles", response=api.Paged[ArticleOut], summary="List articles and services")
@api.allows(VIEW)
def list_articles(
    request: api.Request,
    page: api.Page = api.PAGE,
    q: api.Search = "",
    active: bool | None = None,  # noqa: FBT001 (a parameter of the address)
) -> dict[str, Any]:
    """Return the articles; `q` looks through code and description."""
    found = Article.objects.filter(title__icontains=q) | Article.objects.filter(code__icontains=q)
    if active is not None:
        found = found.filter(is_active=active)
    return api.cut(found, page)


@router.get("/articles/{article_id}", response=ArticleOut, summary="Read an article")
@api.allows(VIEW)
def read_article(request: api.Request, article_id: api.Id) -> Article:
    """Return one article."""
    return shared.one(Article.objects.all(), article_id)


@router.post("/articles", response={201: ArticleOut}, summary="Add an article")
@api.allows(CHANGE)
def create_article(request: api.Request, body: ArticleNew) -> api.Answer[Article]:
    """Return the new article."""
    return api.Answer(201, articles.save_article(**_article(body)))


@router.patch("/articles/{article_id}", response=ArticleOut, summary="Change an article")
@api.allows(CHANGE)
def change_article(request: api.Request, article_id: api.Id, body: ArticleChange) -> Article:
    """Return the article after the change."""
    article = shared.one(Article.objects.all(), article_id)
    return articles.save_article(article=article, **_article(body))


@router.get("/units", response=api.Paged[UnitOut], summary="List units")
@api.allows(VIEW)
def list_units(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the units."""
    return api.cut(Unit.objects.all(), page)


@router.post("/units", response={201: UnitOut}, summary="Add a unit")
@api.allows(SETTINGS)
def create_unit(request: api.Request, body: UnitNew) -> api.Answer[Unit]:
    """Return the new unit."""
    return api.Answer(201, articles.save_unit(**shared.sent(body)))


@router.patch("/units/{unit_id}", response=UnitOut, summary="Change a unit")
@api.allows(SETTINGS)
def change_unit(request: api.Request, unit_id: api.Id, body: UnitChange) -> Unit:
    """Return the unit after the change."""
    unit = shared.one(Unit.objects.all(), unit_id)
    return articles.save_unit(unit=unit, **shared.sent(body))


@router.get("/vat-rates", response=api.Paged[VatOut], summary="List VAT rates")
@api.allows(VIEW)
def list_vat(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the VAT rates."""
    return api.cut(VatRate.objects.all(), page)


@router.post("/vat-rates", response={201: VatOut}, summary="Add a VAT rate")
@api.allows(SETTINGS)
def create_vat(request: api.Request, body: VatNew) -> api.Answer[VatRate]:
    """Return the new VAT rate."""
    return api.Answer(201, articles.save_vat(**shared.sent(body)))


@router.post("/vat-rates/usual", response=VatProvided, summary="Add the usual VAT rates")
@api.allows(SETTINGS)
def provide_vat(request: api.Request) -> dict[str, int]:
    """Return how many of the country's usual rates were missing and are there now."""
    return {"count": articles.provide_vat(country=firm.firm().country)}


@router.patch("/vat-rates/{vat_id}", response=VatOut, summary="Change a VAT rate")
@api.allows(SETTINGS)
def change_vat(request: api.Request, vat_id: api.Id, body: VatChange) -> VatRate:
    """Return the VAT rate after the change."""
    vat = shared.one(VatRate.objects.all(), vat_id)
    return articles.save_vat(vat=vat, **shared.sent(body))


def _article(body: ArticleChange) -> dict[str, Any]:
    values = shared.sent(body)
    if "unit_id" in values:
        values["unit"] = shared.linked(Unit.objects.all(), "unit_id", values.pop("unit_id"))
    if "vat_id" in values:
        values["vat"] = shared.linked(VatRate.objects.all(), "vat_id", values.pop("vat_id"))
    return values
