"""Where somebody is signed in, for themselves and, of others, for owners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.base.access import queries
from canone.base.access.functions import SETTINGS, SIGNED_IN
from canone.base.access.models import User
from canone.config import accounts, devices, second_factor
from canone.ui import pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Shown:
    """A session in words."""

    pk: int
    device: str
    place: str
    since: datetime
    seen: datetime
    current: bool


def shown(request: PageRequest, user: User) -> list[Shown]:
    """Return the user's open sessions, the last seen first."""
    found = UserSession.objects.purge_and_list(user)
    found.sort(key=lambda one: one.last_seen_at, reverse=True)
    return [
        Shown(
            one.pk,
            devices.name(one.user_agent),
            devices.place(one.ip),
            one.created_at,
            one.last_seen_at,
            one.session_key == request.session.session_key,
        )
        for one in found
    ]


@page(SIGNED_IN)
def own(request: PageRequest) -> HttpResponse:
    """Show where one is signed in."""
    title = _("Where you are signed in")
    head = Head(title, crumbs=[Link(_("Your page"), reverse("own")), Link(title)])
    return pages.render(
        request,
        "config/sessions_page.html",
        head,
        sessions=shown(request, request.user),
        end_url=reverse("own_sessions_end"),
    )


@require_POST
@page(SIGNED_IN)
def end_own(request: PageRequest) -> HttpResponse:
    """End one session of one's own, or all but this one."""
    return _end(request, request.user, reverse("own_sessions"))


@require_POST
@page(SETTINGS)
@accounts.confirmed
def end_of(request: PageRequest, pk: int) -> HttpResponse:
    """End one session of somebody, or all of them."""
    user = get_object_or_404(queries.users(), pk=pk)
    return _end(request, user, reverse("person", args=[pk]))


@require_POST
@page(SETTINGS)
@accounts.confirmed
def take_factors(request: PageRequest, pk: int) -> HttpResponse:
    """Take somebody's second factors away: their telephone is lost, and the codes too."""
    user = get_object_or_404(queries.users(), pk=pk)
    back = reverse("person", args=[pk])
    if user.pk == request.user.pk:
        return pages.refused(request, _("Your own stand on your own page."), back)
    second_factor.take(request, user)
    text = _("%(name)s signs in with the password alone until a new second factor is set up.")
    return pages.done(request, text % {"name": user.name}, back)


def _end(request: PageRequest, user: User, back: str) -> HttpResponse:
    wanted = request.POST.get("session", "")
    rows = UserSession.objects.filter(user=user)
    if wanted == OTHERS:
        rows = rows.exclude(session_key=request.session.session_key)
    elif wanted.isdecimal():
        rows = rows.filter(pk=int(wanted))
    else:
        raise Http404
    ended = [row.end() for row in rows]
    words = ngettext("%(n)s session is ended.", "%(n)s sessions are ended.", len(ended))
    return pages.done(request, words % {"n": len(ended)}, back)
