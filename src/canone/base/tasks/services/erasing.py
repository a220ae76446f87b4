"""Takes what ended work said of somebody out of its record."""

from __future__ import annotations

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from canone.base.tasks.models import Job
from canone.kernel.mentions import Words


def telling(words: Words) -> list[int]:
    """Return the jobs that have ended and whose words speak of somebody."""
    ended = Job.objects.exclude(state__in=Job.ACTIVE).order_by("pk")
    return [job.pk for job in ended.iterator() if words.are_in_data(_said(job))]


@transaction.atomic
def erase(words: Words) -> int:
    """Return how many jobs say nothing more than that they were done."""
    found = telling(words)
    rows = Job.objects.filter(pk__in=found)
    DBTaskResult.objects.filter(id__in=rows.values("queue_id")).update(traceback="")
    return rows.update(label="", message="", report={}, error="", params={})


def _said(job: Job) -> list[object]:
    return [job.label, job.message, job.report, job.error, job.params]
