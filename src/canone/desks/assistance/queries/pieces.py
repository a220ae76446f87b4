"""Pieces of work of several sessions: what they come to together, and which sessions are in one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from canone.desks.assistance.models import Accounting, RemoteSession
from canone.desks.assistance.queries import listing, previews, profiles
from canone.desks.assistance.queries.listing import Shown
from canone.registers.catalog.rules import grouping, rating

if TYPE_CHECKING:
    from canone.base.access.models import User
    from canone.desks.assistance.models.sessions import SessionQuerySet


@dataclass(frozen=True, slots=True)
class Piece:
    """Sessions that are priced as one; `lead` carries price, explanation and billed minutes.

    `rows` are those that the reader may see, `hidden` how many others there are. `counted` are
    the minutes that the price is made of: without pauses, and simultaneous ones once.
    """

    lead: Shown
    rows: Sequence[Shown]
    hidden: int
    counted: int
    merge_gap: int
    simultaneous: bool
    reconnected: bool

    @property
    def started_at(self) -> datetime:
        """When the first session started."""
        return min(row.session.started_at for row in self.rows)

    @property
    def ended_at(self) -> datetime:
        """When the last session ended."""
        return max(row.session.ended_at or row.session.started_at for row in self.rows)


def of(shown: Sequence[Shown], *, user: User, day: date, now: datetime) -> dict[int, Piece]:
    """Return the pieces whose lead is among `shown`, by lead, with all that `user` may see."""
    leads = [row for row in shown if row.leads and len(row.members) > 1]
    if not leads:
        return {}
    known = {row.session.pk: row for row in shown}
    known |= _missing(leads, known, user=user, day=day, now=now)
    return {lead.session.pk: _piece(lead, known) for lead in leads}


def _missing(
    leads: Sequence[Shown], known: dict[int, Shown], *, user: User, day: date, now: datetime
) -> dict[int, Shown]:
    ids = {key for lead in leads for key in lead.members} - known.keys()
    if not ids:
        return {}
    found = RemoteSession.objects.visible_to(user).filter(pk__in=ids)
    listed = list(found.select_related("group__party", "technician"))
    return {row.session.pk: row for row in listing.shown(listed, day=day, now=now)}


def _piece(lead: Shown, known: dict[int, Shown]) -> Piece:
    rows = [known[key] for key in lead.members if key in known]
    terms = lead.version.terms() if lead.version is not None else None
    minutes = sum(row.total_minutes for row in rows)
    gap, simultaneous, reconnected = 0, False, False
    if terms is not None:
        gap = terms.merge_gap_minutes
        made = grouping.group_sessions(terms, (_seen(row.session) for row in rows))
        if len(made) == 1:
            [group] = made
            simultaneous, reconnected = group.simultaneous, group.reconnected
            minutes = rating.minutes(terms, group.work.seconds) + group.work.extra_minutes
    hidden = len(lead.members) - len(rows)
    return Piece(lead, rows, hidden, minutes, gap, simultaneous, reconnected)


def _seen(session: RemoteSession) -> grouping.Session:
    return grouping.Session(
        key=session.pk,
        customer=None,  # all of a piece are one customer's
        technician=session.technician_name.casefold(),
        device=session.device_key.casefold(),
        start=session.started_at,
        end=session.ended_at,
        seconds=session.seconds or 0,
        extra_minutes=session.extra_minutes,
        manual=session.is_manual,
    )


def accounted() -> Q:
    """Return the condition that a session was accounted together with others."""
    others = Accounting.objects.filter(head_id=OuterRef("accounting_id"))
    return Q(accounting__head__isnull=False) | Q(Exists(others))


def pending(found: SessionQuerySet, *, day: date, now: datetime) -> list[int]:
    """Return the pending sessions of `found` that are priced together with others."""
    at_work = profiles.current(day)
    grouped = {one.group_id for one in at_work.every() if one.is_grouping}
    if not grouped:
        return []
    candidates = found.filter(
        group_id__in=grouped, accounting__isnull=True, ended_at__isnull=False, is_apart=False
    )
    ids: list[int] = []
    batch: list[previews.Row] = []
    for row in previews.rows(candidates.order_by("started_at", "id")):
        batch.append(row)
        if len(batch) == previews.CHUNK:
            ids += _together(previews.of_rows(batch, at_work, now=now))
            batch = []
    return ids + _together(previews.of_rows(batch, at_work, now=now))


def among(ids: Sequence[int]) -> Q:
    """Return the condition that a session is one of `ids`, however many: they are one parameter."""
    if connection.vendor == "sqlite":
        listed = RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])
    else:
        listed = RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
    return Q(pk__in=listed)


def _together(seen: dict[int, previews.Preview]) -> list[int]:
    return [key for key, preview in seen.items() if len(preview.members) > 1]
