"""How much one pull may bring, and how a list that never ends is told from a long one."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from canone.channels.connectors.rules.port import Pulled, Trouble

MOST_PAGES = 5_000
MOST_ROWS = 1_000_000
LONGEST = timedelta(minutes=15)
REPEATS = 5  # a growing list may show a page again by chance; not over and over


@dataclass(slots=True)
class Bounds:
    """What a pull has brought so far, against what it may."""

    pages: int = 0
    rows: int = 0
    known: Counter[bytes] = field(default_factory=Counter)

    def take(self, page: Pulled, elapsed: timedelta) -> None:
        """Count a page in; raises Trouble when the pull has to end before it."""
        self.pages += 1
        self.rows += max(page.seen, len(page.sessions))
        told = _print(page)
        if told is not None:
            self.known[told] += 1
            if self.known[told] >= REPEATS:
                raise Trouble("endless", pages=self.pages)
        if self.pages > MOST_PAGES or self.rows > MOST_ROWS or elapsed > LONGEST:
            minutes = int(elapsed / timedelta(minutes=1))
            raise Trouble("too_long", pages=self.pages, rows=self.rows, minutes=minutes)


def _print(page: Pulled) -> bytes | None:
    """Return what tells this page from others, or None where nothing does."""
    if not page.sessions:
        return page.mark.encode() or None
    digest = hashlib.blake2b(digest_size=12)
    for session in page.sessions:
        digest.update(f"{session.external_id}\0{session.ended_at}\0".encode())
    return digest.digest()
