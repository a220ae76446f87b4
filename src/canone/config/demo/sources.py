"""The sources of the demo firm, which only exist on paper and are therefore paused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from canone.channels.connectors.models import Source
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.checking import Connection
from canone.channels.connectors.services.receiving import keys, messages

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


RUSTDESK = Connection(
    title="RustDesk Lariotech",
    tool="rustdesk-push",
    fields={"devices": "412880135 412880201 412880177", "networks": ""},
)
COMPUTERS = (("412880135", "CAD-PC12"), ("412880201", "SRV-GEST01"), ("412880190", "UFF-ACQ-01"))


def load(*, at: datetime) -> list[Source]:
    """Return the sources, connected and paused: nothing is ever asked of them."""
    made = [sources.connect(connection=connection, at=at) for connection in SOURCES]
    return [sources.pause(source_id=source.pk) for source in [*made, _rustdesk(at)]]


def _rustdesk(at: datetime) -> Source:
    """Return a source that was sent to: three computers told their names, one nobody expects."""
    source = sources.connect(connection=RUSTDESK, at=at)
    keys.renew(source_id=source.pk, at=at)
    source.refresh_from_db()
    for number, (device, name) in enumerate(COMPUTERS):
        body = json.dumps({"id": device, "hostname": name}).encode()
        messages.take_name(source=source, body=body, address="", at=at - timedelta(hours=number))
    return source
