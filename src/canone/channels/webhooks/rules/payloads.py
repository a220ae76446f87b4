"""Facts as JSON, and the description of that JSON."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from canone.kernel.money import Money, UnitPrice

TEST = "webhook.test"
Schema = dict[str, Any]


def instant(value: datetime) -> str:
    """Return an instant in UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_WRITERS: dict[type, Callable[[Any], Any]] = {
    Money: str,
    UnitPrice: str,
    date: date.isoformat,
    datetime: instant,
}
_TYPES: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Money: {"type": "string", "format": "decimal"},
    UnitPrice: {"type": "string", "format": "decimal"},
}


def data(fact: Any) -> dict[str, Any]:
    """Return a fact in JSON's types; amounts are decimal text."""
    return {field.name: _plain(getattr(fact, field.name)) for field in dataclasses.fields(fact)}


def body(*, message_id: str, code: str, version: int, at: datetime, said: Any) -> bytes:
    """Return what is sent, byte for byte the same at every attempt."""
    whole = {
        "id": message_id,
        "type": code,
        "version": version,
        "timestamp": instant(at),
        "data": said,
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def envelope(code: str, version: int, kind: type) -> Schema:
    """Return the JSON schema of what is sent for a kind of fact."""
    return {
        "type": "object",
        "required": ["id", "type", "version", "timestamp", "data"],
        "properties": {
            "id": {"type": "string", "description": "the same at every attempt"},
            "type": {"type": "string", "const": code},
            "version": {"type": "integer", "const": version},
            "timestamp": {"type": "string", "format": "date-time", "description": "it happened"},
            "data": schema(kind),
        },
    }


def schema(kind: type) -> Schema:
    """Return the JSON schema of a kind of fact; the notes beside its fields are in it."""
    hints = get_type_hints(kind, include_extras=True)
    names = [field.name for field in dataclasses.fields(kind)]
    return {
        "type": "object",
        "description": (kind.__doc__ or "").strip().partition("\n\n")[0],
        "required": names,
        "properties": {name: _schema(hints[name]) for name in names},
    }


def _plain(value: Any) -> Any:
    if type(value) in _WRITERS:
        return _WRITERS[type(value)](value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"a fact cannot hold {type(value).__name__}")


def _schema(hint: Any) -> Schema:
    origin, given = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return {**_schema(given[0]), "description": given[1]}
    if origin in {Union, types.UnionType}:
        one = next(arg for arg in given if arg is not type(None))
        return {"anyOf": [_schema(one), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _schema(given[0])}
    return dict(_TYPES[hint])
