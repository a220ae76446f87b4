"""What other pages show of prepaid hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from canone.base.access.models import User
from canone.ledgers.allowances import permissions, queries
from canone.ledgers.allowances.queries import words
from canone.ledgers.allowances.rules.thresholds import State
from canone.ledgers.allowances.web import looks
from canone.registers.parties.models import Party
from canone.ui import pages
from canone.ui import states as kinds
from canone.ui.pages import PageRequest, page
from canone.ui.queues import Figure, Queue


@page(permissions.VIEW)
def of_customer(request: PageRequest, pk: int) -> HttpResponse:
    """Show the balances of one customer."""
    customer = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    pools = queries.pools(request.user).filter(customer=customer, is_active=True).order_by("title")
    shown = [(words.gauge(pool), looks.pool_url(pool)) for pool in pools]
    return pages.fragment(request, "allowances/panel.html", title=_("Prepaid hours"), pools=shown)


def queues(user: User, day: date) -> Iterator[Queue]:  # noqa: ARG001 (what every provider gets)
    """Yield the balances that are over, used up and nearly used up."""
    pools = queries.pools(user).filter(is_active=True)
    for state in (State.OVER, State.USED_UP, State.LOW):
        kind, _word = words.STATES[state]
        title = {
            State.OVER: _("Prepaid hours exceeded"),
            State.USED_UP: _("Prepaid hours used up"),
            State.LOW: _("Prepaid hours nearly used up"),
        }[state]
        address = f"{reverse('allowances:list')}?state={state.value}&active=yes"
        look = kinds.State(kind, words.STATES[state][1])
        yield Queue(look, title, address, queries.in_state(pools, state).count())


def figures(user: User, day: date) -> Iterator[Figure]:  # noqa: ARG001 (what every provider gets)
    """Yield the balances of a customer, for their own start page."""
    for pool in queries.pools(user).filter(is_active=True).order_by("title"):
        shown = words.quantity(pool.balance, pool.unit)
        yield Figure(pool.title, shown, looks.pool_url(pool), words.state(pool).word)
