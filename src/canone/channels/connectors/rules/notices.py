"""What a pull has to tell, added up over its pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from canone.channels.connectors.rules.port import Notice, RawNote

NOTES_TOLD = 20
MOST_TOLD = 50
CLOCKS_AGREE = 120
LATEST = frozenset({"clock_ahead", "clock_behind"})  # a measure, not a count of rows


@dataclass(slots=True)
class Notices:
    """Notices by what they say: counts of the same code add up, the same notice counts once."""

    found: dict[Any, dict[str, Any]] = field(default_factory=dict)
    notes: int = 0
    notes_told: list[list[str]] = field(default_factory=list)

    def add(self, notices: Iterable[Notice]) -> None:
        """Take in the notices of a page."""
        for notice in notices:
            rest = {name: value for name, value in notice.values.items() if name != "count"}
            known = self.found.get((notice.code, str(rest)))
            if known is None:
                if len(self.found) < MOST_TOLD:
                    self.found[notice.code, str(rest)] = {"code": notice.code, **notice.values}
            elif "count" in notice.values:
                before = 0 if notice.code in LATEST else known["count"]
                known["count"] = before + notice.values["count"]

    def clocks(self, server_at: datetime | None, at: datetime) -> None:
        """Take in by how much the tool's clock differs from ours, when that is too much."""
        ahead = int((server_at - at).total_seconds()) if server_at else 0
        if abs(ahead) > CLOCKS_AGREE:
            code = "clock_ahead" if ahead > 0 else "clock_behind"
            self.add((Notice(code, {"count": abs(ahead)}),))

    def lost(self, notes: Sequence[RawNote]) -> None:
        """Take in the notes of a page that fit no session."""
        self.notes += len(notes)
        left = NOTES_TOLD - len(self.notes_told)
        self.notes_told += [
            [note.at.isoformat(), note.user_id, note.text[:200]] for note in notes[:left]
        ]

    def told(self) -> list[list[Any]]:
        """Return the notices as a log keeps them: a code and its values."""
        rows = [
            [values["code"], {name: value for name, value in values.items() if name != "code"}]
            for values in self.found.values()
        ]
        if self.notes:
            values = {"count": self.notes, "notes": self.notes_told}
            rows.append(["notes_without_session", values])
        return rows
