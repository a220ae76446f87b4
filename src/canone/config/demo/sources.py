"""The MeshCentral server of the demo firm, which only exists on paper and is therefore paused."""

from __future__ import annotations

from datetime import datetime

from canone.channels.connectors.models import Source
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.checking import Connection


def load(*, at: datetime) -> Source:
    """Return the source, connected and paused: nothing is ever asked of it."""
    connection = Connection(
        title="MeshCentral Lariotech",
        url="https://mesh.lariotech.example",
        fields={"user": "~t:Lariotech0000demo"},
        secrets={"password": "only for the demo"},
    )
    source = sources.connect(connection=connection, at=at)
    return sources.pause(source_id=source.pk)
