"""The firm's habits with contracts are written here."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from canone.base.history import services as history
from canone.desks.contracts.models import ContractHabits

FIELDS = ("arrears_on", "day_basis")


@transaction.atomic
def revise(*, by: int | None, **values: Any) -> ContractHabits:
    """Return the habits with new values; contracts and lines that are there keep theirs.

    What cannot be is a ValidationError that names the fields.
    """
    known = ContractHabits.objects.select_for_update().filter(pk=1).first()
    row = known or ContractHabits(pk=1)
    for name, value in values.items():
        if name not in FIELDS:
            raise TypeError(f"no such habit: {name}")
        setattr(row, name, value)
    row.full_clean(validate_constraints=False)
    with history.acting(by):
        row.save()
    return row
