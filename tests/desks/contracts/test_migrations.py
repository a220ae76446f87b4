"""What migrations of contracts change in tables that are in use."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from tests.make import catalog
from tests.make import contracts as make

pytestmark = pytest.mark.django_db


def test_lines_forget_the_rate_that_nobody_chose() -> None:
    article, ten = catalog.article(), catalog.vat("10", 1_000)
    copied = make.line(article=article, vat=article.vat)
    chosen = make.line(article=article, vat=ten)
    without = make.line(vat=ten)
    import_module("canone.desks.contracts.migrations.0006_chosen_vat").forget(apps, None)
    for line in (copied, chosen, without):
        line.refresh_from_db()
    assert (copied.vat, chosen.vat, without.vat) == (None, ten, ten)


def test_lines_keep_the_periods_that_they_have() -> None:
    contract = make.contract()
    first, later = make.line(contract), make.line(contract, start=date(2026, 3, 16))
    follows = make.line(contract, start=date(2026, 5, 1), counted_from=date(2026, 4, 7))
    import_module("canone.desks.contracts.migrations.0007_counted_from").keep(apps, None)
    for line in (first, later, follows):
        line.refresh_from_db()
    kept = [line.counted_from for line in (first, later, follows)]
    assert kept == [None, date(2026, 3, 16), date(2026, 4, 7)]
