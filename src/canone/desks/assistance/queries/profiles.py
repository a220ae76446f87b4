"""Which tariff prices a session: its contract's on the day it starts, else its group's today."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from canone.base.firm import queries as firms
from canone.base.history import services as history
from canone.desks.assistance.models import Assignment
from canone.desks.contracts.queries import covering
from canone.desks.contracts.queries.covering import Covered
from canone.registers.catalog.models import TariffVersion
from canone.registers.catalog.queries import tariffs as catalog
from canone.registers.catalog.rules.rating import (
    Overlap,
    Rated,
    Rater,
    Rounding,
    TariffBy,
    Work,
    rate,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from canone.desks.contracts.models import Line


@dataclass(frozen=True, slots=True)
class Profile:
    """A tariff as it stands for one group: its version in force and the rule made of it.

    `is_grouping` says that several sessions may be priced as one, `is_subscription` that minutes
    are drawn from prepaid hours instead of being priced. `agreed` is the contract's line that says
    so, if it is one and no assignment.
    """

    group_id: int
    customer_id: int
    starts_on: date
    version: TariffVersion
    rater: Rater
    earlier: tuple[tuple[datetime, Rater], ...] = ()
    agreed: Covered | None = None
    is_grouping: bool = field(init=False)
    is_subscription: bool = field(init=False)

    def __post_init__(self) -> None:
        """Note what runs ask for every session."""
        terms = self.rater.terms
        grouping = bool(terms.merge_gap_minutes) or terms.overlap is not Overlap.NONE
        object.__setattr__(self, "is_grouping", grouping)
        object.__setattr__(self, "is_subscription", terms.is_subscription)

    def rater_at(self, moment: datetime) -> Rater:
        """Return the rule of the version that was in force at `moment`; before all, the first."""
        found = self.earlier[0][1] if self.earlier else self.rater
        for valid_from, rater in self.earlier:
            if valid_from <= moment:
                found = rater
        return found

    @property
    def by_length(self) -> bool:
        """Whether the price depends on the total minutes alone."""
        terms = self.rater.terms
        return (
            not self.is_grouping
            and terms.rounding is Rounding.UP
            and not terms.tolerance_seconds
            and not terms.bands
            and terms.tariff_by is TariffBy.ACCOUNTING
        )

    def for_minutes(self, total: int) -> Rated:
        """Return what a whole number of minutes comes to, whatever the minimum."""
        return rate(self.rater.terms, Work(60 * total, manual=True), self.rater.zone)

    @property
    def pool(self) -> str:
        """The key under which the ledger knows the prepaid hours."""
        return self.agreed.pool if self.agreed else pool_key(self.version.tariff_id)

    @property
    def kin(self) -> tuple[int, int]:
        """What sessions have alike that may be priced as one: the tariff, and the contract."""
        return self.version.tariff_id, self.agreed.contract_id if self.agreed else 0

    def told(self, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the steps to a price, led by the contract that says it."""
        return [self._step, *steps] if self.agreed else steps

    def text(self, steps: str) -> str:
        """Return the same of steps that are JSON text."""
        if not self.agreed:
            return steps
        step = history.canonical(self._step)
        return f"[{step}]" if steps == "[]" else f"[{step},{steps[1:]}"

    @property
    def _step(self) -> dict[str, Any]:
        agreed = self.agreed
        return {"code": "contract_tariff", "number": agreed.number} if agreed else {}


class Stretch(NamedTuple):
    """The instants between which a contract prices a group's work; without an end, None."""

    start: datetime
    end: datetime | None
    profile: Profile

    def holds(self, moment: datetime) -> bool:
        """Return whether work that starts at an instant is priced by it."""
        return self.start <= moment and (self.end is None or moment < self.end)


class AtWork:
    """The profiles in force: by group, and where contracts cover it by the start of the work."""

    def __init__(
        self, assigned: dict[int, Profile], agreed: dict[int, list[Stretch]] | None = None
    ) -> None:
        self.assigned = assigned
        self.agreed = agreed or {}

    def of(self, group_id: int | None, start: datetime) -> Profile | None:
        """Return the profile of a group's work that starts at an instant."""
        if group_id is None:
            return None
        for stretch in self.agreed.get(group_id, ()):
            if stretch.holds(start):
                return stretch.profile
        return self.assigned.get(group_id)

    def on(self, group_id: int, day: date) -> Profile | None:
        """Return the profile of a group's work on a day."""
        return self.of(group_id, day_start(day))

    def every(self) -> Iterator[Profile]:
        """Yield every profile, those of the past with them."""
        yield from self.assigned.values()
        for stretches in self.agreed.values():
            yield from (one.profile for one in stretches)

    def groups(self) -> set[int]:
        """Return the groups that have a profile on some day."""
        return self.assigned.keys() | self.agreed.keys()

    def with_rater(self, tariff_id: int, rater: Rater) -> AtWork:
        """Return the same with another rule for a tariff: what would be."""

        def changed(one: Profile) -> Profile:
            return replace(one, rater=rater) if one.version.tariff_id == tariff_id else one

        return AtWork(
            {key: changed(one) for key, one in self.assigned.items()},
            {
                key: [one._replace(profile=changed(one.profile)) for one in found]
                for key, found in self.agreed.items()
            },
        )

    def __or__(self, other: AtWork) -> AtWork:
        """Return the profiles of both."""
        return AtWork(self.assigned | other.assigned, self.agreed | other.agreed)


