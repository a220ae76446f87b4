"""Which tariff prices the sessions of a group today."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q

from canone.base.firm import queries as firms
from canone.desks.assistance.models import Assignment
from canone.registers.catalog.models import TariffVersion
from canone.registers.catalog.queries import tariffs as catalog
from canone.registers.catalog.rules.rating import Overlap, Rated, Rater, Rounding, TariffBy, Work

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Profile:
    """A tariff as it stands for one group: its version in force and the rule made of it."""

    group_id: int
    customer_id: int
    assignment_id: int
    starts_on: date
    version: TariffVersion
    rater: Rater
    earlier: tuple[tuple[datetime, Rater], ...] = ()

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

    @property
    def is_grouping(self) -> bool:
        """Whether several sessions may be priced as one."""
        terms = self.rater.terms
        return bool(terms.merge_gap_minutes) or terms.overlap is not Overlap.NONE

    def for_minutes(self, total: int) -> Rated:
        """Return what a whole number of minutes comes to, whatever the minimum."""
        return self.rater.rate(Work(60 * total, manual=True))

    @property
    def is_subscription(self) -> bool:
        """Whether minutes are drawn from prepaid hours instead of being priced."""
        return bool(self.rater.terms.is_subscription)

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


def current(day: date, *, groups: Iterable[int] | None = None) -> dict[int, Profile]:
    """Return the profile of each group that has one on `day`, by group."""
    rows = Assignment.objects.filter(in_force(day)).select_related("group")
    if groups is not None:
        rows = rows.filter(group_id__in=list(groups))
    found = list(rows)
    if not found:
        return {}
    zone = firms.zone()
    ends = day_end(day, zone)
    versions = catalog.current_versions(ends, tariffs={row.tariff_id for row in found})
    raters = {key: Rater(version.terms(), zone=zone) for key, version in versions.items()}
    return {
        row.group_id: Profile(
            group_id=row.group_id,
            customer_id=row.group.party_id,
            assignment_id=row.pk,
            starts_on=row.starts_on,
            version=versions[row.tariff_id],
            rater=raters[row.tariff_id],
            earlier=_earlier(versions[row.tariff_id], raters[row.tariff_id]),
        )
        for row in found
    }


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
