"""A session that counts alone, the tool's key of its technician, and the guards that know both.

SQLite makes a table anew for a column that is never empty, and its triggers go with the old one.
"""

from django.db import migrations, models

BEFORE = (
    "source",
    "external_id",
    "kind",
    "technician_id",
    "technician_name",
    "device_key",
    "device_name",
    "group_id",
    "started_at",
    "ended_at",
    "seconds",
    "extra_minutes",
    "is_manual",
    "is_included",
    "total_minutes",
    "price",
)
AFTER = (*BEFORE, "technician_key", "is_apart")
LOCKED = "an accounted session keeps its durations, price and customer"
REVERSED = "an accounting is undone by a reversal"
SESSION = "assistance_remotesession"


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("locked", "undone", "kept"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {SESSION}_{name}")
        return
    for name in ("locked", "kept"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {SESSION}_{name} ON {SESSION}")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS {SESSION}_guard()")


def create_before(apps, schema_editor):
    create(schema_editor, BEFORE)


def create_after(apps, schema_editor):
    create(schema_editor, AFTER)


def create(schema_editor, fixed):
    if schema_editor.connection.vendor == "sqlite":
        sqlite(schema_editor, fixed)
    else:
        postgresql(schema_editor, fixed)


def sqlite(schema_editor, fixed):
    changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in fixed)
    undone = (
        "EXISTS (SELECT 1 FROM assistance_accountingreversal r "
        "WHERE r.accounting_id = OLD.accounting_id)"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {SESSION}_locked BEFORE UPDATE ON {SESSION} "
        "WHEN OLD.accounting_id IS NOT NULL AND NEW.accounting_id IS OLD.accounting_id "
        f"AND ({changed}) BEGIN SELECT RAISE(ABORT, '{LOCKED}'); END"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {SESSION}_undone BEFORE UPDATE ON {SESSION} "
        "WHEN OLD.accounting_id IS NOT NULL AND NEW.accounting_id IS NOT OLD.accounting_id "
        f"AND NOT {undone} BEGIN SELECT RAISE(ABORT, '{REVERSED}'); END"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {SESSION}_kept BEFORE DELETE ON {SESSION} "
        "WHEN OLD.accounting_id IS NOT NULL "
        f"BEGIN SELECT RAISE(ABORT, '{LOCKED}'); END"
    )


def postgresql(schema_editor, fixed):
    changed = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in fixed)
    schema_editor.execute(
        f"""
        CREATE FUNCTION {SESSION}_guard() RETURNS trigger AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION '{LOCKED}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF NEW.accounting_id IS NOT DISTINCT FROM OLD.accounting_id THEN
                IF {changed} THEN
                    RAISE EXCEPTION '{LOCKED}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            ELSIF NOT EXISTS (
                SELECT 1 FROM assistance_accountingreversal r
                WHERE r.accounting_id = OLD.accounting_id
            ) THEN
                RAISE EXCEPTION '{REVERSED}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$ LANGUAGE plpgsql
        """
    )
    for name, verb in (("locked", "UPDATE"), ("kept", "DELETE")):
        schema_editor.execute(
            f"CREATE TRIGGER {SESSION}_{name} BEFORE {verb} ON {SESSION} FOR EACH ROW "
            f"WHEN (OLD.accounting_id IS NOT NULL) EXECUTE FUNCTION {SESSION}_guard()"
        )


class Migration(migrations.Migration):
    dependencies = [("assistance", "0003_pending_by_group")]

    operations = [
        migrations.RunPython(drop, create_before),
        migrations.AddField(
            model_name="historicalremotesession",
            name="is_apart",
            field=models.BooleanField(db_default=False, default=False, verbose_name="counts alone"),
        ),
        migrations.AddField(
            model_name="historicalremotesession",
            name="technician_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=160),
        ),
        migrations.AddField(
            model_name="remotesession",
            name="is_apart",
            field=models.BooleanField(db_default=False, default=False, verbose_name="counts alone"),
        ),
        migrations.AddField(
            model_name="remotesession",
            name="technician_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=160),
        ),
        migrations.RunPython(create_after, drop),
    ]
