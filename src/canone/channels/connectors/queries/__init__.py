"""Reads of sources and of their log."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from canone.base.tasks.models import Job
from canone.channels.connectors.models import PullLog, Source, Told, WriteBack
from canone.channels.connectors.rules.port import Billed
from canone.desks.assistance.models import RemoteSession

SOONER = timedelta(days=2)  # nothing is ever put off by more: a clock went back since
LONGEST_BUSY = timedelta(minutes=20)
LONGEST_LEASE = timedelta(minutes=2)


def sources() -> QuerySet[Source]:
    """Return all sources by name."""
    return Source.objects.order_by("title")


def source(source_id: int) -> Source | None:
    """Return one source."""
    return Source.objects.filter(pk=source_id).first()


def last_pull(source_id: int) -> PullLog | None:
    """Return the latest pull, running or ended."""
    return PullLog.objects.filter(source=source_id).order_by("-started_at", "-pk").first()


def pulls(source_id: int) -> QuerySet[PullLog]:
    """Return the log of a source."""
    return PullLog.objects.filter(source=source_id).select_related("by")


def last_job(key: str) -> Job | None:
    """Return the latest background job under `key`, at work or ended."""
    return Job.objects.filter(key=key).order_by("-created_at", "-pk").first()


def due(at: datetime) -> list[int]:
    """Return the sources whose turn has come and that nobody is asking."""
    found = Source.objects.filter(
        _past(busy_until=at, longest=LONGEST_BUSY) | Q(busy_until__isnull=True),
        _past(next_pull_at=at, longest=SOONER),
        state=Source.State.ACTIVE,
    )
    return list(found.order_by("next_pull_at").values_list("pk", flat=True))


def unheard(at: datetime) -> list[int]:
    """Return the sources that should be listened to and that nobody listens to."""
    free = Q(listening_until__isnull=True) | _past(listening_until=at, longest=LONGEST_LEASE)
    found = Source.objects.filter(free, state=Source.State.ACTIVE, settings__live=True)
    return list(found.exclude(last_ok_at=None).values_list("pk", flat=True))


def writing_back() -> list[int]:
    """Return the sources whose tool wants to know what was billed."""
    found = Source.objects.filter(state=Source.State.ACTIVE, settings__write_back=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def write_back(source_id: int) -> WriteBack | None:
    """Return since when and how well a tool is told what was billed."""
    return WriteBack.objects.filter(source=source_id).first()


def told(source_id: int) -> tuple[int, int]:
    """Return how many sessions the tool knows to be billed, and how many it would not hear of."""
    rows = Told.objects.filter(source=source_id)
    return rows.filter(billed=True, taken=True).count(), rows.filter(taken=False).count()


def untold(source: Source, since: datetime) -> list[Billed]:
    """Return what the tool has to be told: accounted since `since`, or accounted no longer."""
    known = Told.objects.filter(source=source, external_id=OuterRef("external_id"), billed=True)
    sessions = RemoteSession.objects.filter(source=source.key).annotate(known=Exists(known))
    changed = Q(accounting__at__gte=since, known=False) | Q(accounting__isnull=True, known=True)
    rows = sessions.filter(changed).order_by("accounting_id", "pk")
    values = rows.values_list("external_id", "accounting_id", "note")
    return [Billed(key, accounting is not None, note) for key, accounting, note in values[:1_000]]


def _past(*, longest: timedelta, **instant: datetime) -> Q:
    """Return the rows whose instant is past, or so far ahead that another clock wrote it."""
    ((name, at),) = instant.items()
    return Q(**{f"{name}__lte": at}) | Q(**{f"{name}__gt": at + longest})
