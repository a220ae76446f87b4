"""The own fields of a contract type as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as now_

from canone.desks.contracts.models import ContractType
from canone.desks.contracts.rules import custom
from canone.desks.contracts.rules.custom import Kind, OwnField
from canone.ui import formats, forms

PREFIX = "custom_"


def own_fields(row: ContractType | None) -> list[OwnField]:
    """Return the fields that a type adds; none without a type."""
    return custom.read(row.fields)[0] if row is not None else []


def field(own: OwnField) -> django_forms.Field:
    """Return the field of a form that holds what an own field holds."""
    options: dict[str, Any] = {"label": own.label, "required": own.is_required}
    if own.kind is Kind.NUMBER:
        return forms.NumberField(**options)
    if own.kind is Kind.DAY:
        return forms.DateField(**options)
    if own.kind is Kind.YES:
        return forms.SwitchField(label=own.label, required=False)
    if own.kind is Kind.CHOICE:
        choices = [("", "–"), *((one, one) for one in own.choices)]
        return django_forms.ChoiceField(choices=choices, **options)
    return django_forms.CharField(max_length=custom.MOST_TEXT, **options)


def shown(own: OwnField, value: Any) -> Any:
    """Return what is kept as the field of a form takes it; what cannot be read is left out."""
    if value in (None, "") or own.kind in {Kind.TEXT, Kind.CHOICE, Kind.YES}:
        return value
    try:
        return Decimal(str(value)) if own.kind is Kind.NUMBER else date.fromisoformat(str(value))
    except (ValueError, ArithmeticError):
        return None


def kept(value: Any) -> Any:
    """Return what a field of a form gave, as plain data."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def told(row: ContractType | None, values: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Return label and value of every own field, in the reader's words."""
    return [(own.label, _words(own, values.get(own.key))) for own in own_fields(row)]


def _words(own: OwnField, value: Any) -> str | None:
    if value in (None, ""):
        return None
    if own.kind is Kind.YES:
        return now_("Yes") if value else now_("No")
    read = shown(own, value)
    if isinstance(read, Decimal):
        return formats.number(read)
    return formats.date_of(read) if isinstance(read, date) else str(value)
