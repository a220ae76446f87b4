"""Sessions without a customer: one click assigns them and remembers the device."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.desks.assistance import permissions
from canone.desks.assistance.queries import inbox as queries
from canone.desks.assistance.queries import mapping as known_as
from canone.desks.assistance.services import placing
from canone.registers.parties.models import Group
from canone.ui import formats, pages
from canone.ui.heads import Action, Counter, Head, Note
from canone.ui.pages import PageRequest, page

REMEMBERED: dict[str, placing.Remember] = {"device": "device", "hint": "hint"}


def _unknown(request: PageRequest) -> list[Note]:
    """Return the way to technicians whom nobody has matched yet, where there are any."""
    count = len(known_as.unknown_technicians(request.user))
    if not count:
        return []
    text = ngettext(
        "%(count)s technician of a tool is nobody here yet:",
        "%(count)s technicians of the tools are nobody here yet:",
        count,
    )
    link = format_html(
        '{} <a href="{}">{}</a>',
        text % {"count": formats.number(count)},
        reverse("assistance:rules_of", args=["technicians"]),
        now_("match them"),
    )
    return [Note("todo", link, "person")]


@page(permissions.ASSIGN)
def listing(request: PageRequest) -> HttpResponse:
    """Return the inbox."""
    devices = queries.waiting(request.user)
    count = sum(device.count for device in devices)
    head = Head(
        now_("Sessions without a customer"),
        counters=[
            Counter(formats.number(len(devices)), now_("computers")),
            Counter(formats.number(count), now_("sessions")),
            Counter(formats.duration(sum(device.minutes for device in devices)), now_("hours")),
        ]
        if devices
        else (),
        actions=[Action(now_("Mapping rules"), reverse("assistance:rules"), "route")],
        notes=_unknown(request),
    )
    groups = Group.objects.filter(is_active=True).order_by("name")
    return pages.render(request, "assistance/inbox.html", head, devices=devices, groups=groups)


@require_POST
@page(permissions.ASSIGN)
def assign(request: PageRequest) -> HttpResponseBase:
    """Assign the sessions of a row to a group; remember the computer, or the tool's group."""
    url = reverse("assistance:inbox")
    group = Group.objects.filter(pk=_number(request.POST.get("group")), is_active=True).first()
    if group is None:
        return pages.done(request, now_("Choose the group first. Nothing was assigned."), url)
    try:
        count = placing.assign(
            source=request.POST.get("source", ""),
            device_key=request.POST.get("device", ""),
            hint=request.POST.get("hint", ""),
            group_id=group.pk,
            remember=REMEMBERED.get(request.POST.get("remember", ""), ""),
            user=request.user,
            at=timezone.now(),
        )
    except placing.MovedError:
        return pages.refused(request, moved(), url)
    text = ngettext(
        "%(count)s session assigned to %(group)s.",
        "%(count)s sessions assigned to %(group)s.",
        count,
    )
    return pages.done(request, text % {"count": count, "group": group.name}, url)


def moved() -> str:
    """Return what is told when a session was accounted while it was moved."""
    return now_("One of them was accounted at this moment. Nothing was changed: look again.")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0
