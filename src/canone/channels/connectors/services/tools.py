"""Which connector speaks with which kind of source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from canone.channels.connectors.models import Source
from canone.channels.connectors.rules import kinds
from canone.channels.connectors.rules.port import Tool, Trouble
from canone.channels.connectors.services import guacamole, http, rustdesk, vault
from canone.channels.connectors.services.anydesk import AnyDesk
from canone.channels.connectors.services.meshcentral.client import MeshCentral
from canone.channels.connectors.services.meshcentral.wire import Access
from canone.channels.connectors.services.receiving import messages
from canone.channels.connectors.services.teamviewer import TeamViewer

PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a source: how it is reached, its opened secrets, and its settings."""

    reach: http.Reach
    secrets: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, Any]


def tool(source: Source) -> Tool:
    """Return the connector of the source, ready to ask; unreadable credentials are a Trouble."""
    slug = source.description.slug
    if slug == kinds.RUSTDESK_PUSH.slug:
        return messages.Inbox(source)
    if slug not in ASKED:
        raise Trouble("only_receives", final=True)
    return ASKED[slug](known(source))


def known(source: Source) -> Known:
    """Return what is known of the source, its secrets opened."""
    reach = http.Reach(
        url=source.url,
        fingerprint=str(source.settings.get("fingerprint", "")),
        authority=str(source.settings.get("authority", "")),
        patience=PATIENCE,
    )
    return Known(reach, vault.unseal(source.credentials), source.settings)


def offered() -> list[kinds.Description]:
    """Return what can be connected."""
    return [each for each in kinds.ALL if each.slug in ASKED or each.slug in RECEIVED]


def access(known: Known) -> Access:
    """Return where a MeshCentral source is and who we are there."""
    return Access(
        url=known.reach.url,
        user=known.settings.get("user", ""),
        password=known.secrets.get("password", ""),
        fingerprint=known.reach.fingerprint,
        authority=known.reach.authority,
        patience=known.reach.patience,
    )


def _meshcentral(known: Known) -> Tool:
    return MeshCentral(access(known))


def _teamviewer(known: Known) -> Tool:
    return TeamViewer(known.reach, known.secrets.get("token", ""))


def _anydesk(known: Known) -> Tool:
    licence = str(known.settings.get("license", ""))
    return AnyDesk(known.reach, licence, known.secrets.get("password", ""))


def _rustdesk(known: Known) -> Tool:
    return rustdesk.RustDesk(known.reach, known.secrets.get("token", ""))


def _guacamole(known: Known) -> Tool:
    account = guacamole.Account(
        str(known.settings.get("user", "")), known.secrets.get("password", "")
    )
    return guacamole.Guacamole(known.reach, account)


ASKED: Mapping[str, Callable[[Known], Tool]] = {
    kinds.MESHCENTRAL.slug: _meshcentral,
    kinds.TEAMVIEWER.slug: _teamviewer,
    kinds.ANYDESK.slug: _anydesk,
    kinds.RUSTDESK.slug: _rustdesk,
    kinds.GUACAMOLE.slug: _guacamole,
}
RECEIVED = frozenset({kinds.RUSTDESK_PUSH.slug, kinds.WEBHOOK.slug})
