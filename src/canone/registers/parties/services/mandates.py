"""Mandates for direct debits are written here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from canone.base.history import services as history
from canone.kernel import identities
from canone.registers.parties.models import Mandate
from canone.registers.parties.rules.checks import Problem
from canone.registers.parties.services import records, wording

FIELDS = ("party", "reference", "scheme", "use", "signed_on", "holder", "iban", "notes")
REVOKED = _("It was revoked on %(day)s. Enter a new mandate.")
NO_IBAN = _("Without an IBAN nothing can be debited.")
REVOKED_BEFORE = _("It was revoked before it was signed. Check both days.")


@transaction.atomic
def create(*, at: datetime, by: int | None, **values: Any) -> Mandate:
    """Return a new mandate of `party`; its faults are a ValidationError by field."""
    mandate = Mandate()
    records.put(mandate, values, FIELDS)
    return records.keep(mandate, faults(mandate), at=at, by=by)


@transaction.atomic
def update(*, mandate_id: int, at: datetime, by: int | None, **values: Any) -> Mandate:
    """Return the mandate after the change; one that was revoked stays as it is."""
    mandate = Mandate.objects.select_for_update().get(pk=mandate_id)
    values.pop("party", None)
    if mandate.revoked_on:
        raise records.refuse(REVOKED % {"day": mandate.revoked_on.isoformat()})
    if records.put(mandate, values, FIELDS):
        records.keep(mandate, faults(mandate), at=at, by=by)
    return mandate


@transaction.atomic
def revoke(*, mandate_id: int, on: date, at: datetime, by: int | None) -> Mandate:
    """Return the mandate, not drawn upon from that day on."""
    mandate = Mandate.objects.select_for_update().get(pk=mandate_id)
    if mandate.revoked_on is None:
        mandate.revoked_on = on
        records.keep(mandate, faults(mandate), at=at, by=by)
    return mandate


@transaction.atomic
def remove_unused(*, mandate_ids: Iterable[int], reason: str, at: datetime, by: int | None) -> int:
    """Return how many mandates were removed, for taking back an import.

    Where a contract or a document leans on one of them, InUseError names them all and nothing is
    removed.
    """
    wanted = list(Mandate.objects.select_for_update().filter(pk__in=list(mandate_ids)))
    used: list[str] = []
    with history.acting(by):
        for mandate in wanted:
            try:
                with transaction.atomic():
                    records.remove(mandate, reason=reason, at=at)
            except ProtectedError:
                used.append(mandate.reference)
    if used:
        raise records.InUseError(used)
    return len(wanted)


def faults(mandate: Mandate, *, light: bool = False) -> records.Faults:
    """Return everything that is wrong with a mandate in memory; its IBAN becomes canonical."""
    reading = identities.iban(mandate.iban)
    mandate.iban = reading.value
    special: records.Faults = {}
    if reading.fault:
        special["iban"] = [wording.say(Problem("iban", reading.fault))]
    elif not reading.value:
        special["iban"] = [NO_IBAN]
    if mandate.revoked_on and mandate.signed_on and mandate.revoked_on < mandate.signed_on:
        special["revoked_on"] = [REVOKED_BEFORE]
    return records.faults(mandate, special, light=light)
