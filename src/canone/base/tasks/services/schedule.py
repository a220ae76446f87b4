"""What is due every so often, and what is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from canone.base.tasks import registry
from canone.base.tasks.models import Job, Schedule, WorkerSign
from canone.base.tasks.services.jobs import start


def run_schedule(*, at: datetime) -> list[Job]:
    """Return the jobs started because they are due; each due date starts one job in all."""
    waiting = set(Schedule.objects.filter(next_due__gt=at).values_list("name", flat=True))
    due = [rhythm for rhythm in registry.rhythms() if rhythm.name not in waiting]
    return [job for rhythm in due if (job := _start_due(rhythm, at))]


def look(*, at: datetime) -> list[Job]:
    """Return the jobs at work because something is due for them."""
    return [
        start(code, params={}, by=None, at=at, key=f"watch:{code}")
        for code, is_due in registry.watches()
        if is_due(at)
    ]


@transaction.atomic
def _start_due(rhythm: registry.Rhythm, at: datetime) -> Job | None:
    """Return the job of a rhythm that is due, unless another worker claimed this due date."""
    row, _made = Schedule.objects.get_or_create(name=rhythm.name, defaults={"next_due": at})
    if row.next_due > at:
        return None
    missed = (at - row.next_due) // rhythm.every
    claimed = Schedule.objects.filter(pk=row.pk, next_due=row.next_due).update(
        next_due=row.next_due + rhythm.every * (missed + 1)
    )
    if not claimed:
        return None
    return start(rhythm.kind, params={}, by=None, at=at, key=f"schedule:{rhythm.name}")


@transaction.atomic
def prune(*, at: datetime, scheduled_after: timedelta, others_after: timedelta) -> int:
    """Return how many ended jobs were forgotten: the schedule's sooner, unless they failed."""
    ended = Job.objects.exclude(state__in=Job.ACTIVE)
    scheduled = ended.filter(user=None, state=Job.State.DONE, finished_at__lt=at - scheduled_after)
    forgotten, _models = scheduled.delete()
    more, _models = ended.filter(finished_at__lt=at - others_after).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=at - scheduled_after).delete()
    WorkerSign.objects.filter(seen_at__lt=at - scheduled_after).delete()
    return int(forgotten + more)
