"""One source: how it stands, what it brought, what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from canone.base.access.models import User
from canone.base.tasks import services as tasks
from canone.base.tasks.models import Job
from canone.channels.connectors import queries
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.permissions import MANAGE, PULL, VIEW
from canone.channels.connectors.queries import looking, naming, wording
from canone.channels.connectors.services import sources
from canone.channels.connectors.tasks import PULL as PULL_JOB
from canone.channels.connectors.web import looks, past, receiving
from canone.desks.assistance.permissions import ASSIGN
from canone.ui import formats, pages
from canone.ui import progress as bars
from canone.ui.heads import Action, Counter, Head, Note, Tab
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RECENT = 10
SHOWN_FOR = timedelta(minutes=10)
JOB_LOOKS: dict[str, str] = {
    Job.State.WAITING: "todo",
    Job.State.RUNNING: "run",
    Job.State.DONE: "done",
    Job.State.FAILED: "stop",
    Job.State.CANCELLED: "idle",
}


@page(VIEW)
def show(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show how a source stands, its latest pulls and its settings."""
    source = looks.found(pk)
    recent = list(queries.pulls(pk).order_by("-started_at", "-pk")[:RECENT])
    return pages.render(
        request,
        "connectors/source.html",
        head(request.user, source, tab="show"),
        **_shown(source, recent),
    )


def _shown(source: Source, recent: list[PullLog]) -> dict[str, Any]:
    return {
        "source": source,
        "settings": _settings(source),
        "progress": _progress(source),
        "pulls": [(log, looks.pull_state(log), looks.told(log), looks.took(log)) for log in recent],
        "history": past.entries(source),
        **receiving.shown(source),
    }


def head(user: User, source: Source, *, tab: str) -> Head:
    """Return the top of the source's pages."""
    tabs = [Tab(_("Overview"), looks.url(source), current=tab == "show")]
    if source.description.pulled:
        log_url = reverse("connectors:log", args=[source.pk])
        tabs.append(Tab(_("Log"), log_url, current=tab == "log"))
    return Head(
        source.title,
        crumbs=looks.crumbs(),
        subtitle=" · ".join(filter(None, (source.description.title, source.url))),
        state=looks.source_state(source),
        counters=_counters(source),
        tabs=tabs,
        actions=_actions(user, source),
        notes=_notes(source),
    )


@require_POST
@page(PULL)
def pull(request: PageRequest, pk: int) -> HttpResponseBase:
    """Ask the source now, in the background; its page shows the progress."""
    source = looks.found(pk)
    if source.description.receives:
        raise Http404
    tasks.start(
        PULL_JOB,
        params={"source": pk},
        by=request.user.pk,
        at=timezone.now(),
        key=_key(source),
        label=source.title,
    )
    return redirect(looks.url(source))


