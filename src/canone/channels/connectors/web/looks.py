"""How sources and pulls look: states, ages, words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from canone.channels.connectors import queries
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.queries import looking, wording
from canone.ui import formats, zones
from canone.ui.heads import Link
from canone.ui.states import State


def found(pk: int) -> Source:
    """Return the source, or answer 404."""
    source = queries.source(pk)
    if source is None:
        raise Http404
    return source


def url(source: Source) -> str:
    """Return where the source's page is."""
    return reverse("connectors:show", args=[source.pk])


def crumbs(*more: Link) -> Sequence[Link]:
    """Return the way to a page of the sources."""
    return [Link(_("Sources"), reverse("connectors:list")), *more]


def source_state(source: Source) -> State:
    """Return how the source stands: trouble first, then what is happening, then silence."""
    if source.state == Source.State.PAUSED:
        return State("idle", _("Paused"), "pause")
    if source.state == Source.State.ERROR:
        return State("stop", _("Needs attention"))
    if source.trouble:
        return State("warn", _("Trying again"))
    receives = source.description.receives
    if source.last_ok_at is None:
        return State("todo", _("Nothing received yet") if receives else _("Not asked yet"))
    if not receives and timezone.now() - source.last_ok_at > looking.UNANSWERED_AFTER:
        return State("warn", _("No answer"))
    return State("done", _("Working"))


def pull_state(log: PullLog) -> State:
    """Return how the pull ended."""
    if log.outcome == PullLog.Outcome.RUNNING:
        return State("run", _("Running"))
    if log.outcome == PullLog.Outcome.FAILED:
        return State("stop", _("Failed"))
    return State("warn", _("With remarks")) if log.warnings else State("done", _("Done"))


def told(log: PullLog) -> str:
    """Return what the pull has to tell, in words."""
    sentences = [wording.trouble(log.trouble, log.values), *wording.notices(log.warnings)]
    return " ".join(sentence for sentence in sentences if sentence)


def took(log: PullLog) -> str:
    """Return how long the pull took, in seconds."""
    if log.finished_at is None:
        return formats.MISSING
    seconds = (log.finished_at - log.started_at).total_seconds()
    return f"{formats.number(round(seconds))}\u00a0s"


def age(moment: datetime | None) -> str:
    """Return how long ago something was, in its largest unit."""
    if moment is None:
        return _("never")
    passed = max(timezone.now() - moment, timedelta())
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(hours=1):
        count = passed // timedelta(minutes=1)
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", count) % {"n": count}
    if passed < timedelta(days=2):
        count = passed // timedelta(hours=1)
        return ngettext("%(n)s hour ago", "%(n)s hours ago", count) % {"n": count}
    return ngettext("%(n)s day ago", "%(n)s days ago", passed.days) % {"n": passed.days}


def moment(at: datetime | None) -> str:
    """Return date and time in the firm's zone."""
    return formats.instant(at, zones.zone())
