"""Account all: started from the list, reported on a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.views.decorators.http import require_POST

from canone.base.tasks import queries as work
from canone.base.tasks import services as jobs
from canone.desks.assistance import permissions, tasks
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.rules.states import Skip
from canone.desks.assistance.web import looks
from canone.desks.assistance.web.scoping import scope_from
from canone.desks.assistance.web.sessions import crumbs
from canone.kernel.money import Money
from canone.ui import formats, pages, zones
from canone.ui.heads import Action, Counter, Head
from canone.ui.pages import PageRequest, page


@require_POST
@page(permissions.ACCOUNT)
def account_all(request: PageRequest) -> HttpResponseBase:
    """Start the run over the list's filter and go to its progress; a second click finds it."""
    query = request.GET.urlencode()
    chosen = scope_from(query)
    now = timezone.now()
    total = tasks.pending(chosen, user=request.user, now=now)
    job = jobs.start(
        tasks.ACCOUNT_ALL,
        params={"scope": chosen.to_params(), "query": query, "total": total},
        by=request.user.pk,
        at=now,
        key=f"{tasks.ACCOUNT_ALL}:{request.user.pk}",
    )
    return redirect("assistance:run", job.pk)


@page(permissions.ACCOUNT)
def run(request: PageRequest, pk: int) -> HttpResponse:
    """Return what a run did: how many, how much, and what was left out and why."""
    job = work.visible_to(request.user).filter(pk=pk, kind=tasks.ACCOUNT_ALL).first()
    if job is None:
        raise Http404
    report = job.report or {}
    tally = report.get("tally", {})
    back = f"{reverse('assistance:list')}?{job.params.get('query', '')}"
    head = Head(
        now_("Accounting of sessions"),
        crumbs=crumbs(),
        counters=[
            Counter(formats.number(tally.get("count", 0)), now_("accounted")),
            Counter(formats.duration(tally.get("minutes", 0)), now_("hours")),
            Counter(formats.money(Money(tally.get("cents", 0))), now_("value")),
            Counter(formats.number(sum(report.get("skipped", {}).values())), now_("left out")),
        ],
        actions=[Action(now_("Back to the list"), back, "left")],
    )
    return pages.render(
        request,
        "assistance/run.html",
        head,
        job=job,
        skipped=_skipped(request, report),
        reasons=looks.reasons(report.get("skipped", {})),
    )


def _skipped(request: PageRequest, report: dict[str, Any]) -> list[tuple[Any, str, Any]]:
    listed = report.get("listed", [])
    found = RemoteSession.objects.visible_to(request.user).in_bulk([key for key, _code in listed])
    zone = zones.zone()
    return [
        (
            found[key],
            formats.span(found[key].started_at, found[key].ended_at, zone),
            looks.SKIPS[Skip(code)],
        )
        for key, code in listed
        if key in found
    ]
