"""One pull: ask the tool, hand its sessions to the assistance desk, keep what happened.

No transaction is held while the tool is asked. Each page goes in as it arrives, by batches, and the
cursor moves only when all of them are in: a pull that dies is repeated by the next, which adds what
is missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from canone.base.firm import queries as firm
from canone.channels.connectors import queries
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.queries import looking
from canone.channels.connectors.rules.bounds import Bounds
from canone.channels.connectors.rules.notices import Notices
from canone.channels.connectors.rules.port import (
    Json,
    Notice,
    Pulled,
    RawSession,
    Tool,
    Trouble,
    Window,
)
from canone.channels.connectors.services import handing, tools
from canone.desks.assistance.services import ingest

BATCH = 1_000
OVERLAP = timedelta(hours=24)
LONGEST_PAGE = timedelta(minutes=10)
RENEW_EVERY = 60.0
CLOCK_STEP = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
ARRIVING = timedelta(minutes=1)
QUIET_KEPT = timedelta(days=7)
LOG_KEPT = timedelta(days=400)
ID_LENGTH = 160

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a source is asked, and when."""

    trigger: PullLog.Trigger
    at: datetime
    by: int | None = None


@dataclass(slots=True)
class Coming:
    """A pull at work: what it may bring, what came in so far, what there is to tell."""

    source: Source
    log: PullLog
    reason: Reason
    step: Step
    resolver: ingest.Resolver
    begun: float = field(default_factory=time.monotonic)
    bounds: Bounds = field(default_factory=Bounds)
    notices: Notices = field(default_factory=Notices)
    cursor: Json | None = None
    latest: datetime | None = None
    good_until: datetime = field(init=False)
    renewed: float = 0.0

    def __post_init__(self) -> None:
        self.good_until = self.reason.at

    @property
    def elapsed(self) -> timedelta:
        """How long it has been going on."""
        return timedelta(seconds=time.monotonic() - self.begun)

    @property
    def now(self) -> datetime:
        """The instant by the caller's clock."""
        return self.reason.at + self.elapsed


def pull(
    *, source_id: int, reason: Reason, step: Step | None = None, tool: Tool | None = None
) -> PullLog:
    """Return the log of the pull, which ended well or with the trouble that it names.

    A source that is being asked already is a Trouble called `busy`; `step(done, total)` is called
    between batches and may raise, which ends the pull where it is. `tool` is asked instead of the
    source's own; the demo has only such.
    """
    log, source = _begin(source_id, reason)
    coming = Coming(source, log, reason, step or _no_step, ingest.Resolver(source.key))
    try:
        window = _window(source, reason.at)
        asked = tool or tools.tool(source)
        with closing_pages(asked.pull(source.cursor, window)) as pages:
            for page in pages:
                _take_in(coming, page)
    except Trouble as trouble:
        return _failed(coming, trouble)
    except BaseException:
        _failed(coming, Trouble("interrupted"))
        raise
    return _done(coming)


def let_go(*, trigger: PullLog.Trigger, at: datetime, source_id: int | None = None) -> None:
    """Free what a dead worker was asking, so that its job, taken up, need not wait for the lease.

    Only for a job that is at work once: whatever runs for its reason was its own attempt's.
    """
    left = PullLog.objects.filter(outcome=PullLog.Outcome.RUNNING, trigger=trigger)
    if source_id is not None:
        left = left.filter(source=source_id)
    with transaction.atomic():
        held = list(left.values_list("source_id", flat=True))
        left.update(outcome=PullLog.Outcome.FAILED, trouble="interrupted", finished_at=at)
        Source.objects.filter(pk__in=held).update(busy_until=None)


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
    if source.busy_until and reason.at < source.busy_until <= reason.at + queries.LONGEST_BUSY:
        raise Trouble("busy")  # a date beyond was written by a clock that went back since
    left = source.pulls.filter(outcome=PullLog.Outcome.RUNNING)
    left.update(outcome=PullLog.Outcome.FAILED, trouble="interrupted", finished_at=reason.at)
    source.last_ok_at = _believable(source, reason.at)
    Source.objects.filter(pk=source_id).update(
        busy_until=reason.at + LONGEST_PAGE,
        last_pull_at=reason.at,
        last_ok_at=source.last_ok_at,
    )
    log = PullLog.objects.create(
        source=source, trigger=reason.trigger, started_at=reason.at, by_id=reason.by
    )
    return log, source


