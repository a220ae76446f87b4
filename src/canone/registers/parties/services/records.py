"""How a row of this context is written: checked whole, then saved with its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.deletion import Collector

from canone.base import bulk
from canone.base.access.models import User
from canone.base.history import services as history
from canone.kernel import identities
from canone.registers.parties.rules.checks import Problem
from canone.registers.parties.services import wording

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

M = TypeVar("M", bound=models.Model)
TOGETHER = 500
Faults = dict[str, list["StrOrPromise"]]


class InUseError(Exception):
    """Rows that other records lean on, with their names; nothing was removed."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        super().__init__(", ".join(self.names))


def put(row: M, values: Mapping[str, Any], allowed: Iterable[str]) -> set[str]:
    """Return the names of the fields that changed after setting them; others are a ValueError."""
    known = set(allowed)
    if strange := set(values) - known:
        raise ValueError(f"no such field: {', '.join(sorted(strange))}")
    changed = {name for name, value in values.items() if getattr(row, name, None) != value}
    for name, value in values.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    return changed


def faults(row: models.Model, special: Faults, *, light: bool = False) -> Faults:
    """Return everything that is wrong with a row in memory: its own rules' faults and Django's.

    Light asks the database nothing: other rows and what links lead to are not looked at.
    """
    told: Faults = {name: list(texts) for name, texts in special.items()}
    try:
        if light:
            links = {field.name for field in row._meta.concrete_fields if field.is_relation}  # noqa: SLF001 (public Meta)
            row.clean_fields(exclude={*told, *links, "code"})
        else:
            row.full_clean(exclude=set(told))
    except ValidationError as error:
        for name, found in error.update_error_dict({}).items():
            texts = [text for one in found for text in one.messages]
            told.setdefault(name, []).extend(texts)
    return told


def keep(row: M, told: Faults, *, at: datetime, by: int | None) -> M:
    """Return the row, saved; with faults, all of them as ValidationError, and nothing saved."""
    if told:
        raise ValidationError(dict(told))
    # simple-history reads the instant of a version from here, the user from the context.
    vars(row)["_history_date"] = at
    with history.acting(by):
        row.save()
    return row


def keep_new(rows: Sequence[M], *, at: datetime, by: int | None) -> None:
    """Save new rows of one kind with their history, many at once; they have their ids then.

    What is wrong with them was asked before. Call it inside a transaction.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    for row, key in zip(rows, bulk.reserve(model, len(rows)), strict=True):
        row.pk = key
    model._default_manager.bulk_create(rows, batch_size=TOGETHER)  # noqa: SLF001 (Django's name)
    user = User.objects.filter(pk=by).first() if by else None
    model.history.bulk_history_create(rows, batch_size=TOGETHER, default_user=user, default_date=at)


def phones(row: Any, names: Iterable[str], country: str) -> Faults:
    """Return what is wrong with the telephone numbers of a row, made canonical in place."""
    faults: Faults = {}
    for name in names:
        reading = identities.phone(getattr(row, name), country)
        setattr(row, name, reading.value)
        if reading.fault:
            faults[name] = [wording.say(Problem(name, reading.fault))]
    return faults


def refuse(text: StrOrPromise, field: str = NON_FIELD_ERRORS) -> ValidationError:
    """Return the error that says one thing about one field, to be raised."""
    return ValidationError({field: [text]})


def remove(row: models.Model, *, reason: str, at: datetime) -> None:
    """Take a row away; its history keeps when and why. ProtectedError where others lean on it."""
    vars(row).update({"_history_date": at, "_change_reason": reason[:100]})
    row.delete()


def remove_many(rows: Sequence[models.Model], *, reason: str, at: datetime) -> None:
    """Take rows away, many at once; what leans on one of them is a ProtectedError, as above."""
    for row in rows:
        vars(row).update({"_history_date": at, "_change_reason": reason[:100]})
    found = Collector(using=DEFAULT_DB_ALIAS)
    found.collect(rows)
    found.delete()
