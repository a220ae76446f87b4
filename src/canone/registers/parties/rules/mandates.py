"""Whether a mandate lets the firm draw what falls due on certain days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from canone.kernel import periods

UNUSED_MONTHS = 36
"""A mandate with which nothing was drawn for so long has lapsed: rulebooks of the SEPA debits."""


class Standing(StrEnum):
    """How a mandate stands on the days on which something is to be drawn."""

    IN_FORCE = "in_force"
    UNSIGNED = "unsigned"
    REVOKED = "revoked"
    SPENT = "spent"
    LAPSED = "lapsed"


class Signed(NamedTuple):
    """A mandate as far as its force goes; `drawn_on` is the last day that something fell due.

    It is None where that is not known: a mandate that another program drew on has not lapsed.
    """

    reference: str
    signed_on: date
    revoked_on: date | None = None
    is_once: bool = False
    drawn_on: date | None = None


def standing(mandate: Signed, days: Sequence[date]) -> Standing:
    """Return how it stands for what falls due on `days`, ascending; the first reason that holds.

    It is signed by the first day and not revoked by the last. One for a single debit serves one.
    """
    first, last = days[0], days[-1]
    drawn = mandate.drawn_on
    reasons = (
        (mandate.signed_on > first, Standing.UNSIGNED),
        (mandate.revoked_on is not None and mandate.revoked_on <= last, Standing.REVOKED),
        (mandate.is_once and (drawn is not None or len(days) > 1), Standing.SPENT),
        (
            drawn is not None and periods.add_months(drawn, UNUSED_MONTHS) < first,
            Standing.LAPSED,
        ),
    )
    return next((one for holds, one in reasons if holds), Standing.IN_FORCE)
