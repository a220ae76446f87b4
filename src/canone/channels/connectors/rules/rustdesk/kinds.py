"""The kinds of connections that RustDesk numbers."""

from __future__ import annotations

from collections.abc import Mapping

NUMBERED: Mapping[int, str] = {
    0: "desktop",
    1: "files",
    2: "relay",
    3: "camera",
    4: "terminal",
}
OTHER = "other"  # a number of a version to come
KINDS = (*NUMBERED.values(), OTHER)
DEFAULT_KINDS = frozenset(KINDS) - {"relay"}


def kind(number: int) -> str:
    """Return the kind of a connection that was logged in to."""
    return NUMBERED.get(number, OTHER)
