"""Readings of meters are written here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.firm import queries as firm
from canone.base.history import services as history
from canone.registers.assets.models import Meter, Reading
from canone.registers.parties.services import records
from canone.ui import formats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BACKWARDS = _("The meter showed %(value)s on %(day)s: it does not run backwards. Check both.")
TO_COME = _("%(day)s is still to come: enter what the meter shows once it has.")
BELOW_OPENING = _("The meter began at %(value)s.")


@transaction.atomic
def record(
    *, meter_id: int, day: date, value: int, source: str = "typed", at: datetime, by: int | None
) -> Reading:
    """Return the reading of that day, new or in the place of an earlier one.

    One that is below an earlier or above a later one is a ValidationError, and so is a day that is
    still to come.
    """
    if fault := ahead(day, at=at):
        raise ValidationError({"day": [fault]})
    return begin(meter_id=meter_id, day=day, value=value, source=source, at=at, by=by)


@transaction.atomic
def begin(
    *, meter_id: int, day: date, value: int, source: str, at: datetime, by: int | None
) -> Reading:
    """Return the same of a day that may be ahead: a contract may be taken over from then on."""
    meter = Meter.objects.select_for_update().get(pk=meter_id)
    reading = Reading.objects.filter(meter=meter, day=day).first() or Reading(meter=meter, day=day)
    reading.value, reading.source, reading.by_id = value, source, by
    return records.keep(reading, faults(reading), at=at, by=by)


@transaction.atomic
def remove(*, reading_id: int, reason: str, at: datetime, by: int | None) -> None:
    """Take a reading away that should not have been entered; the history keeps it."""
    with history.acting(by):
        records.remove(Reading.objects.get(pk=reading_id), reason=reason, at=at)


def faults(reading: Reading) -> records.Faults:
    """Return everything that is wrong with a reading in memory, by field."""
    special: records.Faults = {}
    if reading.value < reading.meter.opening:
        special["value"] = [BELOW_OPENING % {"value": reading.meter.opening}]
    others = Reading.objects.filter(meter=reading.meter)
    higher = others.filter(day__lt=reading.day, value__gt=reading.value)
    lower = others.filter(day__gt=reading.day, value__lt=reading.value)
    if other := (higher | lower).order_by("day").first():
        told = {"value": other.value, "day": other.day.isoformat()}
        special["value"] = [BACKWARDS % told]
    return records.faults(reading, special)


def ahead(day: date, *, at: datetime) -> StrOrPromise | None:
    """Return why nothing can have been read on a day yet; None where it has come."""
    if day <= at.astimezone(firm.zone()).date():
        return None
    return TO_COME % {"day": formats.date_of(day)}


def against(meter: Meter, known: Mapping[date, int], day: date, value: int) -> StrOrPromise | None:
    """Return why a reading cannot stand among the known ones; None where it can."""
    if value < meter.opening:
        return BELOW_OPENING % {"value": meter.opening}
    for other, shown in sorted(known.items()):
        if (other < day and shown > value) or (other > day and shown < value):
            return BACKWARDS % {"value": shown, "day": other.isoformat()}
    return None
