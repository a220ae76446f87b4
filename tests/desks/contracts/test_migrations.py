"""What migrations of contracts change in tables that are in use."""

from __future__ import annotations

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
