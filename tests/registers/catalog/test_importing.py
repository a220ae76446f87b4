from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.make import catalog as make
from tests.make import exchange
from tests.people import People, people

from canone.base.exchange import importers, services
from canone.base.exchange.models import ImportBatch
from canone.kernel.money import UnitPrice
from canone.registers.catalog import queries
from canone.registers.catalog.models import Article, Price, PriceList
from canone.registers.catalog.services import prices

pytestmark = pytest.mark.django_db
State = ImportBatch.State
HEAD = "Codice;Descrizione;Tipo;U.M.;IVA;Prezzo;Valido dal;Descrizione francese\n"
GOOD = (
    HEAD
    + "A1;Assistenza;Servizio;h;22 %;1.072,50;01/02/2026;Assistance\n"
    + "A2;Copia;Servizio;ORE;22,0;0,0085;;\n"
    + "A3;Cavo;Bene;h;22;;;\n"
)


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def listed() -> PriceList:
    make.unit()
    make.vat()
    return make.price_list()


def _checked(content: str, **more: Any) -> ImportBatch:
    return exchange.checked(content, importer="catalog.articles", **more)


def _write(batch: ImportBatch, by: int | None = None) -> ImportBatch:
    return services.write(batch.pk, at=exchange.AT, by=by)


def test_a_file_becomes_articles_with_prices_and_goes_again(who: People, listed: PriceList) -> None:
    batch = _checked(GOOD)
    assert (batch.good, batch.bad) == (3, 0), batch.problems
    assert not Article.objects.exists()
    batch = _write(batch, who.owner.pk)
    assert (batch.state, batch.new) == (State.DONE, 3)
    first = Article.objects.get(code="A1")
    assert (first.kind, first.titles, first.vat.code) == ("service", {"fr": "Assistance"}, "22")
    assert queries.price_of(first, day=date(2026, 2, 1)) == UnitPrice.of("1072.50")
    assert Price.objects.get(article__code="A2").price == UnitPrice.of("0.0085")
    assert first.history.get().history_user == who.owner
    again = _write(_checked(GOOD))
    assert (again.new, again.changed, again.known) == (0, 0, 3)
    assert services.undo(batch, reason="File errato", at=exchange.AT, by=who.owner.pk) == 3
    assert not Article.objects.exists()
    assert not Price.objects.exists()


def test_new_prices_of_old_articles_are_taken_back_alone(who: People, listed: PriceList) -> None:
    article = make.article("A1")
    prices.set_price(
        price_list=listed, article=article, price=UnitPrice.of(50), valid_from=date(2026, 1, 1)
    )
    batch = _write(_checked(HEAD + "A1;Altro nome;;h;22;60;01/06/2026;\n"))
    assert (batch.new, batch.changed) == (0, 1)
    article.refresh_from_db()
    assert article.title == "Assistenza"
    assert queries.price_of(article, day=date(2026, 6, 1)) == UnitPrice.of(60)
    services.undo(batch, reason="Sbagliato", at=exchange.AT, by=who.owner.pk)
    assert queries.price_of(article, day=date(2026, 6, 1)) == UnitPrice.of(50)


def test_prices_go_into_the_chosen_list(listed: PriceList) -> None:
    other = make.price_list("Rivenditori")
    _write(_checked(GOOD, price_list=str(other.pk)))
    assert {row.price_list for row in Price.objects.all()} == {other}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("A1;x;;pz;22;;;", "U.M."),
        ("A1;x;;h;21;;;", "IVA"),
        ("A1;x;;h;22;-5;;", "Prezzo"),
        ("A1;x;;h;22;abc;;", "Prezzo"),
        ("A1;x;;h;22;60;01/01/2026;", "Prezzo"),
        ("A1;x;;h;22;5;31/02/2026;", "Valido dal"),
        ("A1;x;astratto;h;22;;;", "Tipo"),
        (";x;;h;22;;;", "Codice"),
        ("A1;;;h;22;;;", "Descrizione"),
    ],
)
def test_a_faulty_row_is_named_and_nothing_is_written(
    listed: PriceList, line: str, column: str
) -> None:
    article = make.article("A1")
    prices.set_price(
        price_list=listed, article=article, price=UnitPrice.of(50), valid_from=date(2026, 1, 1)
    )
    batch = _checked(f"{HEAD}{line}\n")
    assert (batch.good, batch.bad) == (0, 1)
    assert [problem["column"] for problem in batch.problems] == [column]
    assert Article.objects.count() == 1


def test_a_code_twice_and_prices_without_a_list_are_faults() -> None:
    make.unit()
    make.vat()
    batch = _checked(HEAD + "A1;x;;h;22;;;\nA1;y;;h;22;;;\nA2;z;;h;22;5;;\n")
    assert [(p["row"], p["column"]) for p in batch.problems] == [(3, "Codice"), (4, "Prezzo")]


def test_what_has_been_priced_since_stands_in_the_way(who: People, listed: PriceList) -> None:
    batch = _write(_checked(GOOD))
    article = Article.objects.get(code="A1")
    prices.set_price(
        price_list=listed, article=article, price=UnitPrice.of(1), valid_from=date(2027, 1, 1)
    )
    with pytest.raises(importers.UndoRefusedError) as caught:
        services.undo(batch, reason="x", at=exchange.AT, by=who.owner.pk)
    assert [refused.subject for refused in caught.value.refused] == ["A1"]
    assert Article.objects.count() == 3


def test_the_list_offers_the_import_to_who_may(client: Client, who: People) -> None:
    client.force_login(who.colleague)
    assert reverse("import_articles") in client.get(reverse("catalog:articles")).content.decode()
    client.force_login(who.technician)
    body = client.get(reverse("catalog:articles")).content.decode()
    assert reverse("import_articles") not in body
