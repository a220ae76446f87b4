"""How far the clock of a server is off."""

from __future__ import annotations

from datetime import datetime

from canone.channels.connectors.rules.port import Notice

AGREE = 120  # seconds


def notices(server_at: datetime | None, at: datetime) -> tuple[Notice, ...]:
    """Return the warning that the server's clock is ahead or behind by more than it may be."""
    ahead = int((server_at - at).total_seconds()) if server_at else 0
    if abs(ahead) <= AGREE:
        return ()
    return (Notice("clock_ahead" if ahead > 0 else "clock_behind", {"count": abs(ahead)}),)
