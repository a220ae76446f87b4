from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canone.config.demo import catalog, france, italy
from canone.config.demo.land import Land
from canone.kernel.money import UnitPrice
from canone.registers.catalog import queries
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.rules.terms import check

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
VAT = {"it": 2_200, "fr": 2_000}


@pytest.mark.parametrize(
    ("land", "copies", "remote"),
    [(italy.LAND, "COPIA-BN", "ASS-REM"), (france.LAND, "COPIE-NB", "ASS-DIST")],
)
def test_the_shelf_is_full_and_every_article_has_a_price_today(
    land: Land, copies: str, remote: str
) -> None:
    shelf = catalog.load(land, at=AT, by=None)
    assert len(shelf.articles) >= 25
    assert len(shelf.profiles) == Tariff.objects.count() == 6
    found = queries.prices_of([a.pk for a in shelf.articles.values()], day=AT.date())
    assert found[shelf.articles[copies].pk] == UnitPrice.of("0.0085")
    assert found.keys() == {article.pk for article in shelf.articles.values()}
    current = queries.current_versions(AT)
    assert {check(version.terms()) == [] for version in current.values()} == {True}
    assert current[shelf.tariffs["steps"].pk].number == 3
    assert shelf.articles[remote].title_in("fr") == "Assistance à distance"
    assert shelf.articles[remote].title == shelf.articles[remote].title_in(land.language)
    assert {vat.country for vat in shelf.vat.values()} == {land.country}
    assert {a.vat.basis_points for a in shelf.articles.values() if a.vat} == {VAT[land.country]}
