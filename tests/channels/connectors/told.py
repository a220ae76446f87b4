"""A session as a story tells it, before a tool's server puts it into its own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Told:
    """A session: its key in the tool, who helped whom, when and for how long (None: it runs)."""

    key: str
    started_at: datetime
    seconds: int | None
    technician: str = "Anna Riva"
    mail: str = "anna@example.com"
    device: str = "pc-rossi"
    group: str = "Cliente Rossi"
    note: str = ""

    @property
    def ended_at(self) -> datetime | None:
        """When it ended."""
        return None if self.seconds is None else self.started_at + timedelta(seconds=self.seconds)
