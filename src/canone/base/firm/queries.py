"""Reads of the firm's own data."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from canone.base.firm.models import Firm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PROVINCES: dict[str, StrOrPromise] = {"FR": _("Département")}
"""What a country calls the part of it that stands in an address, where it is no province."""


def firm() -> Firm:
    """Return the firm; an unsaved one with the defaults before the set-up."""
    return Firm.objects.filter(pk=1).first() or Firm(pk=1, name="Canone")


def zone() -> ZoneInfo:
    """Return the firm's time zone."""
    name = Firm.objects.filter(pk=1).values_list("time_zone", flat=True).first()
    return ZoneInfo(name or Firm(pk=1).time_zone)


def province(country: str) -> StrOrPromise:
    """Return what a province is called in a country, by its two letters."""
    return PROVINCES.get(country.upper(), _("Province"))
