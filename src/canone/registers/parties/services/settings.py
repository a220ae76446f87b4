"""Zones and payment terms are written here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from canone.registers.parties.models import PaymentTerms, Zone
from canone.registers.parties.rules.terms import MOST, YEAR
from canone.registers.parties.services import records, wording

ZONE_FIELDS = ("name", "is_active")
TERMS_FIELDS = (
    "code", "names", "method", "first_days", "instalments", "interval_days", "month_end",
    "from_month_end", "extra_days", "fixed_day", "skipped_months", "skip_day", "is_active",
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
    if terms.month_end and terms.from_month_end:
        special["from_month_end"] = [wording.ONE_END]
    if terms.fixed_day > MOST:
        special["fixed_day"] = [wording.NO_DAY]
    if not 1 <= terms.skip_day <= MOST:
        special["skip_day"] = [wording.NO_DAY]
    if not _are_months(terms.skipped_months):
        special["skipped_months"] = [wording.NO_MONTHS]
    elif len(terms.skipped_months) == YEAR:
        special["skipped_months"] = [wording.NO_MONTH_LEFT]
    return records.faults(terms, special)


def _are_months(value: object) -> bool:
    """Return whether it is a list of months, each once."""
    if not isinstance(value, list) or not all(type(month) is int for month in value):
        return False
    return set(value) <= set(range(1, YEAR + 1)) and len(set(value)) == len(value)


def _keep_terms(terms: PaymentTerms, *, at: datetime, by: int | None) -> PaymentTerms:
    return records.keep(terms, terms_faults(terms), at=at, by=by)
