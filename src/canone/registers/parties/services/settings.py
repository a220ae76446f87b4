"""Zones and payment terms are written here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from canone.registers.parties.models import PaymentTerms, Zone
from canone.registers.parties.services import records, wording

ZONE_FIELDS = ("name", "is_active")
TERMS_FIELDS = (
    "code", "names", "method", "first_days", "instalments", "interval_days", "month_end",
    "extra_days", "is_active",
)  # fmt: skip


@transaction.atomic
def create_zone(*, at: datetime, by: int | None, **values: Any) -> Zone:
    """Return a new zone."""
    zone = Zone()
    records.put(zone, values, ZONE_FIELDS)
    return records.keep(zone, zone_faults(zone), at=at, by=by)


@transaction.atomic
def update_zone(*, zone_id: int, at: datetime, by: int | None, **values: Any) -> Zone:
    """Return the zone after the change; fields that are not given stay."""
    zone = Zone.objects.select_for_update().get(pk=zone_id)
    if records.put(zone, values, ZONE_FIELDS):
        records.keep(zone, zone_faults(zone), at=at, by=by)
    return zone


@transaction.atomic
def create_terms(*, at: datetime, by: int | None, **values: Any) -> PaymentTerms:
    """Return new payment terms; `names` holds a name per language."""
    terms = PaymentTerms()
    records.put(terms, values, TERMS_FIELDS)
    return _keep_terms(terms, at=at, by=by)


@transaction.atomic
def update_terms(*, terms_id: int, at: datetime, by: int | None, **values: Any) -> PaymentTerms:
    """Return the payment terms after the change; fields that are not given stay."""
    terms = PaymentTerms.objects.select_for_update().get(pk=terms_id)
    if records.put(terms, values, TERMS_FIELDS):
        _keep_terms(terms, at=at, by=by)
    return terms


def zone_faults(zone: Zone) -> records.Faults:
    """Return everything that is wrong with a zone in memory, by field."""
    return records.faults(zone, {})


def terms_faults(terms: PaymentTerms) -> records.Faults:
    """Return everything that is wrong with payment terms in memory, by field."""
    given = dict(terms.names or {})
    terms.names = {str(code): str(name).strip() for code, name in given.items() if name}
    special: records.Faults = {}
    if not terms.names:
        special["names"] = [wording.NO_NAME]
    if not terms.instalments:
        special["instalments"] = [wording.NO_INSTALMENT]
    return records.faults(terms, special)


def _keep_terms(terms: PaymentTerms, *, at: datetime, by: int | None) -> PaymentTerms:
    return records.keep(terms, terms_faults(terms), at=at, by=by)
