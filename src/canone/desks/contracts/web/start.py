"""What the start page shows of contracts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.desks.contracts.models import Contract
from canone.desks.contracts.queries import active
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.web import looks
from canone.kernel.money import Money
from canone.ui import formats
from canone.ui.queues import Figure, Queue
from canone.ui.states import State


def office(user: User, day: date) -> Iterator[Queue]:
    """Yield what runs out soon, and what it brings in a year."""
    ending = queries.ending(Contract.objects.visible_to(user), day, within=looks.SOON)
    first = ending.order_by("end", "pk").first()
    sub = ""
    if first is not None:
        told = {"number": first.number, "day": formats.date_of(looks.last_day(first.end))}
        sub = now_("the first is %(number)s, on %(day)s") % told
    worth = active.of_contracts(ending, on=day)
    yield Queue(
        State("warn", _("Expires soon")),
        _("Contracts that expire within 60 days"),
        f"{reverse('contracts:list')}?state=soon",
        ending.count(),
        Money(worth.annual),
        sub,
    )


def figures(user: User, day: date) -> Iterator[Figure]:
    """Yield what the fees in force bring in a year."""
    seen = Contract.objects.visible_to(user)
    worth = active.of_contracts(seen, on=day)
    if worth.count:
        amount = formats.money(Money(worth.annual))
        yield Figure(now_("fees a year"), amount, reverse("contracts:active"))
