"""Migrates a database with all tables all the way back, and up again; run by its test alone."""

import os
import sys

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def shape() -> dict[str, list[str]]:
    """Return the columns of every table, and the triggers."""
    with connection.cursor() as cursor:
        tables = {
            table: sorted(
                c.name for c in connection.introspection.get_table_description(cursor, table)
            )
            for table in connection.introspection.table_names(cursor)
        }
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return tables | {"triggers": sorted(row[0] for row in cursor.fetchall())}


def main() -> None:
    """Exit with a message when the second way up leads elsewhere, or something stays behind."""
    django.setup()
    call_command("migrate", verbosity=0)
    first = shape()
    ours = [config for config in apps.get_app_configs() if config.name.startswith("canone.")]
    back = MigrationExecutor(connection)
    with_tables = {label for label, _name in back.loader.disk_migrations}
    back.migrate([(config.label, None) for config in ours if config.label in with_tables])
    left = [t for t in shape() if t.split("_")[0] in {config.label for config in ours}]
    if left or shape()["triggers"]:
        sys.exit(f"left behind: {left} {shape()['triggers']}")
    call_command("migrate", verbosity=0)
    if shape() != first:
        sys.exit("the second way up leads elsewhere")


if __name__ == "__main__":
    main()
