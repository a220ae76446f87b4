"""How single customers are taxed."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from canone.base.firm import queries as firms
from canone.ledgers.invoicing.models import TaxProfile
from canone.registers.catalog.models import VatRate


def profile(customer_id: int) -> TaxProfile:
    """Return how a customer is taxed; an unsaved row, that is as usual, before anybody said."""
    known = TaxProfile.objects.filter(customer=customer_id).first()
    return known or TaxProfile(customer_id=customer_id)


def rates(row: TaxProfile) -> QuerySet[VatRate]:
    """Return the rates that can be the customer's usual one: those in use, and the one it has."""
    return VatRate.objects.filter(Q(is_active=True) | Q(pk=row.vat_id))


def has_italian_ways() -> bool:
    """Return whether split payment and withholding exist: the firm is Italian."""
    return firms.firm().country.upper() == "IT"
