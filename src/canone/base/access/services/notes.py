"""What the journal keeps of changes in access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canone.base.access.models import User
from canone.base.history import services as history


def write(kind: str, user: User, said: Mapping[str, Any], at: datetime, by: int | None) -> None:
    """Return nothing; the journal keeps what was done to the user."""
    payload = history.canonical(dict(said))
    history.append([history.Fact(kind, f"user:{user.pk}", payload)], at=at, by=by)
