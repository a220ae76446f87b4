"""Many sessions to another group or technician at once, each with its line of history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from canone.base import bulk
from canone.base.access.models import User
from canone.desks.assistance.models import RemoteSession

CHUNK = 500
WHEN = "_history_date"
"""Where the package of the history looks for the instant of a line."""
Field = Literal["group", "technician"]


class MovedError(Exception):
    """A session was accounted while it was being moved; nothing was written."""


def move(
    sessions: Sequence[RemoteSession],
    *,
    field: Field,
    to: Mapping[int, int | None],
    at: datetime,
    by: int | None,
) -> None:
    """Write `to`, by session, into `field` of locked, pending sessions; raises MovedError.

    Call it inside a transaction. Sessions that came in bulk get the state they came with first.
    """
    column = f"{field}_id"
    user = User.objects.filter(pk=by).first() if by else None
    _remember(sessions)
    moment = bulk.instant(at)
    for session in sessions:
        setattr(session, column, to[session.pk])
        session.updated_at = at
    rows = [(to[session.pk], moment, session.pk) for session in sessions]
    where = "accounting_id IS NULL"
    if bulk.update(RemoteSession, (column, "updated_at"), rows, where=where) != len(rows):
        raise MovedError
    RemoteSession.history.bulk_history_create(
        sessions, batch_size=CHUNK, update=True, default_user=user, default_date=at
    )


def _remember(sessions: Sequence[RemoteSession]) -> None:
    known: set[int] = set()
    ids = [session.pk for session in sessions]
    for start in range(0, len(ids), CHUNK):
        part = RemoteSession.history.filter(id__in=ids[start : start + CHUNK])
        known.update(part.values_list("id", flat=True).distinct())
    bare = [session for session in sessions if session.pk not in known]
    for session in bare:
        setattr(session, WHEN, session.updated_at)
    RemoteSession.history.bulk_history_create(bare, batch_size=CHUNK)
    for session in bare:
        delattr(session, WHEN)
