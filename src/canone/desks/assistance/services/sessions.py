"""What people write on a session: extra minutes, notes, customer, end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from canone.base.access.models import User
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.services import applying, mapping

SAME = ("technician_id", "group_id", "kind", "started_at", "ended_at", "device_name",
        "extra_minutes", "note")  # fmt: skip


class LockedError(Exception):
    """The session is accounted: what it is worth cannot change any more."""


class ChangedMeanwhileError(Exception):
    """Somebody saved the session since it was read; `session` is how it stands now."""

    def __init__(self, session: RemoteSession) -> None:
        super().__init__("changed meanwhile")
        self.session = session


class KeyTakenError(Exception):
    """Another session was written under the key."""


class StillOpenError(Exception):
    """The session has no end yet."""


def _read(session_id: int, seen: datetime | None) -> RemoteSession:
    session = RemoteSession.objects.select_for_update(of=("self",)).get(pk=session_id)
    if seen is not None and session.updated_at != seen:
        raise ChangedMeanwhileError(session)
    return session


def _remember(session: RemoteSession) -> None:
    """Write the state before the first change: rows that came in bulk have no history yet."""
    if not RemoteSession.history.filter(id=session.pk).exists():
        before = RemoteSession.objects.get(pk=session.pk)
        record = RemoteSession.history.model(
            **{
                field.attname: getattr(before, field.attname)
                for field in RemoteSession.history.model.tracked_fields
            },
            history_date=before.updated_at,
            history_type="+",
        )
        record.save()


def _save(session: RemoteSession, at: datetime) -> RemoteSession:
    _remember(session)
    session.updated_at = at
    session.save()
    return session


@transaction.atomic
def edit(
    *,
    session_id: int,
    at: datetime,
    extra_minutes: int | None = None,
    note: str | None = None,
    seen: datetime | None = None,
) -> RemoteSession:
    """Return the session with its extra minutes or note changed.

    A note may still change once the session is accounted; extra minutes may not (LockedError).
    Raises `lengths.BelowZeroError` when the total would fall below zero, ChangedMeanwhileError
    when `seen` is not the state that is stored.
    """
    session = _read(session_id, seen)
    if extra_minutes is not None and extra_minutes != session.extra_minutes:
        if session.accounting_id is not None:
            raise LockedError
        lengths.check_extra(session.seconds or 0, extra_minutes)
        session.extra_minutes = extra_minutes
    if note is not None:
        session.note = note
    return _save(session, at)


@transaction.atomic
def include(*, session_id: int, included: bool, at: datetime) -> RemoteSession:
    """Return the session, counted although it is shorter than the minimum, or not any more."""
    session = _read(session_id, None)
    if session.accounting_id is not None:
        raise LockedError
    session.is_included = included
    return _save(session, at)


def mark_apart(*, session: RemoteSession, apart: bool, at: datetime) -> RemoteSession:
    """Return the session, which counts alone, or with others again; nothing without a change."""
    if session.is_apart == apart:
        return session
    session.is_apart = apart
    return _save(session, at)


@transaction.atomic
def close(*, session_id: int, ended_at: datetime, at: datetime) -> RemoteSession:
    """Return the session with the end that its source never told.

    Raises `lengths.EndBeforeStartError` or `lengths.TooLongError`.
    """
    session = _read(session_id, None)
    if session.accounting_id is not None:
        raise LockedError
    session.seconds = lengths.between(session.started_at, ended_at)
    session.ended_at = ended_at
    return _save(session, at)


@transaction.atomic
def add_manual(  # noqa: PLR0913 (a session is made of all of these)
    *,
    technician: User,
    group_id: int,
    kind: str,
    started_at: datetime,
    ended_at: datetime,
    at: datetime,
    device_name: str = "",
    extra_minutes: int = 0,
    note: str = "",
    key: str = "",
) -> RemoteSession:
    """Return a session written by hand; the profile's minimum does not apply to it.

    `key` makes a repeated call answer with the first session instead of adding a second; another
    session under it is a KeyTakenError.
    """
    external_id = key or secrets.token_hex(16)
    known = RemoteSession.objects.filter(source="manual", external_id=external_id).first()
    if known is not None:
        kept = tuple(getattr(known, name) for name in SAME)
        sent = (technician.pk, group_id, kind, started_at, ended_at)
        if kept != (*sent, device_name, extra_minutes, note):
            raise KeyTakenError
        return known
    seconds = lengths.between(started_at, ended_at)
    lengths.check_extra(seconds, extra_minutes)
    return RemoteSession.objects.create(
        source="manual",
        external_id=external_id,
        kind=kind,
        technician=technician,
        technician_name=technician.name,
        device_key=device_name,
        device_name=device_name,
        group_id=group_id,
        started_at=started_at,
        ended_at=ended_at,
        seconds=seconds,
        extra_minutes=extra_minutes,
        note=note,
        is_manual=True,
        updated_at=at,
    )


@transaction.atomic
def assign(
    *, session_ids: Sequence[int], group_id: int, remember: bool, by: int | None, at: datetime
) -> int:
    """Return how many sessions now belong to the group.

    With `remember`, every other session of the same devices that has no customer is assigned
    with them, and those to come are too. Accounted sessions stay as they are (LockedError).
    """
    chosen = list(RemoteSession.objects.select_for_update(of=("self",)).filter(pk__in=session_ids))
    if any(session.accounting_id is not None for session in chosen):
        raise LockedError
    for session in chosen:
        session.group_id = group_id
        _save(session, at)
    return len(chosen) + (_learn(chosen, group_id, by=by, at=at) if remember else 0)


def _learn(chosen: Sequence[RemoteSession], group_id: int, *, by: int | None, at: datetime) -> int:
    """Return how many other sessions of the devices were assigned with the chosen ones."""
    names = {(one.source, one.device_key): one.device_name for one in chosen if one.device_key}
    count = 0
    for (source, key), name in sorted(names.items()):
        rule = mapping.learn(
            kind=mapping.Kind.DEVICE,
            source=source,
            key=key,
            name=name,
            target_id=group_id,
            by=by,
            at=at,
        )
        mine = sum(1 for one in chosen if (one.source, one.device_key) == (source, key))
        mapping.count({(type(rule), rule.pk): mine})
        application = applying.apply(rule=rule, at=at, by=by)
        count += application.count if application else 0
    return count
