"""What is written on one session: extra minutes, note, padlock, include, end, undo."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as now_
from django.views.decorators.http import require_POST

from canone.desks.assistance import permissions
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.services import accounting
from canone.desks.assistance.services import sessions as services
from canone.desks.assistance.web import looks
from canone.desks.assistance.web.sessions import results
from canone.ui import formats, pages, reading, zones
from canone.ui.heads import Note
from canone.ui.pages import PageRequest, page


def visible(request: PageRequest, pk: int) -> RemoteSession:
    """Return the session, or 404 for one that is not the reader's."""
    found = RemoteSession.objects.visible_to(request.user).filter(pk=pk)
    session = found.select_related("group__party", "technician", "accounting").first()
    if session is None:
        raise Http404
    return session


def answer(
    request: PageRequest,
    *,
    saved: int | None = None,
    fault: tuple[int, str, str] | None = None,
    note: Note | None = None,
) -> HttpResponseBase:
    """Return the list's results for HTMX, else the list with a report."""
    query = request.POST.get("filter", "")
    if request.headers.get("HX-Request"):
        faults = {} if fault is None else {fault[0]: (fault[1], fault[2])}
        reports = [] if note is None else [note]
        return results(request, query, saved=saved, faults=faults, reports=reports)
    url = f"{reverse('assistance:list')}?{query}"
    if note is not None:
        return pages.done(request, str(note.text), url)
    return redirect(url) if fault is None else pages.done(request, fault[2], url)


@require_POST
@page(permissions.EDIT)
def edit(request: PageRequest, pk: int) -> HttpResponseBase:
    """Save extra minutes or a note, and return the list with the price that follows."""
    visible(request, pk)
    typed = request.POST.get("extra")
    extra = None
    if typed is not None:
        try:
            extra = _whole(typed)
        except reading.NotReadableError:
            text = now_("Write a whole number of minutes, such as 15 or −5.")
            return answer(request, fault=(pk, typed, text))
    try:
        services.edit(
            session_id=pk,
            extra_minutes=extra,
            note=request.POST.get("note"),
            seen=_seen(request),
            at=timezone.now(),
        )
    except lengths.BelowZeroError as error:
        text = now_("At most %(minutes)s minutes: the total would fall below zero.")
        shown = {"minutes": formats.number(error.lowest)}
        return answer(request, fault=(pk, typed or "", text % shown))
    except lengths.TooMuchExtraError:
        text = now_("More minutes than a month has. Check the number.")
        return answer(request, fault=(pk, typed or "", text))
    except services.LockedError:
        return answer(request, note=_locked())
    except services.ChangedMeanwhileError as error:
        return answer(request, fault=_conflict(error, typed), note=_changed(error))
    return answer(request, saved=pk)


def _whole(text: str) -> int:
    value = reading.number(text or "0")
    if value != value.to_integral_value() or abs(value) > 10_000_000:
        raise reading.NotReadableError(text)
    return int(value)


def _seen(request: PageRequest) -> datetime | None:
    text = request.POST.get("seen", "")
    return parse_datetime(text) if text else None


def _locked() -> Note:
    text = now_("Somebody accounted this session meanwhile: its durations are fixed.")
    return Note("warn", text, "lock")


def _changed(error: services.ChangedMeanwhileError) -> Note:
    last = error.session.history.select_related("history_user").order_by("-history_id").first()
    who = last.history_user.name if last is not None and last.history_user else now_("Somebody")
    text = now_("%(who)s saved this session at %(time)s. What you typed is kept: save it again.")
    clock = formats.time_of(error.session.updated_at, zones.zone())
    return Note("warn", text % {"who": who, "time": clock}, "alert")


def _conflict(
    error: services.ChangedMeanwhileError, typed: str | None
) -> tuple[int, str, str] | None:
    if typed is None:
        return None
    text = now_("Now %(minutes)s is stored here.") % {"minutes": error.session.extra_minutes}
    return error.session.pk, typed, text


@require_POST
@page(permissions.ACCOUNT)
def account(request: PageRequest, pk: int) -> HttpResponseBase:
    """Account one session and return the list with its padlock closed."""
    visible(request, pk)
    now = timezone.now()
    day = now.astimezone(zones.zone()).date()
    try:
        outcome = accounting.account_one(
            session_id=pk, day=day, at=now, by=request.user.pk, user=request.user
        )
    except accounting.NotAccountableError as error:
        text = now_("Not accounted: %(reason)s.") % {"reason": looks.SKIPS[error.skip]}
        return answer(request, note=Note("warn", text))
    return answer(request, note=Note("done", looks.accounted(outcome), "lock"))


@require_POST
@page(permissions.EDIT)
def include(request: PageRequest, pk: int) -> HttpResponseBase:
    """Count a session that is shorter than the minimum."""
    visible(request, pk)
    try:
        services.include(session_id=pk, included=True, at=timezone.now())
    except services.LockedError:
        return answer(request, note=_locked())
    return answer(request, saved=pk)
