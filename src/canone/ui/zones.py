"""The firm's zone, read once per request however many times a page writes."""

from __future__ import annotations

from contextvars import ContextVar
from zoneinfo import ZoneInfo

from canone.base.firm import queries as firm

_known: ContextVar[list[ZoneInfo] | None] = ContextVar("known_zone", default=None)


def forget() -> None:
    """Start a request: what was known of the firm is read again when needed."""
    _known.set([])


def zone() -> ZoneInfo:
    """Return the firm's zone; outside of requests it is read every time."""
    known = _known.get()
    if known is None:
        return firm.zone()
    if not known:
        known.append(firm.zone())
    return known[0]
