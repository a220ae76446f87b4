"""Background work: what runs, how far it is, stop and start again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from canone.base.tasks import permissions, queries, services
from canone.base.tasks.models import Job
from canone.ui import api

router = api.Router(tags=["jobs"])


class JobOut(api.Schema):
    """A job and how far it is; `report` is what it says of its result."""

    id: int
    kind: str
    title: str
    label: str
    state: str
    done: int
    total: int
    message: str
    report: dict[str, Any]
    error: str
    reference: str
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    due_at: datetime

    @staticmethod
    def resolve_title(job: Job) -> str:
        """Return the title in the caller's language."""
        return str(job.title)


@router.get("/jobs", response=api.Paged[JobOut], summary="List jobs")
@api.allows(permissions.VIEW)
def list_jobs(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return your jobs, newest first; everybody's for who may see them."""
    return api.cut(queries.visible_to(request.user), page, newest_first=True)


@router.get("/jobs/{job_id}", response=JobOut, summary="Read a job")
@api.allows(permissions.VIEW)
def read_job(request: api.Request, job_id: api.Id) -> Job:
    """Return one job."""
    return _job(request, job_id)


@router.post("/jobs/{job_id}/cancel", response=JobOut, summary="Stop a job")
@api.allows(permissions.VIEW)
def cancel_job(request: api.Request, job_id: api.Id) -> Job:
    """Return the job, stopped or about to stop at its next batch."""
    try:
        return services.cancel(job=_job(request, job_id), at=timezone.now())
    except services.NotPossibleError as error:
        raise api.Problem(409, "not_possible", error.message) from error


@router.post("/jobs/{job_id}/retry", response=JobOut, summary="Start a job again")
@api.allows(permissions.VIEW)
def retry_job(request: api.Request, job_id: api.Id) -> Job:
    """Return the job, waiting again."""
    try:
        return services.retry(job=_job(request, job_id), at=timezone.now())
    except services.NotPossibleError as error:
        raise api.Problem(409, "not_possible", error.message) from error


def _job(request: api.Request, job_id: int) -> Job:
    return get_object_or_404(queries.visible_to(request.user), pk=job_id)
