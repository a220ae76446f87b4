"""The page of a machine, and the machines of a customer on the customer's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.registers.assets import queries
from canone.registers.assets.models import Asset
from canone.registers.assets.permissions import CHANGE, READ, VIEW
from canone.registers.assets.web import looks
from canone.registers.parties.models import Party
from canone.ui import pages, timelines
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page

READINGS_SHOWN = 36
SHOWN = 12


@page(VIEW)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Return a machine: what it is, its meters, and what they showed."""
    asset, user = looks.find(request.user, pk), request.user
    meters = list(asset.meters.all())
    last = queries.last_readings(meter.pk for meter in meters)
    readings = queries.readings_of(user).filter(meter__asset=asset).order_by("-day", "meter__name")
    return pages.render(
        request,
        "assets/asset.html",
        _head(asset, may_change=user.may(CHANGE), may_read=user.may(READ) and bool(meters)),
        asset=asset,
        facts=_facts(asset),
        meters=[
            (meter, looks.state(meter), looks.value(last.get(meter.pk), meter), last.get(meter.pk))
            for meter in meters
        ],
        readings=list(readings[:READINGS_SHOWN]),
        may_change=user.may(CHANGE),
        may_read=user.may(READ),
        new_meter=reverse("assets:meter_new", args=[pk]),
        history=timelines.of(asset),
    )


def _facts(asset: Asset) -> list[tuple[object, object]]:
    return [
        (_("Customer"), asset.customer.name),
        (_("Site"), asset.site.name if asset.site else None),
        (_("Maker"), asset.maker or None),
        (_("Model"), asset.model or None),
        (_("Serial number"), asset.serial or None),
    ]


def _head(asset: Asset, *, may_change: bool, may_read: bool) -> Head:
    actions = []
    if may_read:
        read = reverse("assets:read", args=[asset.pk])
        actions.append(Action(now_("Enter readings"), read, "pencil", key="r", main=True))
    if may_change:
        edit = reverse("assets:edit", args=[asset.pk])
        actions.append(Action(now_("Edit"), edit, "pencil", key="e"))
    return Head(
        asset.name,
        crumbs=looks.crumbs(asset),
        subject=Link(asset.customer.name, reverse("parties:detail", args=[asset.customer_id])),
        state=looks.state(asset),
        actions=actions,
    )


@page(VIEW)
def of_customer(request: PageRequest, pk: int) -> HttpResponse:
    """Show the machines that stand at one customer."""
    customer = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    found = queries.for_list(request.user).filter(customer=customer, is_active=True)
    rows = list(found.order_by("name", "pk")[: SHOWN + 1])
    return pages.fragment(
        request,
        "assets/panel.html",
        rows=[(asset, looks.asset_url(asset), looks.sub(asset)) for asset in rows[:SHOWN]],
        more=len(rows) > SHOWN,
        all_url=f"{reverse('assets:list')}?customer={pk}",
        new_url=f"{reverse('assets:new')}?customer={pk}" if request.user.may(CHANGE) else "",
    )
