"""Minutes and money of a filter, by state, at the prices of today.

Open sessions are counted by their distinct lengths and priced by the rule, so that no second
version of the rule lives in SQL. Profiles whose price depends on more than the
length (bands, merging, overlaps) are read session by session.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from canone.base import bulk, snapshots
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import previews, profiles, scope, stretches
from canone.desks.assistance.rules.states import ORPHAN_AFTER, State
from canone.kernel.money import Money

if TYPE_CHECKING:
    from canone.base.access.models import User
    from canone.desks.assistance.models.sessions import SessionQuerySet
    from canone.desks.assistance.queries.profiles import Profile, Stretch

# stage: 0 accounted, 1 ended, 2 running, 3 without an end for too long
LENGTH = "CASE WHEN {s}.accounting_id IS NULL AND {s}.ended_at IS NOT NULL THEN %s END"
KEYS = f"""
    CASE WHEN {{s}}.accounting_id IS NOT NULL THEN 0 WHEN {{s}}.ended_at IS NOT NULL THEN 1
        WHEN {{s}}.started_at > %s THEN 2 ELSE 3 END,
    {LENGTH % "{s}.group_id"},
    {LENGTH % "{s}.seconds / 60"},
    {LENGTH % "({s}.seconds + 59) / 60 + {s}.extra_minutes"},
    {LENGTH % "CASE WHEN {s}.is_manual OR {s}.is_included THEN 1 ELSE 0 END"}
