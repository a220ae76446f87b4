"""Which sources somebody should look at, and what of theirs waits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import TruncDate

from canone.base.firm import queries as firm
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.rules import silence
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.rules.states import ORPHAN_AFTER

UNANSWERED_AFTER = timedelta(hours=24)
FAILURES_TOLD = 3
HABIT_READ = timedelta(days=400)
RECEIVED_AFTER = timedelta(days=7)  # what sends by itself has no log to read a habit from


@dataclass(frozen=True, slots=True)
class Attention:
    """A source that somebody should look at.

    `why` is `stuck` (it cannot go on), `unanswered` (no good pull for too long) or `silent` (it
    answers and brings nothing, though it used to); `since` says since when.
    """

    source: Source
    why: str
    since: datetime


def attention(at: datetime) -> list[Attention]:
    """Return the sources that somebody should look at, by name."""
    watched = list(Source.objects.exclude(state=Source.State.PAUSED).order_by("title"))
    quiet = silent(watched, at)
    found = []
    for each in watched:
        since = each.last_ok_at or each.created_at
        if each.state == Source.State.ERROR or each.failures >= FAILURES_TOLD:
            found.append(Attention(each, "stuck", since))
        elif not each.description.receives and at - since > _patience(each):
            found.append(Attention(each, "unanswered", since))
        elif each.pk in quiet:
            found.append(Attention(each, "silent", quiet[each.pk]))
    return found


def silent(sources: list[Source], at: datetime) -> dict[int, datetime]:
    """Return since when sources have brought nothing though they used to, by source."""
    zone = firm.zone()
    days = _days([each for each in sources if not each.description.receives], at, zone)
    today = at.astimezone(zone).date()
    found = {}
    for each in sources:
        latest = each.last_session_at
        if latest is None:
            continue
        if each.description.receives:
            quiet = at - latest > RECEIVED_AFTER
        else:
            quiet = silence.is_silent(days[each.pk], today)
        if quiet:
            found[each.pk] = latest
    return found


def unassigned(source: Source) -> int:
    """Return how many sessions of the source have no customer yet."""
    return RemoteSession.objects.filter(group__isnull=True, source=source.key).count()


def orphans(source: Source, at: datetime) -> int:
    """Return how many sessions of the source have had no end for too long."""
    return RemoteSession.objects.filter(
        accounting__isnull=True,
        ended_at__isnull=True,
        started_at__lte=at - ORPHAN_AFTER,
        source=source.key,
    ).count()


def _patience(source: Source) -> timedelta:
    return max(UNANSWERED_AFTER, timedelta(minutes=source.interval_minutes) * 4)


def _days(sources: list[Source], at: datetime, zone: ZoneInfo) -> dict[int, set[date]]:
    """Return the days on which pulls brought something new, by source."""
    logs = PullLog.objects.filter(
        Q(new__gt=0) | Q(closed__gt=0),
        source__in=[each.pk for each in sources],
        started_at__gte=at - HABIT_READ,
    )
    day = TruncDate("started_at", tzinfo=zone)
    found: dict[int, set[date]] = defaultdict(set)
    for source_id, on in logs.values_list("source_id", day).distinct():
        found[source_id].add(on)
    return found
