"""Reads of the plan and of what was made."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from canone.base.backups.models import Backup, Plan

OLD = timedelta(hours=36)


class Light(StrEnum):
    """Whether the firm could be brought back: green, or red with its reason."""

    GREEN = "green"
    NEVER = "never"
    FAILED = "failed"
    OLD = "old"


def plan() -> Plan:
    """Return the plan; an unsaved one with the defaults before anybody changed it."""
    return Plan.objects.filter(pk=1).first() or Plan(pk=1)


def folder(known: Plan | None = None) -> Path:
    """Return where backups are put."""
    chosen = (known or plan()).folder
    return Path(chosen) if chosen else Path(settings.DATA) / "backups"


def backups() -> QuerySet[Backup]:
    """Return every backup, newest first."""
    return Backup.objects.select_related("by").order_by("-made_at", "-pk")


def latest_good() -> Backup | None:
    """Return the newest backup that was made and not taken away."""
    return backups().filter(outcome=Backup.Outcome.OK, removed_at=None).first()


def light(at: datetime) -> Light:
    """Return whether the firm could be brought back, and to a day ago at most."""
    last = backups().exclude(outcome=Backup.Outcome.RUNNING).first()
    good = latest_good()
    if good is None:
        return Light.FAILED if last else Light.NEVER
    if last is not None and last.outcome == Backup.Outcome.FAILED:
        return Light.FAILED
    return Light.OLD if at - good.made_at > OLD else Light.GREEN


def is_due(at: datetime, zone: ZoneInfo) -> bool:
    """Return whether the plan's hour has come today and none was begun since."""
    known = plan()
    local = at.astimezone(zone)
    due = local.replace(hour=known.hour, minute=0, second=0, microsecond=0)
    if not known.enabled or local < due:
        return False
    return not Backup.objects.filter(made_at__gte=due).exists()