@page(VIEW)
def progress(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show how far the latest pull by hand is, for the bar that asks again by itself."""
    shown = _progress(looks.found(pk))
    if shown is None:
        raise Http404
    return bars.fragment(request, shown)


@require_POST
@page(PULL)
def pause(request: PageRequest, pk: int) -> HttpResponseBase:
    """Stop asking the source."""
    source = sources.pause(source_id=looks.found(pk).pk)
    return pages.done(request, _("Paused: nothing is fetched until it resumes."), looks.url(source))


@require_POST
@page(PULL)
def resume(request: PageRequest, pk: int) -> HttpResponseBase:
    """Ask the source again from now on."""
    source = sources.resume(source_id=looks.found(pk).pk, at=timezone.now())
    return pages.done(request, _("Resumed: it is fetched within a minute."), looks.url(source))


@require_POST
@page(MANAGE)
def remove(request: PageRequest, pk: int) -> HttpResponseBase:
    """Take away a source that never brought a session."""
    source = looks.found(pk)
    try:
        sources.remove(source_id=pk)
    except sources.InUseError:
        text = _("Sessions came from here, so it stays. It can be paused.")
        return pages.done(request, text, looks.url(source))
    return pages.done(request, _("Removed."), reverse("connectors:list"))


def _counters(source: Source) -> list[Counter]:
    log_url = reverse("connectors:log", args=[source.pk]) if source.description.pulled else ""
    inbox, orphans = reverse("assistance:inbox"), f"{reverse('assistance:list')}?state=orphan"
    fetched = _("last received") if source.description.receives else _("last fetched")
    unassigned = formats.number(looking.unassigned(source))
    orphaned = formats.number(looking.orphans(source, timezone.now()))
    return [
        Counter(looks.age(source.last_ok_at), fetched, log_url),
        Counter(formats.number(source.sessions_new), _("sessions so far")),
        Counter(unassigned, _("without a customer"), inbox),
        Counter(orphaned, _("orphans"), orphans),
    ]


def _actions(user: User, source: Source) -> list[Action]:
    found = []
    paused = source.state == Source.State.PAUSED
    if user.may(ASSIGN):
        rules = reverse("assistance:rules_of", args=["computers"])
        query = urlencode({"source": source.key})
        found.append(Action(_("Mapping rules"), f"{rules}?{query}", "route"))
    if user.may(MANAGE):
        found.append(_action(_("Edit"), "edit", source, "pencil", post=False, key="e"))
        if not source.sessions_new:
            found.append(_action(_("Remove"), "remove", source, "trash"))
    if user.may(PULL):
        if paused or source.state == Source.State.ERROR:
            found.append(_action(_("Resume"), "resume", source, "play"))
        if not paused:
            found.append(_action(_("Pause"), "pause", source, "pause"))
        if not source.description.receives:
            found.append(_action(_("Fetch now"), "pull", source, "sync", main=True))
    return [*found, *receiving.actions(user, source)]


def _action(title: str, name: str, source: Source, icon: str, **more: Any) -> Action:
    options = {"post": True, **more}
    return Action(title, reverse(f"connectors:{name}", args=[source.pk]), icon, **options)


def _notes(source: Source) -> list[Note]:
    found = receiving.notes(source)
    if source.trouble:
        kind = "stop" if source.state == Source.State.ERROR else "warn"
        found.append(Note(kind, wording.trouble(source.trouble, source.trouble_values)))
    elif since := looking.silent([source], timezone.now()).get(source.pk):
        text = _(
            "The latest session ended %(age)s, longer ago than this source ever was without one. "
            "Check that the tool still records sessions and that its account still sees them."
        )
        found.append(Note("warn", text % {"age": looks.age(since)}))
    back = queries.write_back(source.pk) if source.settings.get("write_back") else None
    if back is not None and back.trouble:
        why = wording.trouble(back.trouble, back.trouble_values)
        found.append(Note("warn", _("What was billed is not written back. %(why)s") % {"why": why}))
    return found


def _key(source: Source) -> str:
    return f"{PULL_JOB}:{source.pk}"


def _progress(source: Source) -> bars.Progress | None:
    """Return the latest pull by hand while it is at work, and for a while after it."""
    job = queries.last_job(_key(source))
    if job is None or (job.finished_at and timezone.now() - job.finished_at > SHOWN_FOR):
        return None
    return bars.Progress(
        title=_("Fetch sessions"),
        state=State(JOB_LOOKS[job.state], job.get_state_display()),
        done=job.done if job.is_active else 1,
        total=job.total if job.is_active else 1,
        poll=reverse("connectors:progress", args=[source.pk]),
        running=job.is_active,
        message=job.error or _summary(source, job),
    )


def _summary(source: Source, job: Job) -> str:
    if job.is_active:
        return _("Asking %(source)s.") % {"source": source.title}
    last = queries.last_pull(source.pk)
    if last is None:
        return ""
    values = {"seen": last.seen, "new": last.new, "closed": last.closed}
    return _("Sessions seen: %(seen)s. New: %(new)s. Ended: %(closed)s.") % values


def _settings(source: Source) -> list[tuple[StrOrPromise, object]]:
    tool, chosen = source.description, source.settings
    found: list[tuple[StrOrPromise, object]] = [
        (naming.label(tool, name), past.shown(tool, name, chosen.get(name)))
        for name in tool.settings
    ]
    found += [(naming.label(tool, name), _("kept sealed")) for name in tool.secrets]
    if tool.own_server:
        found.append((_("Certificate"), _trust(chosen)))
    if tool.kinds:
        counted = [kind for kind in tool.kinds if kind in chosen.get("kinds", ())]
        words = ", ".join(str(naming.KINDS.get(kind, kind)) for kind in counted)
        found.append((_("Sessions that count"), words))
    found.append((_("Sessions from"), formats.date_of(_day(chosen.get("first_day")))))
    if chosen.get("write_back"):
        found.append((_("Written back"), _written_back(source)))
    return found if tool.receives else [*found, *_rhythm(source)]


def _written_back(source: Source) -> str:
    done, declined = queries.told(source.pk)
    values = {"done": formats.number(done), "declined": formats.number(declined)}
    if declined:
        return _("%(done)s, and %(declined)s that the tool would not take") % values
    return formats.number(done)


def _rhythm(source: Source) -> list[tuple[StrOrPromise, object]]:
    chosen = source.settings
    found: list[tuple[StrOrPromise, object]] = [
        (_("Fetched every"), _("%(n)s minutes") % {"n": source.interval_minutes}),
        (_("The server remembers"), _("%(n)s days") % {"n": chosen.get("retention_days")}),
        (_("Next time"), looks.moment(source.next_pull_at)),
    ]
    if source.description.listens:
        found.append((_("As it happens"), _("Yes") if chosen.get("live") else _("No")))
    return found


def _trust(chosen: Mapping[str, Any]) -> str:
    if chosen.get("fingerprint"):
        return str(chosen["fingerprint"])
    return _("An authority of your own") if chosen.get("authority") else _("Known to this machine")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
