"""Files of articles with their prices on their way in: checked row by row, taken back whole.

What is there already is never overwritten, so that an import can be undone: an article that
exists keeps its words, and a price of the same day that differs is a fault of its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from canone.base.exchange.importers import (
    Checked,
    Field,
    FieldKind,
    Option,
    Problem,
    Refused,
    Run,
    Setup,
    UndoRefusedError,
    Written,
)
from canone.base.history import services as history
from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Article, Price, PriceList, Unit, VatRate
from canone.registers.catalog.permissions import IMPORT
from canone.registers.catalog.services import articles, prices

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = tuple[Any, ...]
KINDS = {
    "service": "service", "servizio": "service", "prestazione": "service", "prestation": "service",
    "goods": "goods", "bene": "goods", "merce": "goods", "articolo": "goods", "bien": "goods",
    "marchandise": "goods",
}  # fmt: skip
FIELDS = (
    Field("code", _("Code"), required=True, limit=40,
          synonyms=("codice", "code", "codice articolo", "articolo", "sku", "référence")),
    Field("title", _("Description"), required=True, limit=200,
          synonyms=("descrizione", "denominazione", "désignation", "description", "libellé")),
    Field("kind", _("Kind"), FieldKind.CHOICE, choices=KINDS, synonyms=("tipo", "type")),
    Field("unit", _("Unit"), required=True, limit=60,
          synonyms=("unità", "u.m.", "um", "unità di misura", "unité", "unit")),
    Field("vat", _("VAT"), required=True, limit=20,
          synonyms=("iva", "aliquota", "codice iva", "tva", "taux", "vat", "vat rate")),
    Field("price", _("Price"), FieldKind.PRICE,
          synonyms=("prezzo", "prezzo unitario", "listino", "prix", "prix unitaire", "price")),
    Field("valid_from", _("Valid from"), FieldKind.DAY,
          synonyms=("valido dal", "dal", "decorrenza", "valable du", "à partir du")),
    Field("title_it", _("In Italian"), limit=200, synonyms=("descrizione italiano",)),
    Field("title_fr", _("In French"), limit=200, synonyms=("descrizione francese",)),
    Field("title_en", _("In English"), limit=200, synonyms=("descrizione inglese",)),
)  # fmt: skip
NAMES = tuple(field.name for field in FIELDS)


def _lists() -> list[tuple[str, StrOrPromise]]:
    rows = PriceList.objects.filter(is_active=True).order_by("-is_default", "name")
    return [(str(row.pk), row.name) for row in rows]


LIST = Option(
    name="price_list",
    label=_("Price list"),
    choices=_lists,
    help=_("Where the prices go. Without a price list the file brings articles only."),
)


class ArticleRun:
    """One import of articles, with units, rates, known codes and prices looked up once."""

    def __init__(self, setup: Setup) -> None:
        chosen = setup.options.get("price_list", "")
        asked = PriceList.objects.filter(pk=chosen) if chosen.isdigit() else PriceList.objects
        self.price_list = asked.filter(is_active=True).order_by("-is_default").first()
        self.day = setup.at.date()
        self.units = {
            word.casefold(): unit
            for unit in Unit.objects.filter(is_active=True)
            for word in (unit.code, unit.title)
        }
        self.vat = _rates()
        self.known = {row.code: row for row in Article.objects.all()}
        self.prices = {
            (row.article_id, row.valid_from): row.price
            for row in Price.objects.filter(price_list=self.price_list)
        }
        self.seen: dict[str, int] = {}

    def check(self, rows: list[Row], lines: list[int]) -> Checked:
        """Return the rows that can be written, and every fault of the others."""
        checked = Checked()
        for row, line in zip(rows, lines, strict=True):
            found = list(self._problems(dict(zip(NAMES, row, strict=True)), line))
            checked.problems += found
            if not found:
                checked.rows.append(row)
        return checked

    def write(
        self,
        rows: list[Row],
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        at: datetime,  # noqa: ARG002 (prices carry their own day)
        by: int | None,
    ) -> Written:
        """Return how many articles were new, got a price, or were there already.

        New articles are remembered by their ids, new prices of old ones by theirs below zero.
        """
        ids: list[int] = []
        new = 0
        with history.acting(by):
            for row in rows:
                values = dict(zip(NAMES, row, strict=True))
                article = self.known.get(values["code"])
                is_new = article is None
                article = article or self._added(values)
                price = self._priced(article, values)
                new += is_new
                if is_new:
                    ids.append(article.pk)
                elif price:
                    ids.append(-price.pk)
        return Written(new=new, changed=len(ids) - new, known=len(rows) - len(ids), ids=ids)

    def _problems(self, values: dict[str, Any], line: int) -> Iterator[Problem]:
        code = values["code"]
        if first := self.seen.get(code):
            what = _("It stands in row %(row)s already.") % {"row": first}
            yield Problem(line, "code", code, what, _("Keep one of the two rows."))
        self.seen.setdefault(code, line)
        if values["unit"].casefold() not in self.units:
            hint = _("Write the code of a unit that is in use.")
            yield Problem(line, "unit", values["unit"], _("There is no such unit."), hint)
        if _rate(values["vat"]) not in self.vat:
            hint = _("Write the code of a VAT rate, or its percentage.")
            yield Problem(line, "vat", values["vat"], _("There is no such VAT rate."), hint)
        yield from self._price_problems(values, line)

    def _price_problems(self, values: dict[str, Any], line: int) -> Iterator[Problem]:
        if values["price"] is None:
            return
        if self.price_list is None:
            hint = _("Make a price list first, or leave the prices out.")
            yield Problem(line, "price", "", _("There is no price list."), hint)
        if values["price"] < 0:
            yield Problem(line, "price", "", _("A price is not below zero."))
        article = self.known.get(values["code"])
        there = self.prices.get((article.pk, self._since(values))) if article else None
        if there is not None and there.micros != values["price"]:
            what = _("From that day on it costs %(price)s already.") % {"price": there}
            yield Problem(line, "price", "", what, _("Change it on its page, or use another day."))

    def _added(self, values: dict[str, Any]) -> Article:
        titles = {name: values[f"title_{name}"] for name in ("it", "fr", "en")}
        article = articles.save_article(
            code=values["code"],
            kind=values["kind"] or Article.Kind.SERVICE,
            title=values["title"],
            titles={name: text for name, text in titles.items() if text},
            unit=self.units[values["unit"].casefold()],
            vat=self.vat[_rate(values["vat"])],
        )
        self.known[article.code] = article
        return article

    def _priced(self, article: Article, values: dict[str, Any]) -> Price | None:
        since = self._since(values)
        if values["price"] is None or self.price_list is None:
            return None
        if (article.pk, since) in self.prices:
            return None
        price = UnitPrice(values["price"])
        self.prices[article.pk, since] = price
        return prices.set_price(
            price_list=self.price_list, article=article, price=price, valid_from=since
        )

    def _since(self, values: dict[str, Any]) -> date:
        return date.fromisoformat(values["valid_from"]) if values["valid_from"] else self.day


class ArticleImporter:
    """Takes articles and their prices."""

    key = "catalog.articles"
    title: StrOrPromise = _("Articles and prices")
    permission = IMPORT
    fields: Sequence[Field] = FIELDS
    options: Sequence[Option] = (LIST,)

    def prepare(self, setup: Setup) -> Run:
        """Return the import, with its lookups made."""
        return ArticleRun(setup)

    @transaction.atomic
    def undo(
        self,
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        ids: Sequence[int],
        reason: str,  # noqa: ARG002 (kept with the import)
        at: datetime,  # noqa: ARG002 (the history has its own)
        by: int,
    ) -> int:
        """Return how many articles and prices were removed; those in use are named."""
        with history.acting(by):
            set_here = Price.objects.filter(pk__in=[-pk for pk in ids if pk < 0])
            count = set_here.count()
            prices.remove_prices(chosen=set_here)
            return count + _removed([pk for pk in ids if pk > 0])


def _removed(ids: Sequence[int]) -> int:
    refused: list[Refused] = []
    for article in Article.objects.filter(pk__in=ids):
        try:
            articles.remove_unused(article=article)
        except ProtectedError:
            reason = _("It has further prices or is used elsewhere. Retire it instead.")
            refused.append(Refused(article.code, reason))
    if refused:
        raise UndoRefusedError(refused)
    return len(ids)


def _rates() -> dict[str, VatRate]:
    """Return the rates by code, and by percentage where only one in use has it."""
    rows = list(VatRate.objects.filter(is_active=True))
    percent: dict[str, list[VatRate]] = {}
    for row in rows:
        if not row.nature:
            percent.setdefault(f"{row.basis_points / 100:g}", []).append(row)
    single = {word: found[0] for word, found in percent.items() if len(found) == 1}
    return single | {_rate(row.code): row for row in rows}


def _rate(text: str) -> str:
    """Return how a rate is compared: `22 %`, `22,0` and `22` are one."""
    bare = text.replace("%", "").replace("\u00a0", "").strip().casefold().replace(",", ".")
    head, point, tail = bare.partition(".")
    if point and head.isdigit() and tail.isdigit():
        tail = tail.rstrip("0")
        return f"{head}.{tail}" if tail else head
    return bare
