"""Writes what an accounting is: the snapshot, the lock, the charge or the draw, the fact."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from canone.base import bulk
from canone.base.events import facts
from canone.base.firm import queries as firms
from canone.base.history import services as history
from canone.desks.assistance.events import SessionAccounted
from canone.desks.assistance.models import Accounting, RemoteSession
from canone.desks.assistance.queries.previews import Row
from canone.desks.assistance.queries.profiles import Profile
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.rules.states import Skip
from canone.kernel.money import Money
from canone.ledgers.allowances.services import draws as allowances
from canone.ledgers.invoicing.queries import charges as charged
from canone.ledgers.invoicing.services import charges
from canone.registers.catalog.rules.rating import Rated
from canone.registers.parties.models import Party

KIND = "remote_session"
ONE_DAY = timedelta(days=1)
ACCOUNTING = (
    "id", "session_id", "revision", "customer_id", "version_id", "head_id", "seconds",
    "connection_minutes", "extra_minutes", "total_minutes", "billed_minutes", "pool_minutes",
    "price", "explanation", "line_id", "at", "by_id",
)  # fmt: skip
LOCK = ("accounting_id", "total_minutes", "price", "updated_at")
SEEN = ("updated_at",)
STILL_OPEN = "accounting_id IS NULL"


class MovedError(Exception):
    """A session was accounted by somebody else in between; nothing was written."""


class Piece(NamedTuple):
    """One piece of work: its profile, its worth, its explanation, and its sessions in order."""

    profile: Profile
    rated: Rated
    text: str
    members: list[Row]

    @property
    def lead(self) -> Row:
        """The session that carries the price."""
        return self.members[0]


class Worth(NamedTuple):
    """What a piece comes to once the pool was asked: minutes from it, cents, and its steps."""

    pool_minutes: int
    cents: int | None
    text: str


@dataclass(slots=True)
class Booked:
    """What was written."""

    sessions: list[int] = field(default_factory=list)
    cents: int = 0
    minutes: int = 0
    refused: list[tuple[int, Skip]] = field(default_factory=list)


Seal = Callable[[Booked], None]


def no_seal(_booked: Booked) -> None:
    """Return nothing: nobody counts what was written together with it."""


def origin(session_id: int) -> str:
    """Return the origin of the charge or draw that a session raises."""
    return f"session:{session_id}"


@transaction.atomic
def book(pieces: Sequence[Piece], *, at: datetime, by: int | None, seal: Seal = no_seal) -> Booked:
    """Return what was written, all of it in one transaction, which ends with `seal`.

    Raises MovedError when a session was accounted or changed since it was read.
    """
    booked = Booked()
    if not pieces:
        return booked
    seen = {row.id: row.updated_at for piece in pieces for row in piece.members}
    revisions = _next_revisions(seen)
    worths = _worths(pieces, revisions, booked, at=at, by=by)
    kept = [piece for piece in pieces if piece.lead.id in worths]
    numbers = iter(bulk.reserve(Accounting, sum(len(piece.members) for piece in kept)))
    snapshots: list[tuple[Any, ...]] = []
    locks: list[tuple[Any, ...]] = []
    stamp = (bulk.instant(at), by)
    for piece in kept:
        worth = worths[piece.lead.id]
        for snapshot in _snapshots(piece, worth, revisions, numbers, stamp):
            snapshots.append(snapshot)
            number, key = snapshot[:2]
            locks.append((number, snapshot[9], snapshot[12], stamp[0], key, seen[key]))
            booked.sessions.append(key)
            booked.minutes += snapshot[9]
        booked.cents += worth.cents or 0
    _lock(snapshots, locks)
    charges.post(_drafts(kept, worths, revisions), at=at, by=by, journal=False)
    history.append(_facts(snapshots), at=at, by=by)
    facts.tell(SessionAccounted, map(_told, snapshots), at=at)
    seal(booked)
    return booked


def _lock(snapshots: Sequence[tuple[Any, ...]], locks: Sequence[tuple[Any, ...]]) -> None:
    """Write the snapshots and bind the sessions to them, if they are as they were read."""
    try:
        bulk.insert(Accounting, ACCOUNTING, snapshots)
    except IntegrityError as error:
        # of two who account a session at the same time, one waits here for the other's revision
        raise MovedError from error
    if bulk.update(RemoteSession, LOCK, locks, seen=SEEN, where=STILL_OPEN) != len(locks):
        raise MovedError


def _next_revisions(ids: Collection[int]) -> dict[int, int]:
    where, keys = bulk.among("session_id", ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT session_id, MAX(revision) FROM {bulk.table(Accounting)} "  # noqa: S608
            f"WHERE {where} GROUP BY session_id",
            [keys],
        )
        last = dict(cursor.fetchall())
    found = dict.fromkeys(ids, 1)
    if last:  # a credit note may have raised the charge's revision since
        following = charged.next_revisions([origin(key) for key in last])
        found |= {key: max(done + 1, following[origin(key)]) for key, done in last.items()}
    return found


def _worths(
    pieces: Sequence[Piece],
    revisions: dict[int, int],
    booked: Booked,
    *,
    at: datetime,
    by: int | None,
) -> dict[int, Worth]:
    worths: dict[int, Worth] = {}
    wanted = []
    for piece in pieces:
        lead = piece.lead.id
        if piece.profile.is_subscription:
            wanted.append(piece)
        else:
            price = piece.rated.price
            worths[lead] = Worth(0, 0 if price is None else price.minor, piece.text)
    for piece, drawn in zip(wanted, _draw(wanted, revisions, at=at, by=by), strict=True):
        if drawn.is_refused:
            booked.refused += [(row.id, Skip.POOL_EXHAUSTED) for row in piece.members]
        else:
            worths[piece.lead.id] = _drawn_worth(piece, drawn.drawn, drawn.overage)
    return worths


def _draw(
    pieces: Sequence[Piece], revisions: dict[int, int], *, at: datetime, by: int | None
) -> list[allowances.Drawn]:
    zone = firms.zone()
    return allowances.draw(
        [
            allowances.Draw(
                owner=piece.profile.pool,
                origin=origin(piece.lead.id),
                revision=revisions[piece.lead.id],
                quantity=piece.rated.billed_minutes,
                day=piece.lead.started_at.astimezone(zone).date(),
                policy=piece.profile.rater.terms.on_exhaust.value,
            )
            for piece in pieces
        ],
        at=at,
        by=by,
    )


def _drawn_worth(piece: Piece, taken: int, over: int) -> Worth:
    if not over:
        return Worth(taken, None, piece.text)
    price = piece.profile.rater.terms.overage_price
    cost = price.times(Fraction(over, 60))
    step = {"amount": str(cost), "code": "overage", "minutes": over, "price": str(price)}
    steps = [*json.loads(piece.text), step]
    return Worth(taken, cost.minor, history.canonical(steps))


def _snapshots(
    piece: Piece,
    worth: Worth,
    revisions: dict[int, int],
    numbers: Iterator[int],
    stamp: tuple[Any, int | None],
) -> Iterator[tuple[Any, ...]]:
    """Return a row of the table for each session; the first carries the worth of the piece."""
    alone = len(piece.members) == 1
    line = piece.profile.agreed.line_id if piece.profile.agreed else None
    head = None
    for row in piece.members:
        connection = (
            piece.rated.connection_minutes if alone else lengths.begun_minutes(row.seconds or 0)
        )
        leads = head is None
        number = next(numbers)
        yield (
            number,
            row.id,
            revisions[row.id],
            piece.profile.customer_id,
            piece.profile.version.pk,
            head,
            row.seconds,
            connection,
            row.extra_minutes,
            connection + row.extra_minutes,
            piece.rated.billed_minutes if leads else 0,
            worth.pool_minutes if leads else 0,
            worth.cents if leads or worth.cents is None else 0,
            worth.text if leads else "[]",
            line,
            *stamp,
        )
        head = head or number


def _drafts(
    pieces: Sequence[Piece], worths: dict[int, Worth], revisions: dict[int, int]
) -> list[charges.ChargeDraft]:
    zone = firms.zone()
    speak = _Words({piece.profile.customer_id for piece in pieces})
    drafts = []
    for piece in pieces:
        worth, lead = worths[piece.lead.id], piece.lead
        if worth.cents is None:
            continue
        start = lead.started_at.astimezone(zone)
        day = start.date()
        drafts.append(
            charges.ChargeDraft(
                origin=origin(lead.id),
                revision=revisions[lead.id],
                customer_id=piece.profile.customer_id,
                kind=KIND,
                description=speak.of(piece, start, zone),
                quantity_micros=1_000_000,
                unit="",
                unit_price_micros=worth.cents * 10_000,
                amount_minor=worth.cents,
                vat_id=None,
                service_start=day,
                service_end=day + ONE_DAY,
                explanation=worth.text,
            )
        )
    return drafts


class _Words:
    """The description of a charge in the language of its customer."""

    def __init__(self, customers: Iterable[int]) -> None:
        spoken = Party.objects.filter(pk__in=customers).values_list("id", "language")
        self.languages = dict(spoken)
        self.forms: dict[str, str] = {}
        for language in set(self.languages.values()):
            with translation.override(language):
                self.forms[language] = _("Remote assistance %(device)s, %(technician)s, %(when)s")

    def of(self, piece: Piece, start: datetime, zone: ZoneInfo) -> str:
        lead = piece.lead
        until = ""
        if lead.ended_at is not None:
            end = lead.ended_at.astimezone(zone)
            until = f"–{end.hour:02}:{end.minute:02}"
        text = self.forms[self.languages[piece.profile.customer_id]] % {
            "device": lead.device_name,
            "technician": lead.technician_name,
            # by hand: strftime costs as much as pricing does
            "when": f"{start.day:02}/{start.month:02}/{start.year} "
            f"{start.hour:02}:{start.minute:02}{until}",
        }
        return text[:400]


def _facts(snapshots: Sequence[tuple[Any, ...]]) -> list[history.Fact]:
    """Return one fact per session; its JSON is written by hand, because runs lock 100,000."""
    return [
        history.Fact(
            "session.accounted",
            f"session:{s[1]}",
            f'{{"accounting":{s[0]},"billed":{s[10]},"connection":{s[7]},"customer":{s[3]},'
            f'"explanation":{s[13]},"extra":{s[8]},"head":{_null(s[5])},{_line(s[14])}'
            f'"pool":{s[11]},"price":{_null(s[12])},"revision":{s[2]},"seconds":{s[6]},"total":{s[9]},'
            f'"version":{s[4]}}}',
        )
        for s in snapshots
    ]


def _told(snapshot: tuple[Any, ...]) -> SessionAccounted:
    return SessionAccounted(
        session_id=snapshot[1],
        customer_id=snapshot[3],
        accounting_id=snapshot[0],
        revision=snapshot[2],
        head_id=snapshot[5],
        minutes=snapshot[9],
        prepaid_minutes=snapshot[11],
        price=None if snapshot[12] is None else Money(snapshot[12]),
    )


def _line(value: int | None) -> str:
    """Return the contract's line, where one priced the session."""
    return "" if value is None else f'"line":{value},'


def _null(value: int | None) -> str:
    return "null" if value is None else str(value)
