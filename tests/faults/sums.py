"""What stands in a database, as numbers that two of them can be compared by."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.apps import apps
from django.db import models
from tests.faults.conftest import House

PASSING = frozenset({"django_session", "django_migrations", "sqlite_sequence"})
Sums = dict[str, tuple[int, ...]]
Ask = Callable[[str], list[tuple[Any, ...]]]


def of(house: House, *, without: Collection[str] = (), numbered: bool = True) -> Sums:
    """Return the sums of a house, see `read`."""
    return read(house.ask, without=without, numbered=numbered)


def read(ask: Ask, *, without: Collection[str] = (), numbered: bool = True) -> Sums:
    """Return rows, then the sum of every column of whole numbers and the length of every text.

    Tables are named; those that are `without` are left out, and, unless they are `numbered`, so are
    keys and texts: what was done again after a failure may have other ones.
    """
    wanted = sorted(apps.get_models(include_auto_created=True), key=lambda m: m._meta.db_table)
    tables = [m for m in wanted if m._meta.managed and m._meta.db_table not in {*PASSING, *without}]
    found = ask(" UNION ALL ".join(_asked(model, numbered=numbered) for model in tables))
    return {name: tuple(map(int, told.split())) for name, told in found}


def _asked(model: type[models.Model], *, numbered: bool) -> str:
    columns = model._meta.local_concrete_fields
    parts = [_summed(field) for field in columns if _counts(field, numbered=numbered)]
    told = " || ' ' || ".join(f"CAST({part} AS text)" for part in ["count(*)", *parts])
    table = model._meta.db_table
    return f"SELECT '{table}', {told} FROM \"{table}\""


def _counts(field: models.Field[Any, Any], *, numbered: bool) -> bool:
    if isinstance(field, models.ForeignKey):
        return numbered and isinstance(field.target_field, models.IntegerField)
    if isinstance(field, models.IntegerField):
        return numbered or not (field.primary_key or field.name == "job")
    return numbered and isinstance(field, models.CharField | models.TextField)


def _summed(field: models.Field[Any, Any]) -> str:
    column = f'"{field.column}"'
    if isinstance(field, models.CharField | models.TextField):
        column = f"length({column})"
    return f"coalesce(sum({column}), 0)"
