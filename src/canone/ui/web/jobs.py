"""Background work: the list, the page of one job, its bar, stopping and starting again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from canone.base.tasks import permissions, queries, services
from canone.base.tasks.models import Job
from canone.ui import formats, jobs, lists, pages, zones
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.progress import fragment

VIEW = permissions.VIEW


def _who(job: Job) -> str:
    return job.user.name if job.user else "Canone"


def _count(job: Job) -> str:
    write = jobs.written(job)
    if not job.total:
        return write(job.done) if job.done else formats.MISSING
    return f"{write(job.done)} / {write(job.total)}"


class JobTable(lists.Table):
    """The columns of the list of background work."""

    state = lists.StateColumn(gettext_lazy("State"), jobs.state)
    title = lists.Name(gettext_lazy("Work"), jobs.title, link=jobs.url, sub=_who)
    created = lists.Instant(gettext_lazy("Asked for"), "created_at", span="w3")
    finished = lists.Instant(pgettext_lazy("work", "Ended"), "finished_at", span="w3")
    count = lists.Text(gettext_lazy("Progress"), _count, classes="cn-num", span="w3")


class JobFilters(lists.FilterSet):
    """The filters of the list of background work."""

    state = lists.ChoiceFilter(
        gettext_lazy("State"),
        [(key.value, value.word) for key, value in jobs.STATES.items()],
        field="state",
    )
    start = lists.DayFilter(gettext_lazy("From"), field="created_at", first=True, instants=True)
    end = lists.DayFilter(gettext_lazy("To"), field="created_at", first=False, instants=True)


class JobList(lists.List):
    """The work that this user may see."""

    key = "tasks.jobs"
    title = gettext_lazy("Background work")
    table = JobTable
    filters = JobFilters
    order = ("-created_at",)
    file_name = "work"

    def rows(self) -> QuerySet[Job]:
        """Return one's own work, or everybody's for who may see it."""
        return queries.visible_to(self.user)

    def row_label(self, record: Any) -> str:
        """Return what the job does."""
        return jobs.title(record)

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        text = _("Imports, exports and long runs appear here, with how far they are.")
        return lists.Empty(_("No background work yet"), text)


@page(VIEW)
def listing(request: PageRequest) -> HttpResponseBase:
    """Show the background work."""
    return JobList(request).response()


@page(VIEW)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Show one job; the page may be closed and opened again."""
    job = _job(request, pk)
    head = Head(
        job.title,
        crumbs=[Link(_("Background work"), reverse("ui:jobs")), Link(job.label or f"{job.pk}")],
        subtitle=f"{_who(job)}, {_at(job.created_at)}",
    )
    told = jobs.progress(job, at=timezone.now())
    return pages.render(request, "ui/job.html", head, progress=told)


@page(VIEW)
def bar(request: PageRequest, pk: int) -> HttpResponse:
    """Answer the bar alone; without HTMX the whole page."""
    job = _job(request, pk)
    if not request.headers.get("HX-Request"):
        return redirect("ui:job", pk)
    return fragment(request, jobs.progress(job, at=timezone.now()))


@require_POST
@page(VIEW)
def stop(request: PageRequest, pk: int) -> HttpResponse:
    """Stop a job, or ask it to stop after what it is at."""
    job = _job(request, pk)
    try:
        services.cancel(job=job, at=timezone.now())
    except ValidationError as error:
        return pages.refused(request, " ".join(error.messages), jobs.url(job))
    return pages.done(
        request, _("It stops after what it is at. What is done stays."), jobs.url(job)
    )


@require_POST
@page(VIEW)
def retry(request: PageRequest, pk: int) -> HttpResponse:
    """Start a job again that failed or was stopped."""
    job = _job(request, pk)
    try:
        services.retry(job=job, at=timezone.now())
    except ValidationError as error:
        return pages.refused(request, " ".join(error.messages), jobs.url(job))
    return pages.done(request, _("Started again. Nothing is done twice."), jobs.url(job))


def _job(request: PageRequest, pk: int) -> Job:
    job = queries.visible_to(request.user).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


def _at(moment: datetime) -> str:
    return formats.instant(moment, zones.zone())
