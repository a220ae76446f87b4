"""What tools tell beyond plain values: prose, instants that must name their zone, keys."""

from __future__ import annotations

import hashlib
from datetime import datetime

from canone.channels.connectors.rules import values
from canone.channels.connectors.rules.port import clean

ID_LENGTH = 160
DIGEST_LENGTH = 40


def words(value: object, longest: int = 200) -> str:
    """Return a text or a whole number on one line; empty for anything else."""
    return " ".join(values.text(value, longest * 4).split())[:longest]


def prose(value: object, longest: int = 2_000) -> str:
    """Return a text with its lines."""
    return clean(value).strip()[:longest] if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """Return a whole number that was written as one."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def zoned(value: object) -> datetime | None:
    """Return the instant of an ISO text; None where it does not name its zone."""
    found = values.written(value)
    if found is None or not isinstance(value, str):
        return None
    return found if datetime.fromisoformat(value.strip()).tzinfo is not None else None


def key(*parts: str) -> str:
    """Return the parts as one external id, shortened to a digest where they are too long."""
    joined = "|".join(parts)
    if len(joined) <= ID_LENGTH:
        return joined
    digest = hashlib.sha256(joined.encode()).hexdigest()[:DIGEST_LENGTH]
    return f"{joined[: ID_LENGTH - DIGEST_LENGTH - 1]}#{digest}"
