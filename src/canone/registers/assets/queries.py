"""Reads of machines, meters and readings, for pages, the API and higher contexts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from canone.base.access.models import User
from canone.registers.assets.models import Asset, Meter, Reading
from canone.registers.parties.rules import names as folded


def openings(meter_ids: Iterable[int]) -> dict[int, int]:
    """Return what each meter showed before its first reading."""
    found = Meter.objects.filter(pk__in=set(meter_ids))
    return dict(found.values_list("pk", "opening"))


def readings(meter_ids: Iterable[int]) -> dict[int, list[tuple[date, int]]]:
    """Return day and value of every reading of the meters, oldest first."""
    found: dict[int, list[tuple[date, int]]] = {}
    rows = Reading.objects.filter(meter_id__in=set(meter_ids)).order_by("meter_id", "day")
    for meter, day, value in rows.values_list("meter_id", "day", "value"):
        found.setdefault(meter, []).append((day, value))
    return found


def names(meter_ids: Iterable[int]) -> dict[int, str]:
    """Return what each meter is called, behind its machine."""
    rows = Meter.objects.filter(pk__in=set(meter_ids)).values_list("pk", "asset__name", "name")
    return {key: f"{asset}, {name}" for key, asset, name in rows}


def for_list(user: User) -> QuerySet[Asset]:
    """Return the machines `user` may see, with customer, site, meters and last reading day."""
    last = Reading.objects.filter(meter__asset=OuterRef("pk")).order_by("-day").values("day")[:1]
    found = Asset.objects.visible_to(user).select_related("customer", "site")
    return found.annotate(meter_count=Count("meters", distinct=True), read_on=Subquery(last))


def matching(found: QuerySet[Asset], text: str) -> QuerySet[Asset]:
    """Return the machines that hold every word: name, maker, model, serial number or customer."""
    for word in folded.fold(text).split()[: folded.SEARCHED]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(maker__icontains=word)
            | Q(model__icontains=word)
            | Q(serial__icontains=word)
            | Q(customer__search_text__contains=word)
        )
    return found


def in_full(asset_id: int, user: User) -> Asset:
    """Return the machine with its meters; Asset.DoesNotExist for who may not see it."""
    meters = Meter.objects.order_by("name", "pk")
    found = Asset.objects.visible_to(user).select_related("customer", "site")
    return found.prefetch_related(Prefetch("meters", queryset=meters)).get(pk=asset_id)


def meters_of(user: User) -> QuerySet[Meter]:
    """Return the meters of the machines `user` may see."""
    return Meter.objects.filter(asset__in=Asset.objects.visible_to(user)).select_related("asset")


def readings_of(user: User) -> QuerySet[Reading]:
    """Return the readings of the machines `user` may see, with meter, machine and customer."""
    seen = Asset.objects.visible_to(user)
    found = Reading.objects.filter(meter__asset__in=seen)
    return found.select_related("meter", "meter__asset", "meter__asset__customer", "by")


def last_readings(meter_ids: Iterable[int]) -> dict[int, Reading]:
    """Return the last reading of each meter that has one."""
    newest = Reading.objects.filter(meter=OuterRef("meter")).order_by("-day").values("pk")[:1]
    rows = Reading.objects.filter(meter_id__in=set(meter_ids), pk=Subquery(newest))
    return {row.meter_id: row for row in rows}
