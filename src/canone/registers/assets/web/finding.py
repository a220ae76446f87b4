"""What the search over everything finds among machines."""

from __future__ import annotations

from collections.abc import Iterator

from canone.base.access.models import User
from canone.registers.assets import queries
from canone.registers.assets.models import Asset
from canone.registers.assets.web import looks
from canone.ui.search import Hit

MOST = 8


def assets(user: User, text: str) -> Iterator[Hit]:
    """Yield the machines that hold every word of `text`."""
    seen = Asset.objects.visible_to(user).select_related("customer")
    for asset in queries.matching(seen, text)[:MOST]:
        words = " · ".join(part for part in (asset.serial, asset.customer.name) if part)
        yield Hit(asset.name, looks.asset_url(asset), words, looks.state(asset))
