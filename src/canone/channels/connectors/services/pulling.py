"""One pull: ask the tool, hand its sessions to the assistance desk, keep what happened.

No transaction is held while the tool is asked. Rows go in by batches, and the cursor moves only
when all of them are in: a pull that dies is repeated by the next, which adds what is missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from canone.base.firm import queries as firm
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.rules.port import Notice, Pulled, RawSession, Trouble, Window
from canone.channels.connectors.services import tools
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.rules.states import ORPHAN_AFTER
from canone.desks.assistance.services import ingest
from canone.desks.assistance.services import sessions as desk

BATCH = 1_000
OVERLAP = timedelta(hours=24)
LONGEST_PULL = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)
QUIET_KEPT = timedelta(days=7)
LOG_KEPT = timedelta(days=400)
NOTES_TOLD = 20

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a source is asked, and when."""

    trigger: PullLog.Trigger
    at: datetime
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What came in."""

    new: int = 0
    closed: int = 0
    unassigned: int = 0
    orphaned: int = 0
    warnings: tuple[Notice, ...] = ()


def pull(*, source_id: int, reason: Reason, step: Step | None = None) -> PullLog:
    """Return the log of the pull, which ended well or with the trouble that it names.

    A source that is being asked already is a Trouble called `busy`; `step(done, total)` is called
    between batches and may raise, which ends the pull where it is.
    """
    begun = time.monotonic()
    log, source = _begin(source_id, reason)
    try:
        pulled = tools.tool(source).pull(source.cursor, _window(source, reason.at))
        pulled, early = _from_first_day(source, pulled)
        counted = _hand_over(source, pulled, reason.at, step or _no_step)
    except Trouble as trouble:
        ended = reason.at + timedelta(seconds=time.monotonic() - begun)
        return _failed(log, source, trouble, ended)
    except BaseException:
        ended = reason.at + timedelta(seconds=time.monotonic() - begun)
        _failed(log, source, Trouble("interrupted"), ended)
        raise
    warnings = (*_late(source, reason.at), *pulled.warnings, *early, *counted.warnings)
    ended = reason.at + timedelta(seconds=time.monotonic() - begun)
    return _done(log, source, pulled, replace(counted, warnings=warnings), ended)


def give_up(*, source_id: int, trouble: Trouble, at: datetime) -> None:
    """Set a source aside until somebody looks after it."""
    Source.objects.filter(pk=source_id, state=Source.State.ACTIVE).update(
        state=Source.State.ERROR,
        trouble=trouble.code,
        trouble_values=trouble.values,
        next_pull_at=None,
        last_pull_at=at,
    )


def prune(*, at: datetime) -> int:
    """Return how many old entries of the log were forgotten; what says something stays longer."""
    quiet = Q(
        outcome=PullLog.Outcome.OK, new=0, closed=0, warnings=[], started_at__lt=at - QUIET_KEPT
    )
    count, _details = PullLog.objects.filter(quiet | Q(started_at__lt=at - LOG_KEPT)).delete()
    return count


@transaction.atomic
def _begin(source_id: int, reason: Reason) -> tuple[PullLog, Source]:
    source = Source.objects.select_for_update().get(pk=source_id)
    if source.busy_until and source.busy_until > reason.at:
        raise Trouble("busy")
    left = source.pulls.filter(outcome=PullLog.Outcome.RUNNING)
    left.update(outcome=PullLog.Outcome.FAILED, trouble="interrupted", finished_at=reason.at)
    Source.objects.filter(pk=source_id).update(
        busy_until=reason.at + LONGEST_PULL, last_pull_at=reason.at
    )
    log = PullLog.objects.create(
        source=source, trigger=reason.trigger, started_at=reason.at, by_id=reason.by
    )
    return log, source


def _window(source: Source, at: datetime) -> Window:
    """Return the part of the past to ask for; it overlaps what was read, ids tell repeats."""
    reach = timedelta(days=int(source.settings.get("retention_days", 20)))
    since = source.last_ok_at - OVERLAP if source.last_ok_at else at - reach
    return Window(since=since, at=at, kinds=frozenset(source.settings.get("kinds", ())))


def _late(source: Source, at: datetime) -> tuple[Notice, ...]:
    """Return the warning that the tool may have forgotten sessions before this pull."""
    days = int(source.settings.get("retention_days", 20))
    if source.last_ok_at is None or at - source.last_ok_at <= timedelta(days=days):
        return ()
    return (Notice("late", {"days": (at - source.last_ok_at).days, "kept": days}),)


def _from_first_day(source: Source, pulled: Pulled) -> tuple[Pulled, tuple[Notice, ...]]:
    """Return the pull without sessions that started before the day the clerk chose."""
    if not source.settings.get("first_day"):
        return pulled, ()
    day = date.fromisoformat(source.settings["first_day"])
    border = datetime(day.year, day.month, day.day, tzinfo=firm.zone())
    kept = tuple(session for session in pulled.sessions if session.started_at >= border)
    left_out = len(pulled.sessions) - len(kept)
    notices = (Notice("before_first_day", {"count": left_out}),) if left_out else ()
    return replace(pulled, sessions=kept), notices


def _hand_over(source: Source, pulled: Pulled, at: datetime, step: Step) -> Counted:
    resolver = ingest.Resolver(source.key)
    new = closed = unassigned = 0
    total = len(pulled.sessions)
    for start in range(0, total, BATCH):
        step(start, total)
        rows = [_row(session) for session in pulled.sessions[start : start + BATCH]]
        written = ingest.write(rows, source=source.key, at=at, resolver=resolver)
        new, closed = new + written.new, closed + written.closed
        unassigned += written.unassigned
    _add_late_notes(source, pulled.sessions, at)
    running = [session for session in pulled.sessions if session.ended_at is None]
    return Counted(
        new=new,
        closed=closed,
        unassigned=unassigned,
        orphaned=sum(1 for session in running if at - session.started_at >= ORPHAN_AFTER),
        warnings=_lost_notes(pulled),
    )


def _row(session: RawSession) -> ingest.IngestRow:
    return ingest.IngestRow(
        external_id=session.external_id,
        technician=session.technician_name[:150],
        technician_key=session.technician_mail or session.user_id,
        device_key=session.device_id[:160],
        device_name=session.device_name[:160],
        group_hint=session.group_name[:200],
        started_at=session.started_at,
        ended_at=session.ended_at,
        seconds=session.seconds,
        note=session.note,
    )


def _add_late_notes(source: Source, sessions: Sequence[RawSession], at: datetime) -> None:
    """Give a note to the session that came in before it was written, unless it has one."""
    notes = {session.external_id: session.note for session in sessions if session.note}
    keys = list(notes)
    for start in range(0, len(keys), BATCH):
        bare = RemoteSession.objects.filter(
            source=source.key, external_id__in=keys[start : start + BATCH], note=""
        ).values_list("id", "external_id")
        for session_id, external_id in bare:
            desk.edit(session_id=session_id, note=notes[external_id], at=at)


def _lost_notes(pulled: Pulled) -> tuple[Notice, ...]:
    if not pulled.notes:
        return ()
    told = [
        [note.at.isoformat(), note.user_id, note.text[:200]] for note in pulled.notes[:NOTES_TOLD]
    ]
    return (Notice("notes_without_session", {"count": len(pulled.notes), "notes": told}),)


@transaction.atomic
def _done(
    log: PullLog, source: Source, pulled: Pulled, counted: Counted, ended: datetime
) -> PullLog:
    latest = max((s.ended_at or s.started_at for s in pulled.sessions), default=None)
    active = Source.objects.filter(pk=source.pk).exclude(state=Source.State.PAUSED)
    active.update(
        state=Source.State.ACTIVE,
        next_pull_at=log.started_at + timedelta(minutes=source.interval_minutes),
    )
    Source.objects.filter(pk=source.pk).update(
        cursor=pulled.cursor,
        trouble="",
        trouble_values={},
        failures=0,
        busy_until=None,
        last_ok_at=log.started_at,
        last_session_at=max(filter(None, (latest, source.last_session_at)), default=None),
        sessions_new=F("sessions_new") + counted.new,
    )
    log.outcome = PullLog.Outcome.OK
    log.seen, log.new, log.closed = pulled.seen, counted.new, counted.closed
    log.unassigned, log.orphaned = counted.unassigned, counted.orphaned
    log.warnings = [[notice.code, dict(notice.values)] for notice in counted.warnings]
    log.finished_at = ended
    log.save()
    return log


@transaction.atomic
def _failed(log: PullLog, source: Source, trouble: Trouble, ended: datetime) -> PullLog:
    """Return the log of a pull without result; the next try waits longer each time, or for ever."""
    failures = source.failures + 1
    wait = timedelta(minutes=source.interval_minutes) * 2 ** min(failures - 1, 10)
    final = {"state": Source.State.ERROR, "next_pull_at": None}
    again = {"next_pull_at": ended + min(wait, LONGEST_WAIT)}
    active = Source.objects.filter(pk=source.pk).exclude(state=Source.State.PAUSED)
    active.update(**(final if trouble.final else again))
    Source.objects.filter(pk=source.pk).update(
        trouble=trouble.code, trouble_values=trouble.values, failures=failures, busy_until=None
    )
    log.outcome = PullLog.Outcome.FAILED
    log.trouble, log.values = trouble.code, trouble.values
    log.finished_at = ended
    log.save()
    return log


def _no_step(_done: int, _total: int) -> None:
    """Return nothing: nobody watches."""
