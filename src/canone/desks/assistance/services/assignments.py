"""Which tariff prices a group, since when; a subscription belongs to one group only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from canone.desks.assistance.models import Assignment
from canone.desks.assistance.services import subscriptions
from canone.registers.catalog.models import Tariff
from canone.registers.parties.models import Group


class SubscriptionTakenError(Exception):
    """The subscription belongs to another group; duplicate it for this one."""

    def __init__(self, tariff: Tariff, group: Group) -> None:
        super().__init__(f"{tariff.name}: {group.name}")
        self.tariff = tariff
        self.group = group


class OverlapsError(Exception):
    """The group has a later assignment already; `later` is the first of them."""

    def __init__(self, later: Assignment) -> None:
        super().__init__(f"assignment {later.pk} starts later")
        self.later = later


@transaction.atomic
def assign(
    *, tariff_id: int, group_ids: Sequence[int], starts_on: date, by: int | None, at: datetime
) -> list[Assignment]:
    """Return the new assignments; what each group had before ends on `starts_on`.

    A group that has this tariff already keeps its assignment. A subscription's hours are granted
    and its amount is charged with its first assignment. Raises SubscriptionTakenError when a
    subscription would belong to two groups, OverlapsError when a later assignment exists.
    """
    tariff = Tariff.objects.select_for_update().get(pk=tariff_id)
    groups = list(Group.objects.select_for_update().filter(pk__in=group_ids).order_by("pk"))
    exclusive = tariff.kind == Tariff.Kind.SUBSCRIPTION
    if exclusive:
        _check_alone(tariff, groups)
    made = []
    for group in groups:
        assignment = _assign(tariff, group, starts_on, by=by, at=at)
        if assignment is not None:
            made.append(assignment)
    if exclusive and made:
        subscriptions.grant(tariff=tariff, group=groups[0], day=starts_on, by=by, at=at)
    return made


def _check_alone(tariff: Tariff, groups: Sequence[Group]) -> None:
    other = (
        Assignment.objects.filter(tariff=tariff)
        .exclude(group_id__in=[groups[0].pk] if groups else [])
        .select_related("group")
        .first()
    )
    if other is not None:
        raise SubscriptionTakenError(tariff, other.group)
    if len(groups) > 1:
        raise SubscriptionTakenError(tariff, groups[0])


def _assign(
    tariff: Tariff, group: Group, starts_on: date, *, by: int | None, at: datetime
) -> Assignment | None:
    rows = Assignment.objects.select_for_update().filter(group=group)
    later = rows.filter(starts_on__gt=starts_on).order_by("starts_on").first()
    if later is not None:
        raise OverlapsError(later)
    present = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on)).first()
    if present is not None:
        if present.tariff_id == tariff.pk and present.ends_on is None:
            return None
        if present.starts_on == starts_on:
            present.delete()
        else:
            present.ends_on = starts_on
            present.save(update_fields=["ends_on"])
    try:
        with transaction.atomic():
            return Assignment.objects.create(
                group=group,
                tariff=tariff,
                starts_on=starts_on,
                is_exclusive=tariff.kind == Tariff.Kind.SUBSCRIPTION,
                created_at=at,
                created_by_id=by,
            )
    except IntegrityError as error:
        raise SubscriptionTakenError(tariff, group) from error


@transaction.atomic
def end(*, assignment_id: int, ends_on: date) -> Assignment | None:
    """Return the assignment, ended before `ends_on`; None when it had not begun and is gone."""
    assignment = Assignment.objects.select_for_update().get(pk=assignment_id)
    if ends_on <= assignment.starts_on:
        assignment.delete()
        return None
    assignment.ends_on = ends_on
    assignment.save(update_fields=["ends_on"])
    return assignment
