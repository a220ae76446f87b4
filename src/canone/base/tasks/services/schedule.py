"""What is due every so often, and what is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from canone.base.tasks import registry
from canone.base.tasks.models import Job, Schedule, WorkerSign
from canone.base.tasks.services.jobs import start


@transaction.atomic
def run_schedule(*, at: datetime) -> list[Job]:
    """Return the jobs started because they are due; each due date starts one job in all."""
    started = []
    for rhythm in registry.rhythms():
        row, _made = Schedule.objects.get_or_create(name=rhythm.name, defaults={"next_due": at})
        if row.next_due > at:
            continue
        missed = (at - row.next_due) // rhythm.every
        claimed = Schedule.objects.filter(pk=row.pk, next_due=row.next_due).update(
            next_due=row.next_due + rhythm.every * (missed + 1)
        )
        if claimed:
            key = f"schedule:{rhythm.name}"
            started.append(start(rhythm.kind, params={}, by=None, at=at, key=key))
    return started


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
