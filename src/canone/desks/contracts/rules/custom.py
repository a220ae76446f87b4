"""The own fields of a contract type, and what is wrong with what was typed into them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from canone.desks.contracts.rules.terms import Problem

KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")
MOST_FIELDS = 40
MOST_TEXT = 1_000


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    YES = "yes"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field that a firm added to a type of contract."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    is_required: bool = False


def read(data: Any) -> tuple[list[OwnField], list[Problem]]:
    """Return the fields that plain data describes, and what is wrong with it."""
    if not isinstance(data, list) or len(data) > MOST_FIELDS:
        return [], [Problem("not_a_list_of_fields", "fields", str(MOST_FIELDS))]
    found: list[OwnField] = []
    problems: list[Problem] = []
    for item in data:
        made = _field(item)
        if isinstance(made, Problem):
            problems.append(made)
        elif made.key in {known.key for known in found}:
            problems.append(Problem("field_twice", "fields", made.key))
        else:
            found.append(made)
    return found, problems


def _field(item: Any) -> OwnField | Problem:
    if not isinstance(item, Mapping):
        return Problem("not_a_field", "fields", "")
    key, label = item.get("key"), item.get("label")
    kind = item.get("kind", Kind.TEXT.value)
    if not isinstance(key, str) or not KEY.fullmatch(key):
        return Problem("not_a_key", "fields", str(key)[:40])
    if not isinstance(label, str) or not label.strip():
        return Problem("no_label", "fields", key)
    if kind not in set(Kind):
        return Problem("not_a_kind", "fields", key)
    choices = tuple(str(one) for one in item.get("choices") or ())
    if kind == Kind.CHOICE and not choices:
        return Problem("no_choices", "fields", key)
    return OwnField(key, label.strip(), Kind(kind), choices, bool(item.get("required", False)))


def check(fields: Sequence[OwnField], values: Any) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values as they are kept, and what is wrong, by the key of each field."""
    if not isinstance(values, Mapping):
        return {}, [Problem("not_own_values", "custom")]
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    known = {field.key: field for field in fields}
    problems += [Problem("no_such_field", str(key)) for key in values if key not in known]
    for key, field in known.items():
        value = values.get(key)
        if value is None or value == "":
            if field.is_required:
                problems.append(Problem("missing", key))
            continue
        read_value = READERS[field.kind](value, field)
        if read_value is None:
            problems.append(Problem(f"own_{field.kind.value}", key, ", ".join(field.choices)))
        else:
            kept[key] = read_value
    return kept, problems


def _text(value: Any, _field: OwnField) -> str | None:
    return value.strip() if isinstance(value, str) and len(value) <= MOST_TEXT else None


def _number(value: Any, _field: OwnField) -> str | None:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else None
    except InvalidOperation:
        return None
    if number is None or not number.is_finite() or abs(number.adjusted()) > 15:
        return None
    return f"{number:f}"


def _day(value: Any, _field: OwnField) -> str | None:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return None


def _yes(value: Any, _field: OwnField) -> bool | None:
    return value if isinstance(value, bool) else None


def _choice(value: Any, field: OwnField) -> str | None:
    return value if value in field.choices else None


READERS = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DAY: _day,
    Kind.YES: _yes,
    Kind.CHOICE: _choice,
}
