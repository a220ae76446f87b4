"""Takes sessions out of their piece of work, and puts them together again."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.desks.assistance import permissions
from canone.desks.assistance.services import splitting
from canone.desks.assistance.web import editing
from canone.ui import pages, zones
from canone.ui.heads import Note
from canone.ui.pages import PageRequest, page


@require_POST
@page(permissions.SPLIT)
def take_apart(request: PageRequest, pk: int) -> HttpResponseBase:
    """Let a session count alone, or all of its piece of work (`whole`)."""
    editing.visible(request, pk)
    now = timezone.now()
    day = now.astimezone(zones.zone()).date()
    try:
        if request.POST.get("whole") == "1":
            taken = splitting.take_all_apart(session_id=pk, user=request.user, day=day, at=now)
        else:
            splitting.take_apart(session_id=pk, user=request.user, day=day, at=now)
            taken = [pk]
    except splitting.LockedError:
        return _answer(request, pk, Note("warn", _locked(), "lock"))
    except splitting.NotTogetherError:
        text = now_("This session counts alone already: nothing was changed.")
        return _answer(request, pk, Note("warn", text))
    text = ngettext(
        "%(count)s session counts alone now.", "%(count)s sessions count alone now.", len(taken)
    )
    return _answer(request, pk, Note("done", text % {"count": len(taken)}, "split"))


@require_POST
@page(permissions.SPLIT)
def put_together(request: PageRequest, pk: int) -> HttpResponseBase:
    """Let the profile decide again with which sessions this one is priced."""
    editing.visible(request, pk)
    try:
        splitting.put_together(session_id=pk, user=request.user, at=timezone.now())
    except splitting.LockedError:
        return _answer(request, pk, Note("warn", _locked(), "lock"))
    text = now_("The profile decides again what this session is priced with.")
    return _answer(request, pk, Note("done", text, "link"))


def _locked() -> str:
    return now_("Accounted: what was priced together stays so. Undo the accounting first.")


def _answer(request: PageRequest, pk: int, note: Note) -> HttpResponseBase:
    """Return the list, or the session's page where it was asked."""
    if request.GET.get("from") == "session":
        return pages.done(request, str(note.text), reverse("assistance:session", args=[pk]))
    return editing.answer(request, saved=pk, note=note)
