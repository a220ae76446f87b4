"""What the search over everything finds among parties, and choosing a customer in a form."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse

from canone.base.access.models import User
from canone.registers.parties import queries
from canone.registers.parties.models import Party
from canone.registers.parties.permissions import VIEW
from canone.registers.parties.web import shared
from canone.ui import picks
from canone.ui.pages import PageRequest, page
from canone.ui.search import Hit


def parties(user: User, text: str) -> Iterator[Hit]:
    """Yield the customers and suppliers that hold every word of `text`."""
    for party in queries.search(user, text):
        state = (
            None
            if party.is_active and not party.is_blocked
            else shared.state_of(party, incomplete=False)
        )
        yield Hit(party.name, reverse("parties:detail", args=[party.pk]), party.code, state)


def groups(user: User, text: str) -> Iterator[Hit]:
    """Yield the groups of the address book whose name holds `text`."""
    for group in queries.groups(user).filter(name__icontains=text)[:8]:
        yield Hit(group.name, reverse("parties:groups_of", args=[group.party_id]), group.party.name)


def contacts(user: User, text: str) -> Iterator[Hit]:
    """Yield the contacts whose name, mail address or telephone holds `text`."""
    for contact in queries.find_contacts(user, text):
        url = reverse("parties:contacts", args=[contact.party_id])
        yield Hit(contact.name, url, contact.party.name)


@page(VIEW)
def pick(request: PageRequest) -> HttpResponse:
    """Return the customers that fit what was typed, a few at a time."""
    return _answer(request, Q(is_customer=True))


@page(VIEW)
def pick_active(request: PageRequest) -> HttpResponse:
    """Return those of the customers still in use that fit what was typed."""
    return _answer(request, Q(is_customer=True, is_active=True))


@page(VIEW)
def pick_everybody(request: PageRequest) -> HttpResponse:
    """Return the customers, suppliers and agents that fit what was typed."""
    return _answer(request, Q())


def _answer(request: PageRequest, among: Q) -> HttpResponse:
    rows = Party.objects.visible_to(request.user).filter(among).order_by("name")
    return picks.answer(
        request,
        rows,
        queries.matching,
        shown=lambda party: party.name,
        remark=lambda party: party.code,
    )
