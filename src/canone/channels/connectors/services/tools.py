"""Which connector speaks with which kind of source."""

from __future__ import annotations

from canone.channels.connectors.models import Source
from canone.channels.connectors.rules.port import Tool
from canone.channels.connectors.services import vault
from canone.channels.connectors.services.meshcentral.client import MeshCentral
from canone.channels.connectors.services.meshcentral.wire import Access

PATIENCE = 30.0


def tool(source: Source) -> Tool:
    """Return the connector of the source, ready to ask; unreadable credentials are a Trouble."""
    return MeshCentral(access(source))


def access(source: Source) -> Access:
    """Return where a MeshCentral source is and who we are there."""
    known = vault.unseal(source.credentials)
    return Access(
        url=source.url,
        user=known.get("user", ""),
        password=known.get("password", ""),
        fingerprint=str(source.settings.get("fingerprint", "")),
        authority=str(source.settings.get("authority", "")),
        patience=PATIENCE,
    )
