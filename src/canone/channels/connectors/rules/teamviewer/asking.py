"""What to ask TeamViewer's connection report for, page after page.

A report is returned where it *starts* at or after `from_date` and *ends* before `to_date`, newest
end first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from canone.channels.connectors.rules import values
from canone.channels.connectors.rules.lookback import Plan
from canone.channels.connectors.rules.port import Trouble

REPORT = "/api/v1/reports/connections"


def query(plan: Plan, offset: str = "") -> dict[str, str]:
    """Return the parameters of a page; without an offset of the first."""
    asked = {"from_date": written(plan.start), "to_date": written(plan.end)}
    return asked | ({"offset_id": offset} if offset else {})


def written(at: datetime) -> str:
    """Return an instant as TeamViewer reads it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def records(answer: object) -> list[Any]:
    """Return the records of a page; a Trouble where there are none to be read."""
    if not isinstance(answer, Mapping):
        raise Trouble("garbled", action=REPORT)
    found = answer.get("records")
    if found is None and "records_remaining" in answer:
        return []
    if not isinstance(found, list):
        raise Trouble("garbled", action=REPORT)
    return found


def following(answer: Mapping[str, Any]) -> str:
    """Return the offset of the page after this one; empty after the last.

    The offset is the id of the last record, which serves where the answer leaves it out.
    """
    told = values.text(answer.get("next_offset"))
    if told.strip("0-"):
        return told
    rows, left = answer.get("records"), values.number(answer.get("records_remaining"))
    if not left or left < 0 or not isinstance(rows, list) or not rows:
        return ""
    last = rows[-1]
    return values.text(last.get("id")) if isinstance(last, Mapping) else ""
