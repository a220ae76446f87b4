"""The first page: what waits for the person who signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access.functions import ROLE_NAMES, SIGNED_IN
from canone.base.access.models import User
from canone.base.tasks import permissions as tasks
from canone.base.tasks import queries as work
from canone.config import first_steps
from canone.config.start import BLOCKS, Block, Provider
from canone.ui import formats, jobs, pages, zones
from canone.ui.charts import Bars
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.queues import Figure, Queue
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

URGENCY = ("stop", "warn", "todo", "run", "done", "idle")


@dataclass(frozen=True, slots=True)
class Shown:
    """A block with what its providers answered."""

    title: StrOrPromise
    remark: StrOrPromise
    queues: Sequence[Queue]
    figures: Sequence[Figure]
    chart: Bars | None


@page(SIGNED_IN)
def start(request: PageRequest) -> HttpResponse:
    """Show the blocks of the roles that the person holds."""
    now = timezone.now()
    local = now.astimezone(zones.zone())
    user, today = request.user, local.date()
    words = formats.long_date(today)
    greeting = _("Good evening, %(name)s") if local.hour >= 18 else _("Good day, %(name)s")
    roles = [str(ROLE_NAMES[block.role]) for block in BLOCKS if block.role in user.roles]
    head = Head(
        greeting % {"name": user.get_short_name()},
        crumbs=[Link(words[:1].upper() + words[1:])],
        remark=_("Your roles: %(roles)s") % {"roles": ", ".join(roles)} if roles else "",
    )
    blocks = [_shown(block, user, today) for block in BLOCKS if block.role in user.roles]
    recent = list(work.visible_to(user)[:3]) if user.may(tasks.VIEW) else []
    return pages.render(
        request,
        "config/start.html",
        head,
        first_steps=first_steps.waiting(user),
        todo=State("todo", gettext_lazy("To do")),
        blocks=[block for block in blocks if block.queues or block.figures or block.chart],
        work=[(job, jobs.state(job), jobs.progress(job, at=now)) for job in recent],
    )


def _shown(block: Block, user: User, today: date) -> Shown:
    queues: list[Queue] = _answers(block.queues, user, today)
    waiting = [queue for queue in queues if queue.count]
    waiting.sort(key=lambda queue: URGENCY.index(queue.state.kind))
    figures: list[Figure] = _answers(block.figures, user, today)
    chart = None
    if block.chart and user.may(block.chart.permission):
        chart = import_string(block.chart.ask)(user, today)
    return Shown(block.title, block.remark, waiting, figures, chart)


def _answers(providers: Sequence[Provider], user: User, today: date) -> list[Any]:
    found: list[Any] = []
    for provider in providers:
        if user.may(provider.permission):
            found.extend(import_string(provider.ask)(user, today))
    return found
