"""Sites are written here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from canone.kernel import identities
from canone.registers.parties.models import Site
from canone.registers.parties.rules.checks import Problem
from canone.registers.parties.services import finding, records, wording

FIELDS = (
    "party", "name", "is_main", "street", "postcode", "city", "province", "country", "latitude",
    "longitude", "phone", "opening", "access_notes", "zone", "is_active",
)  # fmt: skip
NO_NAME = {"IT": "Sede", "FR": "Siège"}
"""What a site is called that comes without a name, as on its country's paper."""


@transaction.atomic
def create(*, at: datetime, by: int | None, **values: Any) -> Site:
    """Return a new site of `party`; the first becomes its registered office."""
    site = Site()
    if "country" not in values and (party := values.get("party")):
        site.country = party.country
    records.put(site, values, FIELDS)
    if not Site.objects.filter(party_id=site.party_id, is_main=True).exists():
        site.is_main = True
    return _keep(site, at=at, by=by)


@transaction.atomic
def update(*, site_id: int, at: datetime, by: int | None, **values: Any) -> Site:
    """Return the site after the change; fields that are not given stay."""
    site = Site.objects.select_for_update().get(pk=site_id)
    values.pop("party", None)
    if records.put(site, values, FIELDS):
        _keep(site, at=at, by=by)
    return site


def deactivate(*, site_id: int, at: datetime, by: int | None) -> Site:
    """Return the site, no longer offered for new work."""
    return update(site_id=site_id, at=at, by=by, is_active=False)


def _keep(site: Site, *, at: datetime, by: int | None) -> Site:
    told = faults(site)
    if site.is_main and not told:
        _yield_office(site, at=at, by=by)
    records.keep(site, told, at=at, by=by)
    finding.refresh(site.party_id)
    return site


def faults(site: Site, *, light: bool = False) -> records.Faults:
    """Return everything that is wrong with a site in memory, by field; light asks no database."""
    site.country = site.country.upper()
    site.name = site.name or NO_NAME.get(site.country, NO_NAME["IT"])
    special = _special(site)
    # A second registered office is no fault: the first yields.
    yielding: records.Faults = {"is_main": []} if site.is_main else {}
    bare = records.faults(site, special | yielding, light=light)
    return {name: texts for name, texts in bare.items() if texts}


def _special(site: Site) -> records.Faults:
    if not identities.is_country(site.country):
        return {"country": [wording.NO_COUNTRY]}
    told = records.phones(site, ("phone",), site.country)
    postcode = identities.postcode(site.postcode, site.country)
    site.postcode = postcode.value
    if postcode.fault:
        told["postcode"] = [wording.say(Problem("postcode", postcode.fault))]
    if (site.latitude is None) != (site.longitude is None):
        told["latitude"] = [wording.ONE_COORDINATE]
    elif not _on_earth(site.latitude, 90) or not _on_earth(site.longitude, 180):
        told["latitude"] = [wording.OFF_EARTH]
    return told


def _on_earth(degrees: float | None, limit: int) -> bool:
    """Whether the angle can be; a NaN, which compares with nothing, cannot."""
    return degrees is None or -limit <= degrees <= limit


def _yield_office(site: Site, *, at: datetime, by: int | None) -> None:
    """Take the mark of the registered office from the site that bore it."""
    offices = Site.objects.filter(party_id=site.party_id, is_main=True).exclude(pk=site.pk)
    for former in offices:
        former.is_main = False
        records.keep(former, records.faults(former, {}), at=at, by=by)