"""
PART = LENGTH % "c.n"
SUMS = "COUNT(*), SUM({s}.total_minutes), CAST(SUM({s}.price) AS BIGINT)"
BY_LENGTH = f"SELECT {KEYS}, NULL, {SUMS} {{source}} GROUP BY 1, 2, 3, 4, 5"
BY_PART = f"SELECT {KEYS}, {PART}, {SUMS} {{source}} GROUP BY 1, 2, 3, 4, 5, 6"
ACCOUNTED = f"SELECT 0, NULL, NULL, NULL, NULL, NULL, {SUMS} {{source}}"
JOINED = f" LEFT JOIN c ON {stretches.WITHIN} AND {stretches.STILL_OPEN}"


@dataclass(slots=True)
class Line:
    """How many sessions, minutes and cents; no price where none can be worked out."""

    count: int = 0
    minutes: int = 0
    cents: int | None = None

    def add(self, count: int, minutes: int, cents: int | None) -> None:
        """Add to the line."""
        self.count += count
        self.minutes += minutes
        if cents is not None:
            self.cents = (self.cents or 0) + cents

    @property
    def price(self) -> Money | None:
        """The sum as money."""
        return None if self.cents is None else Money(self.cents)


@dataclass(slots=True)
class Totals:
    """The sums of a filter by state, and what is pending on each prepaid pool."""

    lines: dict[State, Line] = field(default_factory=lambda: defaultdict(Line))
    pools: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def whole(self) -> Line:
        """The sum over all states."""
        total = Line()
        for line in self.lines.values():
            total.add(line.count, line.minutes, line.cents)
        return total


def totals(chosen: scope.Scope, *, user: User, day: date, now: datetime) -> Totals:
    """Return the sums of the sessions in `chosen` that `user` may see.

    Every session is counted once, also while a run accounts them.
    """
    found = scope.sessions(chosen, user=user, day=day, now=now)
    at_work = profiles.current(day, groups=scope.groups(chosen))
    special = frozenset(one.group_id for one in at_work.every() if not one.by_length)
    parts = [
        one for group, found_ in at_work.agreed.items() if group not in special for one in found_
    ]
    result = Totals()
    with snapshots.snapshot() if special else nullcontext():
        for cell in _cells(chosen, found, now, parts):
            group, part = cell[1], cell[5]
            profile = at_work.assigned.get(group) if part is None else parts[part].profile
            _add(result, cell, profile, skip=special)
        if special:
            _add_singly(result, found.filter(group_id__in=special), day=day, now=now)
    return result


def _cells(
    chosen: scope.Scope, found: SessionQuerySet, now: datetime, parts: Sequence[Stretch]
) -> list[tuple[Any, ...]]:
    """Return what is accounted and what is open, by length and by part, from one statement.

    A part is the number of the stretch by which a contract prices them.

    Two would see two states: a session accounted in between would be in neither. PostgreSQL
    groups in one pass; SQLite sorts what it groups, so that the accounted are summed apart.
    """
    since = bulk.instant(now - ORPHAN_AFTER)
    grouped = BY_PART if parts else BY_LENGTH
    if connection.vendor == "postgresql":
        wanted = [(grouped, found, [since])]
    else:
        wanted = []
        if chosen.state in (None, State.ACCOUNTED):
            wanted.append((ACCOUNTED, found.filter(accounting__isnull=False), []))
        if chosen.state is not State.ACCOUNTED:
            wanted.append((grouped, found.filter(accounting__isnull=True), [since]))
    table = bulk.table(RemoteSession)
    statements: list[str] = []
    before, values = _table(parts)
    try:
        for statement, rows, first in wanted:
            joined = JOINED.format(s=table) if statement is BY_PART else ""
            source, given = _source(rows, joined)
            statements.append(statement.format(s=table, source=source))
            values += [*first, *given]
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(before + " UNION ALL ".join(statements), values)
        return list(cursor.fetchall())


def _table(parts: Sequence[Stretch]) -> tuple[str, list[Any]]:
    """Return the table of the parts, made once: SQLite would read it again for every session."""
    if not parts:
        return "", []
    table, values = stretches.rows(parts)
    return f"WITH c AS MATERIALIZED ({table}) ", values


def _source(found: SessionQuerySet, joined: str) -> tuple[str, tuple[Any, ...]]:
    """Return FROM and WHERE of the filter, with what is joined to the sessions between them."""
    sql, values = found.order_by().values_list("id").query.sql_with_params()
    source = sql.split(" FROM ", 1)[1]
    table = bulk.table(RemoteSession)
    return f"FROM {table}{joined}{source.removeprefix(table)}", values


def _add(
    result: Totals, cell: Sequence[Any], profile: Profile | None, *, skip: frozenset[int]
) -> None:
    stage, group, full, minutes, exempt, _part, count, all_minutes, cents = cell
    if stage == 0:
        if count:
            result.lines[State.ACCOUNTED].add(count, all_minutes, cents)
    elif stage in (2, 3):
        result.lines[State.RUNNING if stage == 2 else State.ORPHAN].add(count, 0, None)
    elif group is None:
        result.lines[State.UNASSIGNED].add(count, count * minutes, None)
    elif group in skip:
        return
    elif profile is None:
        result.lines[State.NO_PROFILE].add(count, count * minutes, None)
    else:
        if not exempt and full < profile.rater.terms.minimum_minutes:
            result.lines[State.IGNORED].add(count, count * minutes, None)
            return
        _price(result, profile, minutes, count)


def _price(result: Totals, profile: Profile, minutes: int, count: int) -> None:
    rated = profile.for_minutes(minutes)
    cents: int | None = None
    if profile.is_subscription:
        result.pools[profile.pool] += count * rated.billed_minutes
    else:
        cents = count * rated.price.minor if rated.price is not None else 0
    result.lines[State.PENDING].add(count, count * minutes, cents)


def _add_singly(result: Totals, found: SessionQuerySet, *, day: date, now: datetime) -> None:
    pending = found.filter(accounting__isnull=True, ended_at__isnull=False)
    for preview in previews.stream(pending, day=day, now=now):
        cents = preview.price.minor if preview.price is not None else None
        result.lines[preview.state].add(1, preview.total_minutes, cents)
        if preview.state is State.PENDING and preview.pool:
            result.pools[preview.pool] += preview.billed_minutes
