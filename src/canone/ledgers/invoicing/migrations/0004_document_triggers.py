from django.db import migrations

CHARGE = (
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
    "bundle",
    "site_id",
    "article_id",
    "discount_bp",
    "invoice_on",
    "sequence",
)
DOCUMENT = (
    "id",
    "kind",
    "series",
    "year",
    "number",
    "version",
    "label",
    "customer_id",
    "site_id",
    "customer_name",
    "customer_data",
    "language",
    "currency",
    "issue_date",
    "posting_date",
    "period_start",
    "period_end",
    "terms_id",
    "terms_data",
    "method",
    "mandate",
    "net",
    "vat",
    "gross",
    "payable",
    "withholding",
    "stamp",
    "is_split",
    "original_id",
    "mode",
    "source_id",
    "run_id",
    "bundle",
    "mentions",
    "agents",
    "notes",
    "reason",
    "digest",
    "created_at",
    "created_by_id",
    "issued_at",
    "issued_by_id",
)
DUE = (
    "id",
    "document_id",
    "customer_id",
    "number",
    "due_on",
    "method",
    "mandate",
    "amount",
)
POSTED = "A posted charge is corrected by a reversal"
CLOSED = "An issued document is corrected by a credit note"
BOOKED = "What is booked is corrected by a reversal"


def changed(names):
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)


# table, event, condition, message
TRIGGERS = (
    (
        "invoicing_charge",
        "UPDATE",
        changed(CHARGE) + " OR (OLD.document <> '' AND NEW.document <> '')",
        POSTED,
    ),
    ("invoicing_charge", "DELETE", "", POSTED),
    (
        "invoicing_document",
        "UPDATE",
        "OLD.state <> 'draft' AND ("
        + changed(DOCUMENT)
        + " OR OLD.state <> 'issued' OR NEW.state <> 'refused')",
        CLOSED,
    ),
    ("invoicing_document", "DELETE", "OLD.state <> 'draft'", CLOSED),
    ("invoicing_documentline", "UPDATE", "OLD.is_closed", CLOSED),
    ("invoicing_documentline", "DELETE", "OLD.is_closed", CLOSED),
    ("invoicing_vatsummary", "UPDATE", "", CLOSED),
    ("invoicing_vatsummary", "DELETE", "", CLOSED),
    (
        "invoicing_dueitem",
        "UPDATE",
        changed(DUE) + " OR (OLD.is_void AND NOT NEW.is_void)",
        BOOKED,
    ),
    ("invoicing_dueitem", "DELETE", "", BOOKED),
    ("invoicing_settlement", "UPDATE", "", BOOKED),
    ("invoicing_settlement", "DELETE", "", BOOKED),
    ("invoicing_allocation", "UPDATE", "", BOOKED),
    ("invoicing_allocation", "DELETE", "", BOOKED),
)


def create(apps, schema_editor):
    for table, event, when, message in TRIGGERS:
        begin = (
            f"CREATE TRIGGER {table}_refuse_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW"
        )
        if schema_editor.connection.vendor == "sqlite":
            condition = f" WHEN {when}".replace("IS DISTINCT FROM", "IS NOT") if when else ""
            end = f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        else:
            condition = f" WHEN ({when})" if when else ""
            end = f" EXECUTE FUNCTION canone_refuse('{message}')"
        schema_editor.execute(begin + condition + end, params=None)


def drop(apps, schema_editor):
    for table, event, _when, _message in TRIGGERS:
        on = "" if schema_editor.connection.vendor == "sqlite" else f" ON {table}"
        schema_editor.execute(f"DROP TRIGGER {table}_refuse_{event.lower()}{on}", params=None)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0003_documents"), ("history", "0002_triggers")]
    operations = [migrations.RunPython(create, drop)]
