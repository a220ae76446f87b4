from django.db import migrations

FIXED = (
    "id",
    "origin",
    "revision",
    "is_reversal",
    "customer_id",
    "kind",
    "description",
    "quantity_micros",
    "unit",
    "unit_price",
    "amount",
    "vat_id",
    "service_start",
    "service_end",
    "explanation",
    "posted_at",
    "posted_by_id",
    "reason",
)
DOCUMENT = "(OLD.document <> '' AND NEW.document <> '')"
SQLITE = " OR ".join([*(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED), DOCUMENT])
POSTGRESQL = " OR ".join([*(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED), DOCUMENT])
MESSAGE = "A posted charge is corrected by a reversal"
UPDATE = "CREATE TRIGGER invoicing_charge_refuse_update BEFORE UPDATE ON invoicing_charge"
DELETE = "CREATE TRIGGER invoicing_charge_refuse_delete BEFORE DELETE ON invoicing_charge"
CREATE = {
    "sqlite": [
        f"{UPDATE} FOR EACH ROW WHEN {SQLITE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        f"{DELETE} FOR EACH ROW BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ],
    "postgresql": [
        f"{UPDATE} FOR EACH ROW WHEN ({POSTGRESQL}) EXECUTE FUNCTION canone_refuse('{MESSAGE}')",
        f"{DELETE} FOR EACH ROW EXECUTE FUNCTION canone_refuse('{MESSAGE}')",
    ],
}
DROP = {
    "sqlite": [
        "DROP TRIGGER invoicing_charge_refuse_update",
        "DROP TRIGGER invoicing_charge_refuse_delete",
    ],
    "postgresql": [
        "DROP TRIGGER invoicing_charge_refuse_update ON invoicing_charge",
        "DROP TRIGGER invoicing_charge_refuse_delete ON invoicing_charge",
    ],
}


def create(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial"), ("history", "0002_triggers")]
    operations = [migrations.RunPython(create, drop)]
