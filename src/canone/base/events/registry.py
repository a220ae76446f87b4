"""Who hears what; filled once from `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from canone.base.events.rules import kind_of

Handler = Callable[..., None]

_events: dict[str, type] = {}
_handlers: dict[str, dict[str, Handler]] = {}


def bind(table: Mapping[type, Sequence[Handler]]) -> None:
    """Return nothing; each event has these handlers from now on, called `handler(event, at=…)`."""
    for event, handlers in table.items():
        kind = kind_of(event)
        _events[kind] = event
        _handlers[kind] = {name_of(handler): handler for handler in handlers}


def name_of(handler: Handler) -> str:
    """Return the name under which deliveries know the handler."""
    return f"{handler.__module__}.{handler.__qualname__}".removeprefix("canone.")


def handlers_of(kind: str) -> dict[str, Handler]:
    """Return the handlers of an event by name; none for an event that nobody hears."""
    return _handlers.get(kind, {})


def event_class(kind: str) -> Any:
    """Return the dataclass of an event; KeyError when it is not bound any more."""
    return _events[kind]
