"""What is written into a report of TeamViewer when its session is accounted, and when that is
undone."""

from __future__ import annotations

from canone.channels.connectors.rules import values
from canone.channels.connectors.rules.port import Json

BILLED, TO_BILL = "Billed", "Bill"


def change(report: Json, *, billed: bool, note: str) -> dict[str, str]:
    """Return the two fields that may be written, or nothing where they need not be.

    A note that stands in TeamViewer stays. Undoing takes back only what says “billed”: a colleague
    may have decided otherwise since. Both fields go along, as one left out might be emptied.
    """
    state, known = values.text(report.get("billing_state")), report.get("notes")
    if not billed and state != BILLED:
        return {}
    noted = known if isinstance(known, str) and known.strip() else note
    told = {"billing_state": BILLED if billed else TO_BILL, "notes": noted}
    same = told["billing_state"] == state and noted == (known or "")
    return {} if same else told
