from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION canone_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
CREATE = {
    "sqlite": [
        "CREATE TRIGGER history_journalentry_refuse_update BEFORE UPDATE ON history_journalentry FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'The journal is append-only'); END",
        "CREATE TRIGGER history_journalentry_refuse_delete BEFORE DELETE ON history_journalentry FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'The journal is append-only'); END",
        "CREATE TRIGGER history_journalhead_refuse_update BEFORE UPDATE ON history_journalhead FOR EACH ROW WHEN NEW.seq < OLD.seq BEGIN SELECT RAISE(ABORT, 'The head of the journal only goes forward'); END",
        "CREATE TRIGGER history_journalhead_refuse_delete BEFORE DELETE ON history_journalhead FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'The head of the journal only goes forward'); END",
    ],
    "postgresql": [
        FUNCTION,
        "CREATE TRIGGER history_journalentry_refuse_update BEFORE UPDATE ON history_journalentry FOR EACH ROW EXECUTE FUNCTION canone_refuse('The journal is append-only')",
        "CREATE TRIGGER history_journalentry_refuse_delete BEFORE DELETE ON history_journalentry FOR EACH ROW EXECUTE FUNCTION canone_refuse('The journal is append-only')",
        "CREATE TRIGGER history_journalhead_refuse_update BEFORE UPDATE ON history_journalhead FOR EACH ROW WHEN (NEW.seq < OLD.seq) EXECUTE FUNCTION canone_refuse('The head of the journal only goes forward')",
        "CREATE TRIGGER history_journalhead_refuse_delete BEFORE DELETE ON history_journalhead FOR EACH ROW EXECUTE FUNCTION canone_refuse('The head of the journal only goes forward')",
    ],
}
DROP = {
    "sqlite": [
        "DROP TRIGGER history_journalentry_refuse_update",
        "DROP TRIGGER history_journalentry_refuse_delete",
        "DROP TRIGGER history_journalhead_refuse_update",
        "DROP TRIGGER history_journalhead_refuse_delete",
    ],
    "postgresql": [
        "DROP TRIGGER history_journalentry_refuse_update ON history_journalentry",
        "DROP TRIGGER history_journalentry_refuse_delete ON history_journalentry",
        "DROP TRIGGER history_journalhead_refuse_update ON history_journalhead",
        "DROP TRIGGER history_journalhead_refuse_delete ON history_journalhead",
        "DROP FUNCTION canone_refuse",
    ],
}


def create(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