def _believable(source: Source, at: datetime) -> datetime | None:
    """Return up to when the source was read, as far as our clock can be believed.

    Where it went back since, nobody knows what was read by which clock: everything that the tool
    still remembers is read again.
    """
    if source.last_ok_at is None or source.last_ok_at <= at + CLOCK_STEP:
        return source.last_ok_at
    return at - _reach(source) + OVERLAP


def _reach(source: Source) -> timedelta:
    return timedelta(days=int(source.settings.get("retention_days", 20)))


def _window(source: Source, at: datetime) -> Window:
    """Return the part of the past to ask for; it overlaps what was read, ids tell repeats."""
    since = source.last_ok_at - OVERLAP if source.last_ok_at else at - _reach(source)
    return Window(since=since, at=at, kinds=frozenset(source.settings.get("kinds", ())))


def _late(source: Source, at: datetime) -> tuple[Notice, ...]:
    """Return the warning that the tool may have forgotten sessions before this pull."""
    kept = _reach(source)
    if source.last_ok_at is None or at - source.last_ok_at <= kept:
        return ()
    return (Notice("late", {"days": (at - source.last_ok_at).days, "kept": kept.days}),)


@contextmanager
def closing_pages(pages: Iterator[Pulled]) -> Iterator[Iterator[Pulled]]:
    """Return the pages, whose connection is closed at once when nobody wants more of them."""
    try:
        yield pages
    finally:
        if isinstance(pages, Generator):
            pages.close()


def _take_in(coming: Coming, page: Pulled) -> None:
    """Write a page, batch by batch; each adds to the log and the source as it is written."""
    coming.bounds.take(page, coming.elapsed)
    _renew(coming)
    coming.log.seen += page.seen
    coming.notices.add(page.warnings)
    coming.notices.lost(page.notes)
    coming.notices.clocks(page.server_at, coming.now)
    if page.server_at is not None:
        coming.good_until = min(coming.good_until, page.server_at)
    sessions = _of_kinds(coming, _from_first_day(coming, _sound(coming, page.sessions)))
    for start in range(0, len(sessions), BATCH):
        coming.step(coming.log.seen - len(sessions) + start, coming.log.seen)
        _write(coming, sessions[start : start + BATCH])
    coming.cursor = page.cursor


def _write(coming: Coming, sessions: Sequence[RawSession]) -> None:
    source, log, at = coming.source, coming.log, coming.reason.at
    rows = [handing.row(session) for session in sessions]
    with transaction.atomic():
        written = ingest.write(rows, source=source.key, at=at, resolver=coming.resolver)
        log.new, log.closed = log.new + written.new, log.closed + written.closed
        log.unassigned += written.unassigned
        Source.objects.filter(pk=source.pk).update(sessions_new=F("sessions_new") + written.new)
        log.save(update_fields=["seen", "new", "closed", "unassigned"])
    if written.new < len(rows):
        handing.add_late_notes(source, sessions, at)
    latest = max(session.ended_at or session.started_at for session in sessions)
    coming.latest = max(filter(None, (coming.latest, latest)))


def _renew(coming: Coming) -> None:
    """Keep others from asking the source while a long pull is at it."""
    elapsed = coming.elapsed.total_seconds()
    if elapsed - coming.renewed >= RENEW_EVERY:
        coming.renewed = elapsed
        busy_until = coming.now + LONGEST_PAGE
        Source.objects.filter(pk=coming.source.pk).update(busy_until=busy_until)


def _sound(coming: Coming, sessions: Sequence[RawSession]) -> Sequence[RawSession]:
    """Return the sessions that can have been; the others are told, as one would stop all."""
    sound = [session for session in sessions if _possible(session)]
    if len(sound) < len(sessions):
        coming.notices.add((Notice("unreadable", {"count": len(sessions) - len(sound)}),))
    return sound


def _possible(session: RawSession) -> bool:
    if not session.external_id or len(session.external_id) > ID_LENGTH:
        return False
    if session.ended_at is None:
        return True
    span = (session.ended_at - session.started_at).total_seconds()
    seconds = span if session.seconds is None else session.seconds
    return span >= 0 and 0 <= seconds <= ingest.LONGEST_SECONDS


