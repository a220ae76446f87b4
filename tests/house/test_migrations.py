import ast

import pytest
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from tests.house import tree

# Field types are part of the schema's own words, as Django's are.
ALLOWED = {"canone.base.fields"}


def _ours() -> list[migrations.Migration]:
    loader = MigrationLoader(None)
    return [
        migration
        for migration in loader.disk_migrations.values()
        if type(migration).__module__.startswith("canone.")
    ]


def _label(migration: migrations.Migration) -> str:
    return f"{migration.app_label}.{migration.name}"


def test_migrations_carry_a_name_somebody_chose() -> None:
    assert not [_label(one) for one in _ours() if "_auto_" in one.name or one.name.count("_") < 1]


def test_migrations_can_be_taken_back() -> None:
    def one_way(operation: Operation) -> bool:
        return not operation.reversible

    assert not [_label(m) for m in _ours() if any(one_way(step) for step in m.operations)]


def test_migrations_import_no_application_code() -> None:
    found = {}
    for path in tree.sources(migrations=True):
        if "migrations" not in path.parts:
            continue
        names = set()
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module or ".")
        if bad := {name for name in names if name.startswith(("canone", "."))} - ALLOWED:
            found[tree.name(path)] = bad
    assert not found


@pytest.mark.django_db
def test_the_tables_are_what_the_models_say() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    assert connection.introspection.table_names()
