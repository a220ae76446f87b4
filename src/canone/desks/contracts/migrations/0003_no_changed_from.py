"""What was billed tells by itself how far back a run has to look."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Drop the day from which on a run looked back."""

    dependencies: ClassVar = [("contracts", "0002_firm_habits")]

    operations: ClassVar = [
        migrations.RemoveField(model_name="contract", name="changed_from"),
    ]
