"""Where a movement is taken back: here, where it comes from, or nowhere."""

from __future__ import annotations

from canone.ledgers.allowances.models import Entry
from canone.ui import origins


def is_correctable(entry: Entry) -> bool:
    """Return whether the movement is of a kind that is taken back, and was not."""
    kinds = (Entry.Kind.GRANT, Entry.Kind.TOP_UP, Entry.Kind.DRAW)
    return entry.kind in kinds and getattr(entry, "reversal", None) is None


def is_reversible(entry: Entry) -> bool:
    """Return whether it is corrected here: not what comes from a desk with its own way back."""
    origin = origins.find(entry.origin)
    return is_correctable(entry) and (origin is None or not origin.remedy)