def _from_first_day(coming: Coming, sessions: Sequence[RawSession]) -> Sequence[RawSession]:
    """Return the sessions that started on or after the day the clerk chose."""
    chosen = coming.source.settings.get("first_day")
    if not chosen:
        return sessions
    day = date.fromisoformat(chosen)
    border = datetime(day.year, day.month, day.day, tzinfo=firm.zone())
    kept = [session for session in sessions if session.started_at >= border]
    if len(kept) < len(sessions):
        coming.notices.add((Notice("before_first_day", {"count": len(sessions) - len(kept)}),))
    return kept


def _of_kinds(coming: Coming, sessions: Sequence[RawSession]) -> Sequence[RawSession]:
    """Return the sessions of the kinds that count here."""
    kinds = frozenset(coming.source.settings.get("kinds", ()))
    kept = [session for session in sessions if session.protocol in kinds] if kinds else sessions
    if len(kept) < len(sessions):
        coming.notices.add((Notice("left_out_by_kind", {"count": len(sessions) - len(kept)}),))
    return kept


@transaction.atomic
def _done(coming: Coming) -> PullLog:
    log, source = coming.log, coming.source
    log.outcome = PullLog.Outcome.OK
    coming.notices.add(_late(source, coming.reason.at))
    if _revised(source):
        return _ended(coming)
    active = Source.objects.filter(pk=source.pk).exclude(state=Source.State.PAUSED)
    active.update(state=Source.State.ACTIVE)
    if source.description.receives:
        _rest(source, log.started_at)
    else:
        turn = log.started_at + timedelta(minutes=source.interval_minutes)
        active.update(next_pull_at=turn)
    Source.objects.filter(pk=source.pk).update(
        cursor=source.cursor if coming.cursor is None else coming.cursor,
        trouble="",
        trouble_values={},
        failures=0,
        busy_until=None,
        last_ok_at=coming.good_until,
        last_session_at=max(filter(None, (coming.latest, source.last_session_at)), default=None),
    )
    return _ended(coming)


def _revised(source: Source) -> bool:
    """Whether somebody changed the source while it was asked.

    What the pull learned, of another address or with other credentials, says nothing about it then:
    it is only free again, and its turn has come by the change.
    """
    now = Source.objects.select_for_update().get(pk=source.pk)
    if (now.url, now.credentials, now.settings) == (
        source.url, source.credentials, source.settings,
    ):  # fmt: skip
        return False
    Source.objects.filter(pk=source.pk).update(busy_until=None)
    return True


def _rest(source: Source, started: datetime) -> None:
    """Let a source that is sent to rest until something arrives.

    What was being written while the pull read is fetched by one more: a message sets the turn
    after it was written, so it either stands here by now or wakes the source again.
    """
    active = Source.objects.filter(pk=source.pk).exclude(state=Source.State.PAUSED)
    active.filter(next_pull_at__lte=started).update(next_pull_at=None)
    if source.messages.filter(received_at__gte=started - ARRIVING).exists():
        active.filter(next_pull_at__isnull=True).update(next_pull_at=started + ARRIVING)


@transaction.atomic
def _failed(coming: Coming, trouble: Trouble) -> PullLog:
    """Return the log of a pull that broke off; the next try waits longer each time, or for ever.

    What came in before stays; the cursor does not move.
    """
    log, source = coming.log, coming.source
    log.outcome = PullLog.Outcome.FAILED
    log.trouble, log.values = trouble.code, trouble.values
    if _revised(source):
        return _ended(coming)
    failures = source.failures + 1
    minutes = timedelta(minutes=source.interval_minutes) * 2 ** min(failures - 1, 10)
    wait = max(min(minutes, LONGEST_WAIT), timedelta(seconds=trouble.wait))
    final = {"state": Source.State.ERROR, "next_pull_at": None}
    active = Source.objects.filter(pk=source.pk).exclude(state=Source.State.PAUSED)
    active.update(**(final if trouble.final else {"next_pull_at": coming.now + wait}))
    Source.objects.filter(pk=source.pk).update(
        trouble=trouble.code, trouble_values=trouble.values, failures=failures, busy_until=None
    )
    return _ended(coming)


def _ended(coming: Coming) -> PullLog:
    log = coming.log
    log.orphaned = looking.orphans(coming.source, coming.reason.at)
    log.warnings = coming.notices.told()
    log.finished_at = coming.now
    log.save()
    return log


def _no_step(_done: int, _total: int) -> None:
    """Return nothing: nobody watches."""
