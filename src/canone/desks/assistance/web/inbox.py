"""Sessions without a customer: one click assigns them and remembers the device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Sum
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.desks.assistance import permissions
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import mapping as known_as
from canone.desks.assistance.services import applying, mapping
from canone.desks.assistance.services import sessions as services
from canone.registers.parties.models import Group
from canone.ui import formats, pages
from canone.ui.heads import Action, Counter, Head, Note
from canone.ui.pages import PageRequest, page

MOST = 200


@dataclass(frozen=True, slots=True)
class Device:
    """A computer whose sessions belong to nobody yet, and the group that its tool names."""

    source: str
    key: str
    name: str
    hint: str
    count: int
    minutes: int
    last: datetime
    guess: int | None


def waiting(request: PageRequest) -> list[Device]:
    """Return the devices without a customer, the latest first."""
    found = (
        RemoteSession.objects.visible_to(request.user)
        .filter(group__isnull=True, accounting__isnull=True)
        .values("source", "device_key", "device_name", "group_hint")
        .annotate(count=Count("id"), seconds=Sum("seconds"), last=Max("started_at"))
        .order_by("-last")[:MOST]
    )
    telling = _telling(list(Group.objects.filter(is_active=True).values_list("id", "name")))
    return [
        Device(
            row["source"],
            row["device_key"],
            row["device_name"] or row["device_key"],
            row["group_hint"],
            row["count"],
            (row["seconds"] or 0) // 60,
            row["last"],
            _guess(f"{row['group_hint']} {row['device_name']}", telling),
        )
        for row in found
    ]


def _telling(groups: Sequence[tuple[int, str]]) -> dict[str, int]:
    """Return the words that stand in the name of one group only, with that group."""
    owners: dict[str, set[int]] = {}
    for key, name in groups:
        for word in name.casefold().replace("-", " ").split():
            if len(word) > 3:
                owners.setdefault(word, set()).add(key)
    return {word: next(iter(keys)) for word, keys in owners.items() if len(keys) == 1}


def _guess(text: str, telling: dict[str, int]) -> int | None:
    """Return the group that a word of the tool's tells; a proposal, not a decision."""
    words = text.casefold().replace("-", " ").split()
    return next((telling[word] for word in words if word in telling), None)


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
    devices = waiting(request)
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
    source, device = request.POST.get("source", ""), request.POST.get("device", "")
    hint, remember = request.POST.get("hint", ""), request.POST.get("remember", "")
    chosen = RemoteSession.objects.visible_to(request.user).filter(
        source=source, device_key=device, group_hint=hint, group__isnull=True
    )
    now = timezone.now()
    count = services.assign(
        session_ids=list(chosen.filter(accounting=None).values_list("id", flat=True)),
        group_id=group.pk,
        remember=remember == "device",
        by=request.user.pk,
        at=now,
    )
    if remember == "hint" and hint:
        rule = mapping.learn(
            kind=mapping.Kind.GROUP,
            source=source,
            key=hint,
            target_id=group.pk,
            by=request.user.pk,
            at=now,
        )
        mapping.count({(type(rule), rule.pk): count})
        done = applying.apply(rule=rule, user=request.user, by=request.user.pk, at=now)
        count += done.count if done else 0
    text = ngettext(
        "%(count)s session assigned to %(group)s.",
        "%(count)s sessions assigned to %(group)s.",
        count,
    )
    return pages.done(request, text % {"count": count, "group": group.name}, url)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0
