"""The sources of the demo firm, which only exist on paper and are therefore paused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from canone.channels.connectors.models import Source
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.receiving import keys, messages
from canone.config.demo.land import House


def load(house: House, *, at: datetime) -> list[Source]:
    """Return the sources, connected and paused: nothing is ever asked of them."""
    made = [sources.connect(connection=connection, at=at) for connection in house.sources]
    return [sources.pause(source_id=source.pk) for source in [*made, _rustdesk(house, at)]]


def _rustdesk(house: House, at: datetime) -> Source:
    """Return a source that was sent to: three computers told their names, one nobody expects."""
    source = sources.connect(connection=house.pushed, at=at)
    keys.renew(source_id=source.pk, at=at)
    source.refresh_from_db()
    for number, (device, name) in enumerate(house.computers):
        body = json.dumps({"id": device, "hostname": name}).encode()
        messages.take_name(source=source, body=body, address="", at=at - timedelta(hours=number))
    return source
