"""Where things are, and how they look to one reader."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from canone.base.access.models import User
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Charge, Document, Settlement
from canone.registers.parties import permissions as parties
from canone.registers.parties.models import PaymentTerms

ONE_DAY = timedelta(days=1)


def charge_url(charge: Charge) -> str:
    """Return the address of a charge."""
    return reverse("invoicing:charge", args=[charge.pk])


def customer_url(charge: Charge, user: User) -> str:
    """Return the address of the charge's customer; nothing for who may not open it."""
    if not user.may(parties.VIEW):
        return ""
    return reverse("parties:detail", args=[charge.customer_id])


def document_url(document: Document) -> str:
    """Return the address of a document."""
    return reverse("invoicing:document", args=[document.pk])


def party_url(customer_id: int, user: User) -> str:
    """Return the address of a customer; nothing for who may not open it."""
    if not user.may(parties.VIEW):
        return ""
    return reverse("parties:detail", args=[customer_id])


def method_word(method: str) -> str:
    """Return the word of a method of payment."""
    return str(dict(PaymentTerms.Method.choices).get(method, method))


def payment_url(payment: Settlement) -> str:
    """Return the address of a payment, refund or write-off."""
    return reverse("invoicing:payment", args=[payment.pk])


def payment_link(payment: Settlement, user: User) -> str:
    """Return the address of a payment; nothing for who may not open it."""
    return payment_url(payment) if user.may(permissions.SETTLE) else ""
