"""The firm's habits of invoicing, and how single customers are taxed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from canone.base.history import services as history
from canone.ledgers.invoicing.models import BillingSettings, TaxProfile
from canone.registers.catalog.models import VatRate
from canone.registers.parties.models import Party

HABITS = ("ordinary_vat", "recharges_stamp", "due_days", "posts_on")
MOST_DAYS = 365
TAXED = ("vat", "split_since", "split_until", "withholding_bp")


@transaction.atomic
def revise(*, by: int | None, **values: Any) -> BillingSettings:
    """Return the firm's habits with new values; those that are not given stay.

    What cannot be is a ValidationError that names the fields.
    """
    row = BillingSettings.objects.select_for_update().filter(pk=1).first() or BillingSettings(pk=1)
    _put(row, values, HABITS)
    chosen: VatRate | None = row.ordinary_vat
    if chosen is not None and not chosen.basis_points:
        text = _("The ordinary VAT has a rate. What bears none is chosen where it applies.")
        raise ValidationError({"ordinary_vat": text})
    if not 0 <= row.due_days <= MOST_DAYS:
        told = _("Between 0 and %(most)s days.") % {"most": MOST_DAYS}
        raise ValidationError({"due_days": told})
    _keep(row, by)
    return row


@transaction.atomic
def tax(*, customer_id: int, by: int | None, **values: Any) -> TaxProfile:
    """Return how a customer is taxed, with new values; those that are not given stay.

    Split payment and withholding exclude each other, and only bodies and firms in Italy split:
    a ValidationError, as all that cannot be.
    """
    known = TaxProfile.objects.select_for_update(of=("self",)).filter(customer=customer_id).first()
    row = known or TaxProfile(customer_id=customer_id)
    _put(row, values, TAXED)
    since: date | None = row.split_since
    until: date | None = row.split_until
    faults: dict[str, str] = {}
    if since is not None and not _may_split(customer_id):
        faults["split_since"] = _("Only bodies and firms in Italy pay the VAT to the State.")
    if since is not None and row.withholding_bp:
        text = _("Split payment and withholding exclude each other. Keep one of them.")
        faults["withholding_bp"] = text
    if until is not None and (since is None or until < since):
        faults["split_until"] = _("The last day comes before the first.")
    if row.withholding_bp > 10_000:
        faults["withholding_bp"] = _("At most 100 %.")
    if faults:
        raise ValidationError(faults)
    _keep(row, by)
    return row


def _may_split(customer_id: int) -> bool:
    """Return whether the law may mean the customer: in Italy, and no natural person.

    Not only public bodies: firms that they control pay their VAT to the State too.
    """
    return Party.objects.filter(pk=customer_id, country="IT", is_person=False).exists()


def _put(
    row: BillingSettings | TaxProfile, values: dict[str, Any], fields: tuple[str, ...]
) -> None:
    unknown = set(values) - set(fields)
    if unknown:
        raise TypeError(f"no such setting: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(row, name, value)


def _keep(row: BillingSettings | TaxProfile, by: int | None) -> None:
    with history.acting(by):
        row.full_clean(validate_constraints=False)
        row.save()
