"""Types of contracts are written here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from canone.desks.contracts.models import ContractType
from canone.desks.contracts.queries import words
from canone.desks.contracts.rules import custom
from canone.registers.parties.services import records

FIELDS = ("code", "name", "fields", "conditions", "is_active")


@transaction.atomic
def create(*, at: datetime, by: int | None, **values: Any) -> ContractType:
    """Return a new type; faults are a ValidationError by field."""
    row = ContractType()
    records.put(row, values, FIELDS)
    return records.keep(row, faults(row), at=at, by=by)


@transaction.atomic
def update(*, type_id: int, at: datetime, by: int | None, **values: Any) -> ContractType:
    """Return the type after the change. Contracts keep what they hold in fields taken away."""
    row = ContractType.objects.select_for_update().get(pk=type_id)
    if records.put(row, values, FIELDS):
        records.keep(row, faults(row), at=at, by=by)
    return row


def faults(row: ContractType) -> records.Faults:
    """Return everything that is wrong with a type in memory, by field."""
    _fields, problems = custom.read(row.fields)
    special: records.Faults = {}
    if problems:
        special["fields"] = [words.problem(problem) for problem in problems]
    return records.faults(row, special)
