"""Background work as pages show it: one's bar, its state, its report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from canone.base.tasks.models import Job
from canone.ui import formats
from canone.ui.heads import Action
from canone.ui.progress import Progress
from canone.ui.states import State

STATES = {
    Job.State.WAITING: State("todo", _("Waiting")),
    Job.State.RUNNING: State("run", _("Running")),
    Job.State.DONE: State("done", _("Done")),
    Job.State.FAILED: State("stop", _("Failed")),
    Job.State.CANCELLED: State("warn", _("Stopped")),
}


def state(job: Job) -> State:
    """Return the job's state; asked to stop is a state of its own."""
    if job.is_active and job.cancel_requested_at:
        return State("warn", gettext("Stopping"), "pause")
    return STATES[Job.State(job.state)]


def title(job: Job) -> str:
    """Return what the job does and on what."""
    return f"{job.title} · {job.label}" if job.label else str(job.title)


def url(job: Job) -> str:
    """Return where the job is shown."""
    return reverse("ui:job", args=[job.pk])


def progress(job: Job, *, at: datetime) -> Progress:
    """Return how far the job is, with the buttons that its state allows."""
    return Progress(
        title=title(job),
        state=state(job),
        done=job.done,
        total=job.total,
        poll=reverse("ui:job_progress", args=[job.pk]),
        running=job.is_active,
        write=written(job),
        message=_message(job),
        seconds_left=_left(job, at),
        stop=_stop(job),
        further=tuple(_further(job)),
        lines=tuple(_line(line) for line in job.report.get("lines", ())),
        notes=tuple(str(note) for note in job.report.get("notes", ())),
    )


def written(job: Job) -> Callable[[int], str]:
    """Return what writes a count of the job's progress."""
    return formats.size if job.counts_bytes else formats.number


def started(request: HttpRequest, job: Job) -> HttpResponse:
    """Return a redirect to the page of a job that was just started."""
    address = url(job)
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
        return answer
    return redirect(address)


def _message(job: Job) -> str:
    if job.state == Job.State.FAILED:
        known = gettext("The error is recorded as %(reference)s.") % {"reference": job.reference}
        return f"{job.error} {known if job.reference else ''}".strip()
    return job.message


def _left(job: Job, at: datetime) -> int | None:
    if not job.started_at or not job.done or job.total <= job.done:
        return None
    spent = (at - job.started_at).total_seconds()
    return max(1, round(spent / job.done * (job.total - job.done)))


def _stop(job: Job) -> Action | None:
    if not job.is_active or job.cancel_requested_at:
        return None
    return Action(gettext("Stop"), reverse("ui:job_stop", args=[job.pk]), "pause", post=True)


def _further(job: Job) -> list[Action]:
    actions = []
    if job.report.get("url") and not job.is_active:
        actions.append(Action(gettext("See the result"), job.report["url"], "right", main=True))
    if job.state in (Job.State.FAILED, Job.State.CANCELLED):
        again = reverse("ui:job_retry", args=[job.pk])
        actions.append(Action(gettext("Start again"), again, "sync", post=True))
    return actions


def _line(line: Any) -> tuple[str, str]:
    words, value = line
    return str(words), formats.number(value) if isinstance(value, int) else str(value)
