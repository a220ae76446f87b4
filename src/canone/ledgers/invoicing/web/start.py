"""What the start page shows of charges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from canone.base.access.models import User
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.queries import words
from canone.ledgers.invoicing.rules.states import Age, State
from canone.ui import formats
from canone.ui.queues import Figure, Queue


def queues(user: User, day: date) -> Iterator[Queue]:
    """Yield what is to invoice, and since when."""
    seen = Charge.objects.visible_to(user)
    aged = queries.open_by_age(seen, day=day)
    total = queries.open_total(seen)
    late = aged[Age.OLDER]
    sub = ""
    if late.count:
        sub = _("%(amount)s older than 90 days") % {"amount": formats.money(late.amount)}
    address = reverse("invoicing:open")
    look = words.STATES[State.TO_INVOICE]
    yield Queue(look, _("Charges to invoice"), address, total.count, total.amount, sub)


def figures(user: User, day: date) -> Iterator[Figure]:  # noqa: ARG001 (what every provider gets)
    """Yield what is to invoice in all."""
    total = queries.open_total(Charge.objects.visible_to(user))
    yield Figure(_("to invoice"), formats.money(total.amount), reverse("invoicing:open"))
