from django.db import migrations

CREATE = {
    "sqlite": [
        "CREATE TRIGGER catalog_tariffversion_refuse_update BEFORE UPDATE ON catalog_tariffversion FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a version of a tariff is never changed'); END",
        "CREATE TRIGGER catalog_tariffversion_refuse_delete BEFORE DELETE ON catalog_tariffversion FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a version of a tariff is never changed'); END",
    ],
    "postgresql": [
        "CREATE TRIGGER catalog_tariffversion_refuse_update BEFORE UPDATE ON catalog_tariffversion FOR EACH ROW EXECUTE FUNCTION canone_refuse('a version of a tariff is never changed')",
        "CREATE TRIGGER catalog_tariffversion_refuse_delete BEFORE DELETE ON catalog_tariffversion FOR EACH ROW EXECUTE FUNCTION canone_refuse('a version of a tariff is never changed')",
    ],
}
DROP = {
    "sqlite": [
        "DROP TRIGGER catalog_tariffversion_refuse_update",
        "DROP TRIGGER catalog_tariffversion_refuse_delete",
    ],
    "postgresql": [
        "DROP TRIGGER catalog_tariffversion_refuse_update ON catalog_tariffversion",
        "DROP TRIGGER catalog_tariffversion_refuse_delete ON catalog_tariffversion",
    ],
}


def create(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("history", "0002_triggers")]
    operations = [migrations.RunPython(create, drop)]
