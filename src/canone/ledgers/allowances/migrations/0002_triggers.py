from django.db import migrations

MESSAGE = "A movement of an allowance is corrected by a reversal"
TRIGGERS = [
    (f"{table}_refuse_{event.lower()}", table, event)
    for table in ("allowances_entry", "allowances_use")
    for event in ("UPDATE", "DELETE")
]
BITE = {
    "sqlite": f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    "postgresql": f"EXECUTE FUNCTION canone_refuse('{MESSAGE}')",
}


def create(apps, schema_editor):
    bite = BITE[schema_editor.connection.vendor]
    for name, table, event in TRIGGERS:
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {bite}", params=None
        )


def drop(apps, schema_editor):
    for name, table, _event in TRIGGERS:
        where = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {name}{where}", params=None)


class Migration(migrations.Migration):
    dependencies = [("allowances", "0001_initial"), ("history", "0002_triggers")]
    operations = [migrations.RunPython(create, drop)]
