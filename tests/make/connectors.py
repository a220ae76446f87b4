"""Sources of sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from canone.channels.connectors.models import Source
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.checking import Connection

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def connection(**more: Any) -> Connection:
    """Return what a clerk would write down; `user` and `password` are those of MeshCentral."""
    said = {"title": "MeshCentral", "url": "https://mesh.example.org", **more}
    if said.get("tool", "meshcentral") == "meshcentral":
        said["fields"] = {"user": said.pop("user", "~t:abcdefghijklmnop")}
        said["secrets"] = {"password": said.pop("password", "well kept")}
    return Connection(**said)


def source(*, at: datetime = AT, **more: Any) -> Source:
    """Return a connected source."""
    return sources.connect(connection=connection(**more), at=at)
