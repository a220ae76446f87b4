"""What is erased of a person or a firm, and what stays, why and until when: the one table.

Books stay ten years: art. 2220 of the Italian civil code, art. L123-22 of the French commercial
code. What an agreement that is not settled still needs stays until it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

YEARS = 10


class Fate(StrEnum):
    """What happens to a kind of rows."""

    ERASED = "erased"
    ANONYMOUS = "anonymous"
    BOOKS = "books"
    OPEN = "open"


class Of(StrEnum):
    """Whose data is erased."""

    PARTY = "party"
    CONTACT = "contact"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows that share one fate; what `waits` stays while something with the party is open."""

    code: str
    of: frozenset[Of]
    fate: Fate
    waits: bool = False

    def becomes(self, *, is_open: bool) -> Fate:
        """Return the fate, with what is still open taken into account."""
        return Fate.OPEN if self.waits and is_open else self.fate


PARTY = frozenset({Of.PARTY})
USER = frozenset({Of.USER})
ANY = frozenset(Of)
KINDS = (
    Kind("mails", ANY, Fate.ANONYMOUS),
    Kind("imports", ANY, Fate.ERASED),
    Kind("traces", ANY, Fate.ERASED),
    Kind("told", ANY, Fate.ERASED),
    Kind("contact", frozenset({Of.CONTACT}), Fate.ERASED),
    Kind("contacts", PARTY, Fate.ERASED),
    Kind("documents", PARTY, Fate.ERASED),
    Kind("logins", PARTY, Fate.ERASED),
    Kind("sessions", PARTY, Fate.ANONYMOUS, waits=True),
    Kind("mapping", PARTY, Fate.ERASED, waits=True),
    Kind("pools", PARTY, Fate.ANONYMOUS, waits=True),
    Kind("assets", PARTY, Fate.ANONYMOUS, waits=True),
    Kind("left_out", PARTY, Fate.ANONYMOUS),
    Kind("groups", PARTY, Fate.ANONYMOUS, waits=True),
    Kind("sites", PARTY, Fate.ANONYMOUS, waits=True),
    Kind("master", PARTY, Fate.ANONYMOUS, waits=True),
    Kind("worked", USER, Fate.ANONYMOUS),
    Kind("known_as", USER, Fate.ERASED),
    Kind("ways_in", USER, Fate.ERASED),
    Kind("account", USER, Fate.ANONYMOUS),
    Kind("accounted", PARTY, Fate.BOOKS),
    Kind("worked_accounted", USER, Fate.BOOKS),
    Kind("contracts", PARTY, Fate.BOOKS),
    Kind("mandates", PARTY, Fate.BOOKS),
    Kind("charges", PARTY, Fate.BOOKS),
    Kind("invoices", PARTY, Fate.BOOKS),
    Kind("payments", PARTY, Fate.BOOKS),
    Kind("movements", PARTY, Fate.BOOKS),
    Kind("journal", frozenset({Of.PARTY, Of.USER}), Fate.BOOKS),
)


def kinds(of: Of) -> tuple[Kind, ...]:
    """Return what is looked at when somebody is erased, in the order of the work."""
    return tuple(kind for kind in KINDS if of in kind.of)


def kept_until(last: date) -> date:
    """Return the last day on which a booking of `last` is kept.

    Ten years are counted from the end of the year of the booking, which satisfies both laws where
    the financial year is that of the calendar.
    """
    return date(last.year + YEARS, 12, 31)
