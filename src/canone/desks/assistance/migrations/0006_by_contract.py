"""Which line of a contract priced a session.

SQLite makes a table anew to take a column away, and its triggers go with the old one.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "assistance_accounting"
APPEND = "accountings are append-only"


def nothing(apps, schema_editor):
    pass


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb.lower()}")
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{APPEND}'); END"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("assistance", "0005_mapping_rules"),
        ("contracts", "0005_tariff_lines"),
    ]

    operations = [
        migrations.RunPython(nothing, guard),
        migrations.AddField(
            model_name="accounting",
            name="line",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.line",
            ),
        ),
        migrations.AddIndex(
            model_name="accounting",
            index=models.Index(
                condition=models.Q(("line__isnull", False)),
                fields=["line"],
                name="assistance_accounting_line",
            ),
        ),
    ]
