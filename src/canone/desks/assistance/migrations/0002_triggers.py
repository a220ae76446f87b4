from django.db import migrations

FIXED = (
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
LOCKED = "an accounted session keeps its durations, price and customer"
REVERSED = "an accounting is undone by a reversal"
APPEND = "accountings are append-only"
APPEND_ONLY = ("assistance_accounting", "assistance_accountingreversal")


def sqlite(schema_editor):
    changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in FIXED)
    undone = (
        "EXISTS (SELECT 1 FROM assistance_accountingreversal r "
        "WHERE r.accounting_id = OLD.accounting_id)"
    )
    schema_editor.execute(
        "CREATE TRIGGER assistance_remotesession_locked "
        "BEFORE UPDATE ON assistance_remotesession "
        "WHEN OLD.accounting_id IS NOT NULL AND NEW.accounting_id IS OLD.accounting_id "
        f"AND ({changed}) BEGIN SELECT RAISE(ABORT, '{LOCKED}'); END"
    )
    schema_editor.execute(
        "CREATE TRIGGER assistance_remotesession_undone "
        "BEFORE UPDATE ON assistance_remotesession "
        "WHEN OLD.accounting_id IS NOT NULL AND NEW.accounting_id IS NOT OLD.accounting_id "
        f"AND NOT {undone} BEGIN SELECT RAISE(ABORT, '{REVERSED}'); END"
    )
    schema_editor.execute(
        "CREATE TRIGGER assistance_remotesession_kept "
        "BEFORE DELETE ON assistance_remotesession "
        "WHEN OLD.accounting_id IS NOT NULL "
        f"BEGIN SELECT RAISE(ABORT, '{LOCKED}'); END"
    )
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{APPEND}'); END"
            )


def postgresql(schema_editor):
    changed = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in FIXED)
    schema_editor.execute(
        f"""
        CREATE FUNCTION assistance_remotesession_guard() RETURNS trigger AS $$
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
            f"CREATE TRIGGER assistance_remotesession_{name} "
            f"BEFORE {verb} ON assistance_remotesession FOR EACH ROW "
            "WHEN (OLD.accounting_id IS NOT NULL) "
            "EXECUTE FUNCTION assistance_remotesession_guard()"
        )
    schema_editor.execute(
        f"""
        CREATE FUNCTION assistance_append_only() RETURNS trigger AS $$
        BEGIN
            RAISE EXCEPTION '{APPEND}' USING ERRCODE = 'integrity_constraint_violation';
        END $$ LANGUAGE plpgsql
        """
    )
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION assistance_append_only()"
            )


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        sqlite(schema_editor)
    else:
        postgresql(schema_editor)


def backwards(apps, schema_editor):
    session = "assistance_remotesession"
    names = [(f"{session}_{name}", session) for name in ("locked", "kept")]
    names += [
        (f"{table}_no_{verb}", table) for table in APPEND_ONLY for verb in ("update", "delete")
    ]
    if schema_editor.connection.vendor == "sqlite":
        for name, _table in [*names, (f"{session}_undone", session)]:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name, table in names:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    schema_editor.execute("DROP FUNCTION IF EXISTS assistance_remotesession_guard()")
    schema_editor.execute("DROP FUNCTION IF EXISTS assistance_append_only()")


class Migration(migrations.Migration):
    dependencies = [("assistance", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
