"""Which payment a refund gives back.

SQLite makes a table anew to take a column away, and its triggers go with the old one.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "invoicing_settlement"
BOOKED = "What is booked is corrected by a reversal"


def nothing(apps, schema_editor):
    pass


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_refuse_{verb.lower()}")
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_refuse_{verb.lower()} BEFORE {verb} ON {TABLE} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{BOOKED}'); END",
            params=None,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0007_habits"),
    ]

    operations = [
        migrations.RunPython(nothing, guard),
        migrations.AddField(
            model_name="settlement",
            name="returns",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="given_back",
                to="invoicing.settlement",
            ),
        ),
    ]
