"""The firm's habits of invoicing."""

from __future__ import annotations

from django.db.models import QuerySet

from canone.base.firm import queries as firms
from canone.ledgers.invoicing.models import BillingSettings
from canone.registers.catalog.models import VatRate


def habits() -> BillingSettings:
    """Return the firm's habits; an unsaved row with the usual ones before anybody chose."""
    return BillingSettings.objects.filter(pk=1).first() or BillingSettings(pk=1)


def ordinary_rates() -> QuerySet[VatRate]:
    """Return the rates that can be the ordinary one: of the firm's country, in use, above zero."""
    country = firms.firm().country
    return VatRate.objects.filter(country=country, is_active=True, basis_points__gt=0)
