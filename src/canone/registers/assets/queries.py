"""Reads of machines, meters and readings, for higher contexts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from canone.registers.assets.models import Meter, Reading


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
