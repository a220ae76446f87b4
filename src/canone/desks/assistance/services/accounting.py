"""Accounts sessions: each piece of work wholly or not at all, in short transactions.

What was accounted leaves the pending rows, so a run that was cut short is simply started again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import previews, profiles, scope
from canone.desks.assistance.queries.previews import Preview, Row
from canone.desks.assistance.queries.profiles import AtWork
from canone.desks.assistance.rules.states import SKIP_BY_STATE, Skip, State
from canone.desks.assistance.services import booking
from canone.desks.assistance.services.booking import Piece
from canone.registers.catalog.rules.rating import REJECTED

if TYPE_CHECKING:
    from canone.base.access.models import User
    from canone.desks.assistance.models.sessions import SessionQuerySet

BATCH = 1_000
Place = tuple[datetime, int]


@dataclass(slots=True)
class Outcome:
    """What an accounting did: sessions locked, their worth, and what was left out and why."""

    accounted: list[int] = field(default_factory=list)
    cents: int = 0
    minutes: int = 0
    skipped: list[tuple[int, Skip]] = field(default_factory=list)
    after: Place | None = None

    @property
    def is_last(self) -> bool:
        """Whether nothing is left in the filter behind this batch."""
        return self.after is None


class NotAccountableError(Exception):
    """The session cannot be accounted now; `skip` says why."""

    def __init__(self, skip: Skip) -> None:
        super().__init__(skip.value)
        self.skip = skip


def account_one(
    *, session_id: int, day: date, at: datetime, by: int | None, user: User | None = None
) -> Outcome:
    """Return what accounting one session did; its whole piece of work is accounted with it.

    Raises NotAccountableError, RemoteSession.DoesNotExist for what `user` may not see.
    """
    found = RemoteSession.objects.all() if user is None else RemoteSession.objects.visible_to(user)
    session = found.only("id", "accounting_id").get(pk=session_id)
    if session.accounting_id is not None:
        raise NotAccountableError(Skip.ACCOUNTED)
    rows = _read(RemoteSession.objects.filter(pk=session_id))
    try:
        outcome = _account(rows, None, profiles.current(day), at, by)
    except booking.MovedError as error:
        raise NotAccountableError(Skip.MOVED) from error
    if outcome.skipped:
        raise NotAccountableError(outcome.skipped[0][1])
    if not outcome.accounted:
        raise NotAccountableError(Skip.ACCOUNTED)
    return outcome


def account_next(  # noqa: PLR0913 (a batch needs to know where the run stands)
    chosen: scope.Scope,
    *,
    user: User,
    day: date,
    at: datetime,
    after: Place | None = None,
    limit: int = BATCH,
    raters: profiles.Raters | None = None,
    seal: booking.Seal = booking.no_seal,
) -> Outcome:
    """Return what accounting the next `limit` sessions of the filter did, in order of start.

    `after` is the place where the batch before ended; the outcome holds the next one. `raters`
    keeps from batch to batch what the rules have worked out, `seal` ends the transaction. Reading
    and pricing hold no lock, so that other writers of SQLite come in between. Raises
    `booking.MovedError` when somebody wrote on a session meanwhile: nothing was written.
    """
    found = scope.sessions(chosen, user=user, day=day, now=at).filter(accounting__isnull=True)
    batch = found
    if after is not None:
        moment, key = after
        batch = found.filter(Q(started_at__gt=moment) | Q(started_at=moment, id__gt=key)).filter(
            started_at__gte=moment
        )
    rows = _read(batch, limit)
    at_work = profiles.current(day, raters=raters)
    outcome = _account(rows, found, at_work, at, user.pk, seal)
    if len(rows) == limit:
        outcome.after = (rows[-1].started_at, rows[-1].id)
    return outcome


def _read(found: SessionQuerySet, limit: int | None = None) -> list[Row]:
    ordered = found.filter(accounting__isnull=True).order_by("started_at", "id")
    chosen = ordered[:limit] if limit else ordered
    return list(previews.rows(chosen))


def _account(
    rows: list[Row],
    found: SessionQuerySet | None,
    at_work: AtWork,
    at: datetime,
    by: int | None,
    seal: booking.Seal = booking.no_seal,
) -> Outcome:
    outcome = Outcome()
    if not rows:
        return outcome
    seen = previews.of_rows(rows, at_work, now=at)
    missing = {key for preview in seen.values() for key in preview.members} - seen.keys()
    if missing:
        scope_ = RemoteSession.objects.all() if found is None else found
        more = _read(scope_.filter(pk__in=missing))
        rows = sorted([*rows, *more], key=lambda row: (row.started_at, row.id))
        seen = previews.of_rows(rows, at_work, now=at)
    pieces = _pieces(rows, seen, outcome)
    booked = booking.book(pieces, at=at, by=by, seal=seal)
    outcome.accounted = booked.sessions
    outcome.cents = booked.cents
    outcome.minutes = booked.minutes
    outcome.skipped += booked.refused
    return outcome


def _pieces(rows: Sequence[Row], seen: dict[int, Preview], outcome: Outcome) -> list[Piece]:
    by_id = {row.id: row for row in rows}
    pieces = []
    for row in rows:
        preview = seen[row.id]
        why = _why_not(preview, by_id)
        if why is not None:
            outcome.skipped.append((row.id, why))
        elif preview.leads and preview.rated is not None and preview.profile is not None:
            members = [by_id[key] for key in preview.members]
            pieces.append(Piece(preview.profile, preview.rated, preview.text, members))
    return pieces


def _why_not(preview: Preview, by_id: dict[int, Row]) -> Skip | None:
    state, _connection, _total, profile, rated, _text, members, _leads = preview
    if state is not State.PENDING:
        return SKIP_BY_STATE[state]
    if len(members) > 1 and any(key not in by_id for key in members):
        return Skip.GROUP_OUTSIDE
    if rated is None or profile is None or rated.status == REJECTED:
        return Skip.BELOW_ZERO
    if profile.rater.terms.note_required and any(not by_id[key].note.strip() for key in members):
        return Skip.NOTE_MISSING
    return None


def reasons(skipped: Iterable[tuple[int, Skip]]) -> dict[str, int]:
    """Return how many sessions were left out for which reason."""
    counts: dict[str, int] = {}
    for _session, skip in skipped:
        counts[skip.value] = counts.get(skip.value, 0) + 1
    return counts
