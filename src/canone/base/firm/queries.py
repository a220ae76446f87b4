"""Reads of the firm's own data."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from canone.base.firm.models import Firm


def firm() -> Firm:
    """Return the firm; an unsaved one with the defaults before the set-up."""
    return Firm.objects.filter(pk=1).first() or Firm(pk=1, name="Canone")


def zone() -> ZoneInfo:
    """Return the firm's time zone."""
    name = Firm.objects.filter(pk=1).values_list("time_zone", flat=True).first()
    return ZoneInfo(name or Firm(pk=1).time_zone)
