"""What to ask AnyDesk's session list for, page after page.

Newest first: a session that comes while pages are read moves others to a later page, where they
are seen twice, never to an earlier one, where they would be missed. Whether the server minds
`from` and `to`, and whether they mean starts or ends, is not relied upon: the window reaches back
further than needed, what lies outside is left out here, and reading stops behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

from canone.channels.connectors.rules import values
from canone.channels.connectors.rules.lookback import Plan
from canone.channels.connectors.rules.port import RawSession, Trouble

LIST = "/sessions"
PAGE = 500
AHEAD = timedelta(days=1)  # by how much the server's clock may be ahead of ours


def query(plan: Plan, offset: int) -> dict[str, str | int]:
    """Return the parameters of the page that starts at `offset`."""
    return {
        "direction": "inout",
        "from": int(plan.start.timestamp()),
        "to": int((plan.end + AHEAD).timestamp()),
        "sort": "start-time",
        "order": "desc",
        "offset": offset,
        "limit": PAGE,
    }


def rows(answer: object) -> list[Any]:
    """Return the rows of a page; a Trouble where there are none to be read."""
    found = answer.get("list") if isinstance(answer, Mapping) else None
    if not isinstance(found, list):
        raise Trouble("garbled", action=LIST)
    return found


def following(answer: Mapping[str, Any], offset: int, plan: Plan) -> int | None:
    """Return where the next page starts; None after the last.

    The last is empty, shorter than the limit that the server says it used, or wholly before the
    window. A page that is merely shorter than what was asked for may have been cut by the server.
    """
    found = rows(answer)
    limit = values.number(answer.get("limit"))
    short = limit is not None and limit > 0 and len(found) < limit
    if not found or short or _behind(found, plan):
        return None
    return offset + len(found)


def inside(sessions: Iterable[RawSession], plan: Plan) -> list[RawSession]:
    """Return the sessions of the window: what runs, and what ended since its start."""
    return [each for each in sessions if each.ended_at is None or each.ended_at >= plan.start]


def _behind(found: list[Any], plan: Plan) -> bool:
    """Whether a page in order, newest first, holds only what started before the window."""
    told = [values.counted(row.get("start-time")) for row in found if isinstance(row, Mapping)]
    starts = [start for start in told if start is not None]
    ordered = all(left >= right for left, right in pairwise(starts))
    return bool(starts) and ordered and starts[0] < plan.start
