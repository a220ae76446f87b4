"""A filter on sessions that a page, the API and a background run share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from canone.base.firm import queries as firms
from canone.desks.assistance.models import Assignment, RemoteSession
from canone.desks.assistance.queries import pieces, profiles, stretches
from canone.desks.assistance.rules.states import ORPHAN_AFTER, State
from canone.registers.parties.models import Group

if TYPE_CHECKING:
    from canone.base.access.models import User
    from canone.desks.assistance.models.sessions import SessionQuerySet

MOST_WORDS = 100
"""How many words a search may have: no engine takes a condition with thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which sessions are meant; `start` is included, `end` is not, both are instants.

    `together` leaves those that are priced together with others, or those that are not;
    `piece_ids` keeps for one request which pending ones are (see `settled`).
    """

    party_id: int | None = None
    group_id: int | None = None
    technician_id: int | None = None
    device: str = ""
    start: datetime | None = None
    end: datetime | None = None
    state: State | None = None
    text: str = ""
    source: str = ""
    batch: int | None = None
    ids: tuple[int, ...] | None = None
    together: bool | None = None
    piece_ids: tuple[int, ...] | None = None

    def to_params(self) -> dict[str, Any]:
        """Return the scope as JSON-able data, for a background run."""
        data = {key: value for key, value in asdict(self).items() if value not in (None, "")}
        data.pop("piece_ids", None)
        for key in ("start", "end"):
            if key in data:
                data[key] = data[key].isoformat()
        return data

    @classmethod
    def from_params(cls, params: dict[str, Any]) -> Scope:
        """Return the scope that `to_params` wrote."""
        data = dict(params)
        for key in ("start", "end"):
            if key in data:
                data[key] = datetime.fromisoformat(data[key])
        if "state" in data:
            data["state"] = State(data["state"])
        if "ids" in data:
            data["ids"] = tuple(data["ids"])
        return cls(**data)


def sessions(scope: Scope, *, user: User, day: date, now: datetime) -> SessionQuerySet:
    """Return the sessions of `scope` that `user` may see, unordered."""
    found = _before_pieces(scope, user=user, day=day, now=now)
    if scope.together is None:
        return found
    ids = settled(scope, user=user, day=day, now=now).piece_ids or ()
    inside = pieces.accounted() | pieces.among(ids)
    return found.filter(inside) if scope.together else found.exclude(inside)


def settled(scope: Scope, *, user: User, day: date, now: datetime) -> Scope:
    """Return the scope with its pending pieces worked out, for one that is read several times."""
    if scope.together is None or scope.piece_ids is not None:
        return scope
    found = _before_pieces(scope, user=user, day=day, now=now)
    return replace(scope, piece_ids=tuple(pieces.pending(found, day=day, now=now)))


def _before_pieces(scope: Scope, *, user: User, day: date, now: datetime) -> SessionQuerySet:
    found = RemoteSession.objects.visible_to(user).filter(_where(scope))
    if scope.state is not None:
        found = found.filter(in_state(scope.state, day=day, now=now))
    return found


def last_day(scope: Scope, *, day: date) -> date:
    """Return the last day of the scope, or `day` where that is earlier."""
    if scope.end is None:
        return day
    return min(day, (scope.end - timedelta(microseconds=1)).astimezone(firms.zone()).date())


def groups(scope: Scope) -> list[int] | None:
    """Return the groups that the scope is bound to; None when it may hold any."""
    if scope.group_id is not None:
        return [scope.group_id]
    if scope.party_id is not None:
        found = Group.objects.filter(party_id=scope.party_id).values_list("id", flat=True)
        return list(found)
    return None


def _where(scope: Scope) -> Q:
    where = Q()
    if scope.party_id is not None:
        # a subquery, not a join: PostgreSQL then locks sessions alone
        where &= Q(group_id__in=Group.objects.filter(party_id=scope.party_id).values("id"))
    for field, value in (
        ("group_id", scope.group_id),
        ("technician_id", scope.technician_id),
        ("device_name__iexact", scope.device),
        ("started_at__gte", scope.start),
        ("started_at__lt", scope.end),
        ("source", scope.source),
        ("import_batch", scope.batch),
        ("id__in", scope.ids),
    ):
        if value not in (None, ""):
            where &= Q(**{field: value})
    words = dict.fromkeys(scope.text.split())
    if len(words) > MOST_WORDS:
        return Q(pk__in=[])  # leaving some out would account what nobody asked for
    for word in words:
        where &= (
            Q(device_name__icontains=word)
            | Q(note__icontains=word)
            | Q(technician_name__icontains=word)
            | Q(group_hint__icontains=word)
        )
    return where


def in_state(state: State, *, day: date, now: datetime) -> Q:
    """Return the condition for `state` under the profiles in force on `day`."""
    if state is State.ACCOUNTED:
        return Q(accounting__isnull=False)
    open_ = Q(accounting__isnull=True, ended_at__isnull=True)
    if state is State.RUNNING:
        return open_ & Q(started_at__gt=now - ORPHAN_AFTER)
    if state is State.ORPHAN:
        return open_ & Q(started_at__lte=now - ORPHAN_AFTER)
    ended = Q(accounting__isnull=True, ended_at__isnull=False)
    if state is State.UNASSIGNED:
        return ended & Q(group__isnull=True)
    agreed = profiles.agreed(day)
    if state is State.NO_PROFILE:
        without = ended & Q(group__isnull=False) & ~assigned(day)
        return without & ~stretches.covers(agreed) if agreed else without
    ignored = state is State.IGNORED
    where = _by_minimum(ignored=ignored, day=day)
    if agreed:
        where = (where & ~stretches.covers(agreed)) | _agreed(agreed, ignored=ignored)
    return ended & where


def _agreed(agreed: Sequence[profiles.Stretch], *, ignored: bool) -> Q:
    """Return the same as `_by_minimum` for the sessions that contracts price."""
    by_minimum: dict[int, list[profiles.Stretch]] = defaultdict(list)
    for one in agreed:
        by_minimum[one.profile.rater.terms.minimum_minutes].append(one)
    where = Q(pk__in=[])
    for minimum, found in by_minimum.items():
        where |= stretches.covers(found) & _long(minimum, ignored=ignored)
    return where


def assigned(day: date) -> Q:
    """Return the condition that a tariff is in force for the session's group on `day`."""
    return Q(Exists(_current(day).filter(group_id=OuterRef("group_id"))))


def _current(day: date) -> Any:
    return Assignment.objects.filter(profiles.in_force(day))


def _by_minimum(*, ignored: bool, day: date) -> Q:
    where = Q(pk__in=[])
    for minimum, tariffs in profiles.tariffs_by_minimum(day).items():
        groups = Q(group_id__in=_current(day).filter(tariff_id__in=tariffs).values("group_id"))
        where |= groups & _long(minimum, ignored=ignored)
    return where


def _long(minimum: int, *, ignored: bool) -> Q:
    """Return the condition that a session reaches the minimum, or that it does not."""
    if ignored:
        return Q(seconds__lt=60 * minimum, is_manual=False, is_included=False)
    exempt = Q(is_manual=True) | Q(is_included=True)
    return Q(seconds__gte=60 * minimum) | exempt if minimum else Q()
