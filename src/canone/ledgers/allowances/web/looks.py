"""Where things are, and how they look to one reader."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from canone.base.access.models import User
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.queries import words
from canone.registers.parties import permissions as parties


def pool_url(pool: Allowance) -> str:
    """Return the address of a pool."""
    return reverse("allowances:pool", args=[pool.pk])


def customer_url(pool: Allowance, user: User) -> str:
    """Return the address of the pool's customer; nothing for who may not open it."""
    if not user.may(parties.VIEW):
        return ""
    return reverse("parties:detail", args=[pool.customer_id])


def balance(pool: Allowance) -> SafeString:
    """Return the balance with its bar."""
    gauge = words.gauge(pool)
    shown = words.quantity(pool.balance, pool.unit)
    return render_to_string("allowances/balance.html", {"gauge": gauge, "shown": shown})
