"""Lines keep the periods that they have."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations
from django.db.models import F


def keep(apps: Any, schema_editor: Any) -> None:
    """Write down the day that lines were counted from without saying so: their own first one."""
    lines = apps.get_model("contracts", "Line").objects
    own = lines.filter(counted_from=None).exclude(start=F("contract__start"))
    own.update(counted_from=F("start"))


class Migration(migrations.Migration):
    """Count lines that say nothing from the activation of their contract."""

    dependencies: ClassVar = [("contracts", "0006_chosen_vat")]

    operations: ClassVar = [migrations.RunPython(keep, migrations.RunPython.noop)]
