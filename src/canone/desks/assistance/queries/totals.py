"""Minutes and money of a filter, by state, at the prices of today.

Open sessions are counted by their distinct lengths in one query and priced by the rule, so
that no second version of the rule lives in SQL. Profiles whose price depends on more than the
length (bands, merging, overlaps) are read session by session.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When

from canone.desks.assistance.queries import previews, profiles, scope
from canone.desks.assistance.rules.states import ORPHAN_AFTER, State
from canone.kernel.money import Money

if TYPE_CHECKING:
    from canone.base.access.models import User
    from canone.desks.assistance.models.sessions import SessionQuerySet
    from canone.desks.assistance.queries.profiles import Profile


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
    """Return the sums of the sessions in `chosen` that `user` may see."""
    found = scope.sessions(chosen, user=user, day=day, now=now)
    at_work = profiles.current(day, groups=scope.groups(chosen))
    special = [key for key, profile in at_work.items() if not profile.by_length]
    result = Totals()
    done = found.filter(accounting__isnull=False).aggregate(
        count=Count("id"),
        minutes=Sum("total_minutes"),
        cents=Sum("price", output_field=IntegerField()),
    )
    if done["count"]:
        result.lines[State.ACCOUNTED].add(done["count"], done["minutes"], done["cents"])
    for cell in _cells(found.filter(accounting__isnull=True), now):
        _add(result, cell, at_work, skip=frozenset(special))
    if special:
        _add_singly(result, found.filter(group_id__in=special), day=day, now=now)
    return result


def _cells(found: SessionQuerySet, now: datetime) -> Any:
    pending = Q(ended_at__isnull=False)
    whole = IntegerField(null=True)
    return (
        found.order_by()
        .annotate(
            stage=Case(
                When(ended_at__isnull=False, then=Value(1)),
                When(started_at__gt=now - ORPHAN_AFTER, then=Value(2)),
                default=Value(3),
            ),
            cell_group=Case(When(pending, then=F("group_id")), output_field=whole),
            full_minutes=Case(When(pending, then=F("seconds") / 60), output_field=whole),
            all_minutes=Case(
                When(pending, then=(F("seconds") + 59) / 60 + F("extra_minutes")),
                output_field=whole,
            ),
            exempt=Case(
                When(pending & (Q(is_manual=True) | Q(is_included=True)), then=Value(1)),
                default=Value(0),
            ),
        )
        .values_list("stage", "cell_group", "full_minutes", "all_minutes", "exempt")
        .annotate(n=Count("id"))
    )


def _add(
    result: Totals, cell: tuple[Any, ...], at_work: dict[int, Profile], *, skip: frozenset[int]
) -> None:
    stage, group, full, minutes, exempt, count = cell
    if stage in (2, 3):
        result.lines[State.RUNNING if stage == 2 else State.ORPHAN].add(count, 0, None)
    elif group is None:
        result.lines[State.UNASSIGNED].add(count, count * minutes, None)
    elif group not in at_work:
        result.lines[State.NO_PROFILE].add(count, count * minutes, None)
    elif group not in skip:
        profile = at_work[group]
        if not exempt and full < profile.rater.terms.minimum_minutes:
            result.lines[State.IGNORED].add(count, count * minutes, None)
            return
        rated = profile.for_minutes(minutes)
        if profile.is_subscription:
            result.pools[profile.pool] += count * rated.billed_minutes
            result.lines[State.PENDING].add(count, count * minutes, None)
        else:
            cents = rated.price.minor if rated.price is not None else 0
            result.lines[State.PENDING].add(count, count * minutes, count * cents)


def _add_singly(result: Totals, found: SessionQuerySet, *, day: date, now: datetime) -> None:
    pending = found.filter(accounting__isnull=True, ended_at__isnull=False)
    for preview in previews.stream(pending, day=day, now=now):
        cents = preview.price.minor if preview.price is not None else None
        result.lines[preview.state].add(1, preview.total_minutes, cents)
        if preview.state is State.PENDING and preview.pool:
            result.pools[preview.pool] += preview.billed_minutes
