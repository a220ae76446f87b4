"""What the desk shows on pages of lower contexts: on a customer's, on a profile's."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_

from canone.desks.assistance import permissions
from canone.desks.assistance.models import Assignment, RemoteSession
from canone.desks.assistance.queries import profiles
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.queries.totals import totals
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.web.assignments import today
from canone.kernel.money import Money
from canone.registers.catalog.models import Tariff
from canone.registers.parties.models import Group, Party
from canone.ui import pages
from canone.ui.pages import PageRequest, page

RECENT = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A group of the customer: its profile and what is to account."""

    group: Group
    profile: str
    pending: int
    price: Money | None
    url: str


@page(permissions.PRICES)
def of_customer(request: PageRequest, pk: int) -> HttpResponse:
    """Return the customer's groups with their profile and what is to account, and what was last."""
    now, day = timezone.now(), today()
    customer = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    groups = list(Group.objects.filter(party=customer).order_by("name"))
    at_work = profiles.current(day, groups=[group.pk for group in groups])
    lines = []
    for group in groups:
        sums = totals(Scope(group_id=group.pk), user=request.user, day=day, now=now)
        pending = sums.lines.get(State.PENDING)
        profile = at_work.on(group.pk, day)
        lines.append(
            Line(
                group,
                _named(profile) if profile else "",
                pending.count if pending else 0,
                pending.price if pending else None,
                f"{reverse('assistance:list')}?group={group.pk}",
            )
        )
    recent = RemoteSession.objects.visible_to(request.user).filter(group__party_id=pk)
    return pages.fragment(
        request,
        "assistance/of_customer.html",
        title=now_("Remote sessions"),
        lines=lines,
        recent=recent.order_by("-started_at")[:RECENT],
    )


def _named(profile: profiles.Profile) -> str:
    """Return the name of a profile, with the contract that says it."""
    name = profile.version.tariff.name
    if profile.agreed is None:
        return name
    told = {"name": name, "number": profile.agreed.number}
    return now_("%(name)s, by contract %(number)s") % told


@page(permissions.ASSIGN)
def of_profile(request: PageRequest, pk: int) -> HttpResponse:
    """Return the groups that a profile prices."""
    tariff = get_object_or_404(Tariff, pk=pk)
    day = today()
    found = Assignment.objects.filter(profiles.in_force(day), tariff=tariff)
    at_work = [one.profile for one in profiles.agreed(day) if one.holds(profiles.day_start(day))]
    agreed = {one.group_id: one for one in at_work if one.version.tariff_id == tariff.pk}
    names = Group.objects.filter(pk__in=agreed).order_by("name")
    return pages.fragment(
        request,
        "assistance/of_profile.html",
        title=now_("Groups with this profile"),
        agreed=[(group, agreed[group.pk].agreed) for group in names],
        assignments=found.select_related("group__party").order_by("group__name"),
        assign_url=f"{reverse('assistance:assign')}?profile={pk}",
    )
