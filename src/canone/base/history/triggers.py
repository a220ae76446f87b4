"""Triggers that refuse changes of closed rows, alike on SQLite and PostgreSQL.

A context registers beside its models what must be refused. Its migration holds the SQL as text,
because migrations import no application code; `create(refusal, vendor)` gives that text. On
PostgreSQL the triggers call `canone_refuse`, made by this context's migration `0002_triggers`,
on which the others depend. A test of the house compares the registry with the running engine
after all migrations: Django rebuilds a SQLite table when a column changes, and its triggers are
gone.

A refusal surfaces as `django.db.IntegrityError` on both engines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Event = Literal["UPDATE", "DELETE"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One trigger: `event` on `table` is refused with `message`, always or `when`.

    `when` is SQL over OLD and NEW in PostgreSQL's words (`IS DISTINCT FROM`, bare booleans), which
    are translated for SQLite. For the test of the house, `sample` holds column values of a row and
    `trial` the assignments of an UPDATE that must be refused.
    """

    name: str
    table: str
    event: Event
    message: str
    when: str = ""
    sample: Mapping[str, Any] = field(default_factory=dict)
    trial: str = ""


_registered: dict[str, Refusal] = {}
_handmade: dict[str, frozenset[str]] = {}
VENDORS = ("sqlite", "postgresql")


def refuse(
    table: str,
    events: tuple[Event, ...],
    *,
    message: str,
    when: str = "",
    sample: Mapping[str, Any] | None = None,
    trial: str = "",
) -> None:
    """Register a trigger per event, named `<table>_refuse_<event>`; twice is a ValueError."""
    for event in events:
        name = f"{table}_refuse_{event.lower()}"
        if name in _registered:
            raise ValueError(f"trigger {name} is registered twice")
        _registered[name] = Refusal(name, table, event, message, when, sample or {}, trial)


def handmade(name: str, vendors: tuple[str, ...] = VENDORS) -> None:
    """Register a trigger whose SQL the migration alone holds, on the engines that have it.

    For conditions that look into other rows. The house asserts that it exists; the context tests
    that it bites.
    """
    _handmade[name] = frozenset(vendors)


def names(vendor: str) -> set[str]:
    """Return the names of all triggers that the engine `vendor` must have."""
    return {*_registered, *(name for name, on in _handmade.items() if vendor in on)}


def registered() -> list[Refusal]:
    """Return every registered trigger, ordered by name."""
    return [_registered[name] for name in sorted(_registered)]


def create(refusal: Refusal, vendor: str) -> str:
    """Return the SQL that makes the trigger on the engine `vendor`."""
    message = refusal.message.replace("'", "''")
    if vendor == "sqlite":
        when = refusal.when.replace("IS NOT DISTINCT FROM", "IS").replace(
            "IS DISTINCT FROM", "IS NOT"
        )
        condition = f" WHEN {when}" if when else ""
        return (
            f"CREATE TRIGGER {refusal.name} BEFORE {refusal.event} ON {refusal.table} "
            f"FOR EACH ROW{condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
    condition = f" WHEN ({refusal.when})" if refusal.when else ""
    return (
        f"CREATE TRIGGER {refusal.name} BEFORE {refusal.event} ON {refusal.table} "
        f"FOR EACH ROW{condition} EXECUTE FUNCTION canone_refuse('{message}')"
    )


def drop(refusal: Refusal, vendor: str) -> str:
    """Return the SQL that takes the trigger away again."""
    if vendor == "sqlite":
        return f"DROP TRIGGER IF EXISTS {refusal.name}"
    return f"DROP TRIGGER IF EXISTS {refusal.name} ON {refusal.table}"
