"""Reads of jobs and workers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from canone.base.access.models import User
from canone.base.tasks import permissions
from canone.base.tasks.models import Job, WorkerSign

ALIVE_FOR = timedelta(seconds=60)


def visible_to(user: User) -> QuerySet[Job]:
    """Return the jobs that the user may see, newest first: their own, or everybody's."""
    jobs = Job.objects.select_related("user").order_by("-created_at", "-pk")
    return jobs if user.may(permissions.VIEW_ALL) else jobs.filter(user=user)


def active(key: str) -> Job | None:
    """Return the job at work under `key`, or None."""
    return Job.objects.filter(key=key, state__in=Job.ACTIVE).first()


def worker_alive(now: datetime, *, host: str = "") -> bool:
    """Whether some worker, or one of `host`, gave a sign of life in the last minute."""
    signs = WorkerSign.objects.filter(seen_at__gt=now - ALIVE_FOR)
    return (signs.filter(worker__startswith=f"{host}:") if host else signs).exists()