def pool_key(tariff_id: int) -> str:
    """Return the ledger's key for the prepaid hours of a subscription."""
    return f"tariff:{tariff_id}"


def in_force(day: date) -> Q:
    """Return the condition on assignments that are in force on `day`."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def day_end(day: date, zone: ZoneInfo | None = None) -> datetime:
    """Return the instant at which `day` ends in the firm's zone."""
    return datetime.combine(day, time.max, zone or firms.zone()).astimezone(UTC)


def day_start(day: date, zone: ZoneInfo | None = None) -> datetime:
    """Return the instant at which `day` begins in the firm's zone."""
    return datetime.combine(day, time(), zone or firms.zone()).astimezone(UTC)


class Raters:
    """The rules of tariff versions, with what they have worked out.

    Versions never change, so a run that asks again for every batch keeps one of these.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[int, ZoneInfo], Rater] = {}

    def of(self, version: TariffVersion, zone: ZoneInfo) -> Rater:
        """Return the rule of a version."""
        key = (version.pk, zone)
        if key not in self._made:
            self._made[key] = Rater(version.terms(), zone=zone)
        return self._made[key]


def current(
    day: date,
    *,
    groups: Iterable[int] | None = None,
    raters: Raters | None = None,
    instead: Sequence[Line] = (),
) -> AtWork:
    """Return the profiles in force on `day`, of all groups or of these.

    Contracts price by the day of the work, everything else by `day`, that of accounting. Lines of
    contracts given `instead` count as they are in memory.
    """
    rows = Assignment.objects.filter(in_force(day))
    if groups is not None:
        groups = list(groups)
        rows = rows.filter(group_id__in=groups)
    found = list(rows.values_list("group_id", "group__party_id", "starts_on", "tariff_id"))
    agreed = covering.covered(groups=groups, instead=instead)
    if not found and not agreed:
        return AtWork({})
    zone = firms.zone()
    rules = raters or Raters()
    tariffs = {row[-1] for row in found} | {one.tariff_id for one in agreed}
    versions = catalog.current_versions(day_end(day, zone), tariffs=tariffs)
    standing = {
        key: (version, rules.of(version, zone), _earlier(version, rules.of(version, zone)))
        for key, version in versions.items()
    }
    return AtWork(
        {row[0]: Profile(*row[:-1], *standing[row[-1]]) for row in found},
        _stretches(agreed, standing, zone),
    )


def agreed(day: date) -> list[Stretch]:
    """Return what contracts cover, at the tariffs of `day`, for all groups."""
    found = covering.covered()
    if not found:
        return []
    zone, rules = firms.zone(), Raters()
    tariffs = {one.tariff_id for one in found}
    versions = catalog.current_versions(day_end(day, zone), tariffs=tariffs)
    standing = {key: (version, rules.of(version, zone), ()) for key, version in versions.items()}
    return [one for group in _stretches(found, standing, zone).values() for one in group]


def _stretches(
    agreed: Iterable[Covered], standing: Mapping[int, Standing], zone: ZoneInfo
) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = defaultdict(list)
    for one in agreed:
        if one.tariff_id in standing:
            own = standing[one.tariff_id]
            profile = Profile(one.group_id, one.customer_id, one.start, *own, agreed=one)
            end = None if one.end is None else day_start(one.end, zone)
            found[one.group_id].append(Stretch(day_start(one.start, zone), end, profile))
    return dict(found)


def _earlier(version: TariffVersion, rater: Rater) -> tuple[tuple[datetime, Rater], ...]:
    if rater.terms.tariff_by is not TariffBy.START:
        return ()
    rows = TariffVersion.objects.filter(tariff_id=version.tariff_id, number__lte=version.number)
    return tuple(
        (row.valid_from, Rater(row.terms(), zone=rater.zone)) for row in rows.order_by("number")
    )


Standing = tuple[TariffVersion, Rater, tuple[tuple[datetime, Rater], ...]]


def of_group(group_id: int, day: date, *, work: date | None = None) -> Profile | None:
    """Return the profile of a group's work of a day, today's unless given, accounted on `day`."""
    return current(day, groups=[group_id]).on(group_id, work or day)


def tariffs_by_minimum(day: date) -> dict[int, list[int]]:
    """Return the assigned tariffs by the minimum minutes of their version in force."""
    tariffs = set(Assignment.objects.filter(in_force(day)).values_list("tariff_id", flat=True))
    found: dict[int, list[int]] = defaultdict(list)
    for tariff_id, version in catalog.current_versions(day_end(day), tariffs=tariffs).items():
        found[version.minimum_minutes].append(tariff_id)
    return dict(found)
