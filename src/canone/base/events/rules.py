"""Events as JSON and back, and when a failed delivery is tried again."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from canone.kernel.money import Money, UnitPrice

MAX_ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)

_WRITERS: dict[type, Callable[[Any], Any]] = {
    datetime: datetime.isoformat,
    date: date.isoformat,
    Money: lambda value: value.minor,
    UnitPrice: lambda value: value.micros,
    Decimal: str,
    Fraction: str,
}
_READERS: dict[Any, Callable[[Any], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Money: Money,
    UnitPrice: UnitPrice,
    Decimal: Decimal,
    Fraction: Fraction,
}


def kind_of(event: type) -> str:
    """Return the event's name in the outbox: its context and its class."""
    context = event.__module__.removesuffix(".events").rpartition(".")[2]
    return f"{context}.{event.__qualname__}"


def encode(value: Any) -> Any:
    """Return `value` in JSON's types; what has no place there is a TypeError."""
    if dataclasses.is_dataclass(value) and type(value) not in _WRITERS:
        return {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if type(value) in _WRITERS:
        return _WRITERS[type(value)](value)
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"an event cannot hold {type(value).__name__}")


def decode(kind: Any, data: Any) -> Any:
    """Return `data` as the type `kind` says it is, dataclasses field by field."""
    if data is None or kind is Any:
        return data
    if kind in _READERS:
        return _READERS[kind](data)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: decode(hints[name], item) for name, item in data.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    return _decode_generic(kind, data)


def _decode_generic(kind: Any, data: Any) -> Any:
    origin, given = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return decode(next(arg for arg in given if arg is not type(None)), data)
    if origin is tuple:
        return tuple(decode(given[0], item) for item in data)
    if origin is list:
        return [decode(given[0], item) for item in data]
    if origin is dict:
        return {decode(given[0], key): decode(given[1], item) for key, item in data.items()}
    return kind(data) if kind is int and isinstance(data, str) else data


def wait_before(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts."""
    plain: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    return min(plain, LONGEST_WAIT)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
