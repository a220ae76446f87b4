"""Every trigger that a context registers exists after all migrations, and bites."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from canone.base.history import triggers
from canone.base.history.triggers import Refusal

pytestmark = pytest.mark.django_db


def _existing() -> dict[str, str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            )
        return dict(cursor.fetchall())


def test_the_engine_has_the_registered_triggers_and_no_others() -> None:
    existing = _existing()
    wanted = {r.name: triggers.create(r, connection.vendor) for r in triggers.registered()}
    missing = [sql for name, sql in wanted.items() if name not in existing]
    assert not missing, "a migration has to create:\n" + "\n".join(missing)
    assert triggers.names(connection.vendor) == set(existing)
    if connection.vendor == "sqlite":
        assert {name: existing[name] for name in wanted} == wanted


@pytest.mark.parametrize("refusal", triggers.registered(), ids=lambda refusal: refusal.name)
def test_the_trigger_bites(refusal: Refusal) -> None:
    model = next(m for m in apps.get_models() if m._meta.db_table == refusal.table)
    row = {f.column: _filler(f) for f in model._meta.local_concrete_fields} | refusal.sample
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(["%s"] * len(row))
    key = model._meta.pk.column
    change = {
        "DELETE": f'DELETE FROM {refusal.table} WHERE "{key}" = 1',
        "UPDATE": f'UPDATE {refusal.table} SET {_assignment(refusal, key)} WHERE "{key}" = 1',
    }[refusal.event]
    # the row points nowhere, which is looked at when a transaction ends: this one is undone
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {refusal.table} ({names}) VALUES ({marks})", [*row.values()]
            )
            with pytest.raises(IntegrityError, match=refusal.message), transaction.atomic():
                cursor.execute(change)
        transaction.set_rollback(True)


def _assignment(refusal: Refusal, key: str) -> str:
    """The change that is tried: one the condition speaks of, or any."""
    return refusal.trial or f'"{key}" = "{key}"'


def _filler(field: models.Field[Any, Any]) -> Any:
    """A value that the column takes."""
    if field.primary_key:
        return 1
    if field.null:
        return None
    kind = field.get_internal_type()
    plain: dict[str, Any] = {
        "BooleanField": False,
        "DateField": date(2026, 1, 1),
        "DateTimeField": datetime(2026, 1, 1, tzinfo=UTC),
        "JSONField": "[]",
        "CharField": str(field.choices[0][0]) if field.choices else "",
        "TextField": "",
    }
    return plain.get(kind, 1)
