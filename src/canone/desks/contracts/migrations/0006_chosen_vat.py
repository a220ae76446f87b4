"""The rate on a line is the one that somebody chose for it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations
from django.db.models import Exists, OuterRef


def forget(apps: Any, schema_editor: Any) -> None:
    """Take the rate off lines that bear that of their article: the form had put it there."""
    articles = apps.get_model("catalog", "Article").objects
    same = articles.filter(pk=OuterRef("article"), vat=OuterRef("vat"))
    apps.get_model("contracts", "Line").objects.filter(Exists(same)).update(vat=None)


class Migration(migrations.Migration):
    """Leave to customer and article what nobody chose."""

    dependencies: ClassVar = [("contracts", "0005_tariff_lines")]

    operations: ClassVar = [migrations.RunPython(forget, migrations.RunPython.noop)]
