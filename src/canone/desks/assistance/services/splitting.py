"""Takes a piece of work of several sessions apart, and puts it together again, while pending.

Who is taken apart carries a mark that grouping respects; without it the profile decides again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import previews, profiles
from canone.desks.assistance.services import sessions
from canone.desks.assistance.services.sessions import LockedError

if TYPE_CHECKING:
    from canone.base.access.models import User

__all__ = ["LockedError", "NotTogetherError", "put_together", "take_all_apart", "take_apart"]


class NotTogetherError(Exception):
    """The session is priced alone already."""


@transaction.atomic
def take_apart(*, session_id: int, user: User, day: date, at: datetime) -> RemoteSession:
    """Return the session, which counts alone from now on; the others stay together.

    Raises LockedError once it is accounted, NotTogetherError when nothing is priced with it.
    """
    session = _held(session_id, user)
    if len(_members(session, day, at)) < 2 and not session.is_apart:
        raise NotTogetherError
    return sessions.mark_apart(session=session, apart=True, at=at)


@transaction.atomic
def take_all_apart(*, session_id: int, user: User, day: date, at: datetime) -> list[int]:
    """Return the sessions that count alone from now on: the session's whole piece of work.

    The first keeps no mark: nothing is left that it could be priced with. Raises as `take_apart`.
    """
    members = _members(_held(session_id, user), day, at)
    if len(members) < 2:
        raise NotTogetherError
    marked = RemoteSession.objects.visible_to(user).select_for_update(of=("self",))
    for session in marked.filter(pk__in=members[1:]).order_by("id"):
        sessions.mark_apart(session=session, apart=True, at=at)
    return list(members)


@transaction.atomic
def put_together(*, session_id: int, user: User, at: datetime) -> RemoteSession:
    """Return the session, grouped again as its profile says; raises LockedError."""
    return sessions.mark_apart(session=_held(session_id, user), apart=False, at=at)


def _held(session_id: int, user: User) -> RemoteSession:
    found = RemoteSession.objects.visible_to(user).select_for_update(of=("self",))
    session = found.get(pk=session_id)
    if session.accounting_id is not None:
        raise LockedError
    return session


def _members(session: RemoteSession, day: date, at: datetime) -> tuple[int, ...]:
    row = previews.Row._make(getattr(session, name) for name in previews.FIELDS)
    seen = previews.of_rows([row], profiles.current(day), now=at)
    return seen[session.pk].members
