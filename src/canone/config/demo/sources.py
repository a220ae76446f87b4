"""The sources of the demo firm, which only exist on paper and are therefore paused."""

from __future__ import annotations

from datetime import datetime

from canone.channels.connectors.models import Source
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.checking import Connection

SOURCES = (
    Connection(
        title="MeshCentral Lariotech",
        url="https://mesh.lariotech.example",
        fields={"user": "~t:Lariotech0000demo"},
        secrets={"password": "only for the demo"},
    ),
    Connection(
        title="TeamViewer Lariotech",
        tool="teamviewer",
        url="https://webapi.teamviewer.com",
        fields={"write_back": True},
        secrets={"token": "only for the demo"},
    ),
    Connection(
        title="AnyDesk Lariotech",
        tool="anydesk",
        url="https://v1.api.anydesk.com:8081",
        fields={"license": "1438129266231705"},
        secrets={"password": "only for the demo"},
        interval_minutes=30,
    ),
)


def load(*, at: datetime) -> list[Source]:
    """Return the sources, connected and paused: nothing is ever asked of them."""
    made = [sources.connect(connection=connection, at=at) for connection in SOURCES]
    return [sources.pause(source_id=source.pk) for source in made]
