"""With which mandate a document is collected, and what is missing for that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from canone.ledgers.invoicing.rules.obstacles import Obstacle
from canone.registers.parties.rules.mandates import Signed, Standing, standing

DIRECT_DEBIT = "direct_debit"
"""The method that needs a mandate."""
OF_STANDING = {
    Standing.UNSIGNED: Obstacle.MANDATE_UNSIGNED,
    Standing.REVOKED: Obstacle.MANDATE_REVOKED,
    Standing.SPENT: Obstacle.MANDATE_SPENT,
    Standing.LAPSED: Obstacle.MANDATE_LAPSED,
}


def mandate(
    method: str, named: str, known: Iterable[Signed], days: Sequence[date]
) -> tuple[str, Obstacle | None]:
    """Return the reference of the mandate, and what keeps the document back.

    `days` are those on which it falls due. Where none is named, a customer's only recurrent
    mandate in force is taken: which of several is meant, and the only debit of one for a single
    debit, is for people to say.
    """
    if method != DIRECT_DEBIT:
        return named, None
    if named:
        found = next((one for one in known if one.reference == named), None)
        if found is None:
            return named, Obstacle.MANDATE_UNKNOWN
        return named, OF_STANDING.get(standing(found, days))
    able = [
        one.reference
        for one in known
        if not one.is_once and standing(one, days) == Standing.IN_FORCE
    ]
    if len(able) == 1:
        return able[0], None
    return "", Obstacle.SEVERAL_MANDATES if able else Obstacle.NO_MANDATE
