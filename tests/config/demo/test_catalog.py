from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canone.config.demo import catalog
from canone.kernel.money import UnitPrice
from canone.registers.catalog import queries
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.rules.terms import check

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_the_shelf_is_full_and_every_article_has_a_price_today() -> None:
    shelf = catalog.load(at=AT, by=None)
    assert len(shelf.articles) >= 25
    assert len(shelf.profiles) == Tariff.objects.count() == 6
    found = queries.prices_of([a.pk for a in shelf.articles.values()], day=AT.date())
    assert found[shelf.articles["COPIA-BN"].pk] == UnitPrice.of("0.0085")
    assert found.keys() == {article.pk for article in shelf.articles.values()}
    current = queries.current_versions(AT)
    assert {check(version.terms()) == [] for version in current.values()} == {True}
    assert current[shelf.tariffs["steps"].pk].number == 3
    assert shelf.articles["ASS-REM"].title_in("fr") == "Assistance à distance"
