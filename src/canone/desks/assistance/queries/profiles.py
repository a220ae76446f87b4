"""Which tariff prices the sessions of a group today."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q

from canone.base.firm import queries as firms
from canone.desks.assistance.models import Assignment
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
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Profile:
    """A tariff as it stands for one group: its version in force and the rule made of it.

    `is_grouping` says that several sessions may be priced as one, `is_subscription` that minutes
    are drawn from prepaid hours instead of being priced.
    """

    group_id: int
    customer_id: int
    assignment_id: int
    starts_on: date
    version: TariffVersion
    rater: Rater
    earlier: tuple[tuple[datetime, Rater], ...] = ()
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
        return pool_key(self.version.tariff_id)


def pool_key(tariff_id: int) -> str:
    """Return the ledger's key for the prepaid hours of a subscription."""
    return f"tariff:{tariff_id}"


def in_force(day: date) -> Q:
    """Return the condition on assignments that are in force on `day`."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def day_end(day: date, zone: ZoneInfo | None = None) -> datetime:
    """Return the instant at which `day` ends in the firm's zone."""
    return datetime.combine(day, time.max, zone or firms.zone()).astimezone(UTC)


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
    day: date, *, groups: Iterable[int] | None = None, raters: Raters | None = None
) -> dict[int, Profile]:
    """Return the profile of each group that has one on `day`, by group."""
    rows = Assignment.objects.filter(in_force(day))
    if groups is not None:
        rows = rows.filter(group_id__in=list(groups))
    found = list(rows.values_list("group_id", "group__party_id", "id", "starts_on", "tariff_id"))
    if not found:
        return {}
    zone = firms.zone()
    rules = raters or Raters()
    versions = catalog.current_versions(day_end(day, zone), tariffs={row[-1] for row in found})
    standing = {
        key: (version, rules.of(version, zone), _earlier(version, rules.of(version, zone)))
        for key, version in versions.items()
    }
    return {row[0]: Profile(*row[:-1], *standing[row[-1]]) for row in found}


def _earlier(version: TariffVersion, rater: Rater) -> tuple[tuple[datetime, Rater], ...]:
    if rater.terms.tariff_by is not TariffBy.START:
        return ()
    rows = TariffVersion.objects.filter(tariff_id=version.tariff_id, number__lte=version.number)
    return tuple(
        (row.valid_from, Rater(row.terms(), zone=rater.zone)) for row in rows.order_by("number")
    )


def tariffs_by_minimum(day: date) -> dict[int, list[int]]:
    """Return the assigned tariffs by the minimum minutes of their version in force."""
    tariffs = set(Assignment.objects.filter(in_force(day)).values_list("tariff_id", flat=True))
    found: dict[int, list[int]] = defaultdict(list)
    for tariff_id, version in catalog.current_versions(day_end(day), tariffs=tariffs).items():
        found[version.minimum_minutes].append(tariff_id)
    return dict(found)
