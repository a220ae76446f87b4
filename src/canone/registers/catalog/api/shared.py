"""What the operations share: one row or none, what was sent, faults of terms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from canone.kernel.money import UnitPrice
from canone.registers.catalog.queries import words
from canone.registers.catalog.rules import codec
from canone.registers.catalog.rules.terms import Problem, Terms
from canone.ui import api

M = TypeVar("M", bound=Model)


def one(rows: QuerySet[M], pk: int) -> M:
    """Return the row; what is not there is Http404."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def linked(rows: QuerySet[M], name: str, pk: int) -> M:
    """Return the row that a body names; one that is not there is a ValidationError."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise ValidationError({name: [_("There is nothing with this id.")]})
    return found


def sent(body: api.Schema) -> dict[str, Any]:
    """Return what was sent, without nulls."""
    return {name: v for name, v in body.dict(exclude_unset=True).items() if v is not None}


def terms(data: dict[str, Any]) -> Terms:
    """Return the terms that were sent; faults are a ValidationError by field."""
    try:
        return codec.read(data)
    except codec.UnreadableError as error:
        raise faults(error.problems) from error


def faults(problems: Iterable[Problem]) -> ValidationError:
    """Return the problems as a ValidationError by field, below `terms`."""
    by_field: dict[str, list[ValidationError]] = {}
    for problem in problems:
        said = ValidationError(words.problem(problem), code=problem.code)
        by_field.setdefault(f"terms.{problem.field}", []).append(said)
    return ValidationError(dict(by_field))


def price(name: str, text: str) -> UnitPrice:
    """Return the price that was sent as decimal text; a fault is a ValidationError."""
    try:
        return codec.unit_price(text)
    except ValueError as error:
        said = words.problem(Problem("not_an_amount", name))
        raise ValidationError({name: [said]}) from error
