"""Where things are, and how they look to one reader."""

from __future__ import annotations

from django.urls import reverse

from canone.base.access.models import User
from canone.ledgers.invoicing.models import Charge
from canone.registers.parties import permissions as parties


def charge_url(charge: Charge) -> str:
    """Return the address of a charge."""
    return reverse("invoicing:charge", args=[charge.pk])


def customer_url(charge: Charge, user: User) -> str:
    """Return the address of the charge's customer; nothing for who may not open it."""
    if not user.may(parties.VIEW):
        return ""
    return reverse("parties:detail", args=[charge.customer_id])
