"""Sources that are sent to: their address, their key, and what arrived."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from canone.base.access.models import User
from canone.channels.connectors.models import Delivery, Source
from canone.channels.connectors.permissions import MANAGE
from canone.channels.connectors.queries import received, refusals
from canone.channels.connectors.rules import kinds
from canone.channels.connectors.services.receiving import keys as services
from canone.channels.connectors.web import looks
from canone.ui import pages
from canone.ui.heads import Action, Head, Link, Note
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

RECENT = 20
FAULTS_TOLD = 5
HIDDEN = "••••••••"


@never_cache
@page(MANAGE)
def keys(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show where to send, and how the keys stand; a POST makes a new key and shows it once."""
    source = _receiving(pk)
    made = ""
    if request.method == "POST":
        made = services.renew(source_id=pk, at=timezone.now())
        source.refresh_from_db()
    return _page(request, source, made)


@require_POST
@page(MANAGE)
def end_overlap(request: PageRequest, pk: int) -> HttpResponseBase:
    """Make the key before the newest worthless."""
    source = _receiving(pk)
    services.end_overlap(source_id=pk)
    text = _("The key before is worthless from now on.")
    return pages.done(request, text, reverse("connectors:keys", args=[source.pk]))


def actions(user: User, source: Source) -> list[Action]:
    """Return the buttons that only a source that is sent to has."""
    if not source.description.receives or not user.may(MANAGE):
        return []
    url = reverse("connectors:keys", args=[source.pk])
    return [Action(_("Address and key"), url, "link", main=True)]


def notes(source: Source) -> list[Note]:
    """Return what is missing before anybody can send."""
    if not source.description.receives:
        return []
    if services.standing(source, timezone.now()).made_at is not None:
        return []
    return [Note("todo", _("Nobody can send yet: make a key under “Address and key”."))]


def shown(source: Source) -> dict[str, Any]:
    """Return what arrived, for the source's page."""
    if source.description is kinds.WEBHOOK:
        rows = received.deliveries(source.pk).order_by("-at", "-pk")[:RECENT]
        return {"deliveries": [(row, _state(row), _told(row)) for row in rows], "pulls": None}
    if source.description.collects:
        return {"computers": received.computers(source)}
    return {}


def _page(request: PageRequest, source: Source, made: str) -> HttpResponse:
    head = Head(
        _("Address and key"),
        crumbs=looks.crumbs(Link(source.title, looks.url(source))),
        subtitle=source.title,
    )
    standing = services.standing(source, timezone.now())
    return pages.render(
        request,
        "connectors/keys.html",
        head,
        source=source,
        made=made,
        address=_address(request, source, made or HIDDEN),
        in_address=source.description.collects,
        standing=standing,
    )


def _address(request: HttpRequest, source: Source, key: str) -> str:
    """Return where to send; a client that cannot sign carries the key in its address."""
    path = reverse("hooks:webhook", args=[source.pk])
    whole = request.build_absolute_uri(path)
    return f"{whole}{key}" if source.description.collects else whole


def _receiving(pk: int) -> Source:
    source = looks.found(pk)
    if not source.description.receives:
        raise Http404
    return source


def _state(row: Delivery) -> State:
    if row.outcome == Delivery.Outcome.TAKEN:
        return State("done", _("Taken"))
    return State("stop", _("Not taken"))


def _told(row: Delivery) -> str:
    """Return why a delivery was refused, and where its first faults are."""
    said = refusals.sentences(row.reason, row.faults)
    more = len(said) - 1 - FAULTS_TOLD
    rest = [_("and %(n)s more") % {"n": more}] if more > 0 else []
    return " ".join([*said[: FAULTS_TOLD + 1], *rest])
