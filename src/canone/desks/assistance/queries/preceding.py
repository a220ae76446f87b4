"""Which assignments stand behind a contract: its line prices the group's work first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from canone.desks.assistance.models import Assignment
from canone.desks.contracts.queries import covering
from canone.desks.contracts.queries.covering import Covered


def of_assignments(rows: Iterable[Assignment], day: date) -> dict[int, Covered]:
    """Return, by assignment, what goes before it: on a day, or as the first from then on.

    Nothing for what ended by then.
    """
    wanted = [row for row in rows if row.ends_on is None or row.ends_on > day]
    found: dict[int, list[Covered]] = defaultdict(list)
    if wanted:
        for one in covering.covered(groups={row.group_id for row in wanted}):
            found[one.group_id].append(one)
    first: dict[int, Covered] = {}
    for row in wanted:
        begin = max(day, row.starts_on)
        within = [one for one in found[row.group_id] if _meet(one, begin, row.ends_on)]
        if within:
            first[row.pk] = min(within, key=lambda one: one.start)
    return first


def _meet(one: Covered, begin: date, after: date | None) -> bool:
    return (one.end is None or one.end > begin) and (after is None or one.start < after)
