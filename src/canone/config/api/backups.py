"""Backups: what was made, one more now, the file, the plan and its light."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from pydantic import Field

from canone.base.backups import queries, tasks
from canone.base.backups.models import Backup
from canone.base.backups.permissions import MANAGE
from canone.base.backups.services import keeping
from canone.ui import api

router = api.Router(tags=["backups"])
Outcome = Backup.Outcome
FILE = {
    "responses": {
        200: {
            "description": "The archive.",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}


class BackupOut(api.Schema):
    """A backup; `available` while its file can be fetched."""

    id: int
    outcome: Literal["running", "ok", "failed"]
    name: str
    sealed: bool
    size: int
    files: int
    trouble: str
    made_at: datetime
    finished_at: datetime | None
    removed_at: datetime | None
    available: bool

    @staticmethod
    def resolve_name(backup: Backup) -> str:
        """Return the file's name."""
        return Path(backup.path).name

    @staticmethod
    def resolve_available(backup: Backup) -> bool:
        """Return whether it was made and not taken away."""
        return backup.outcome == Outcome.OK and backup.removed_at is None


class BackupStarted(api.Schema):
    """The job that makes it; `GET /jobs/{id}` says how far it is."""

    job: int


class PlanOut(api.Schema):
    """When backups are made, how many stay, and whether the firm could be brought back now."""

    light: Literal["green", "never", "failed", "old"]
    enabled: bool
    hour: int
    folder: str
    days: int
    weeks: int
    months: int
    sealed: bool


class PlanChange(api.Schema):
    """What changes; the rest stays. An empty passphrase makes plain files from now on."""

    enabled: bool | None = None
    hour: int | None = Field(None, ge=0, le=23)
    folder: str | None = Field(None, max_length=300)
    days: int | None = Field(None, ge=1, le=366)
    weeks: int | None = Field(None, ge=0, le=520)
    months: int | None = Field(None, ge=0, le=240)
    passphrase: str | None = Field(None, max_length=200)


@router.get("/backups", response=api.Paged[BackupOut], summary="List backups")
@api.allows(MANAGE)
def list_backups(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001 (of the firm)
    """Return every backup that was made or tried, newest first."""
    return api.cut(queries.backups(), page, newest_first=True)


@router.post("/backups", response={202: BackupStarted}, summary="Make a backup")
@api.allows(MANAGE)
def make_backup(request: api.Request) -> api.Answer[Any]:
    """Return the job that makes one now; while one is being made, that one."""
    return api.Answer(202, {"job": tasks.start(by=request.user.pk)})


@router.get("/backups/plan", response=PlanOut, summary="Read the plan of backups")
@api.allows(MANAGE)
def read_plan(request: api.Request) -> dict[str, Any]:  # noqa: ARG001 (of the firm)
    """Return the plan, and the light that the start page shows."""
    return _plan()


@router.patch("/backups/plan", response=PlanOut, summary="Change the plan of backups")
@api.allows(MANAGE, by_name=True)
def change_plan(request: api.Request, body: PlanChange) -> dict[str, Any]:  # noqa: ARG001 (of the firm)
    """Return the plan after the change; a folder that cannot be written is a 422."""
    said = {name: value for name, value in body.model_dump().items() if value is not None}
    passphrase = said.pop("passphrase", None)
    keeping.set_plan(said=said, passphrase=passphrase)
    return _plan()


@router.get("/backups/{backup_id}", response=BackupOut, summary="Read a backup")
@api.allows(MANAGE)
def read_backup(request: api.Request, backup_id: api.Id) -> Backup:  # noqa: ARG001 (of the firm)
    """Return one backup."""
    return get_object_or_404(queries.backups(), pk=backup_id)


@router.get("/backups/{backup_id}/file", openapi_extra=FILE, summary="Fetch a backup")
@api.allows(MANAGE, by_name=True)
def read_file(request: api.Request, backup_id: api.Id) -> HttpResponseBase:  # noqa: ARG001 (of the firm)
    """Return the archive itself; one that was taken away is a 404."""
    rows = queries.backups().filter(outcome=Outcome.OK, removed_at=None)
    path = Path(get_object_or_404(rows, pk=backup_id).path)
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


def _plan() -> dict[str, Any]:
    plan = queries.plan()
    return {
        **{name: getattr(plan, name) for name in keeping.PARTS},
        "folder": str(queries.folder(plan)),
        "sealed": bool(plan.passphrase),
        "light": queries.light(timezone.now()).value,
    }
