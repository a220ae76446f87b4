"""Sessions that any program sends: all of a delivery goes in, or nothing, and each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from canone.base.firm import queries as firm
from canone.channels.connectors.models import Delivery, Source
from canone.channels.connectors.rules import kinds
from canone.channels.connectors.rules.port import RawSession
from canone.channels.connectors.rules.webhook import payload, signing
from canone.channels.connectors.services import handing
from canone.channels.connectors.services.receiving import keys
from canone.desks.assistance.services import ingest

STRANGERS_AN_HOUR = 20  # refusals of who knows no key that are written down
REFUSED_KEPT = timedelta(days=90)
TAKEN_KEPT = timedelta(days=400)


class NobodyError(Exception):
    """Nobody receives at this address."""


class PausedError(Exception):
    """The source is paused: nothing is taken until it resumes."""


class ReplayedError(Exception):
    """The delivery was taken before; `taken` tells what came of it then."""

    def __init__(self, taken: Delivery) -> None:
        super().__init__(taken.name)
        self.taken = taken


@dataclass(frozen=True, slots=True)
class Sent:
    """What came in: headers in lower case, the body as it was signed, where from, when."""

    headers: Mapping[str, str]
    body: bytes
    address: str
    at: datetime


def take(*, source_id: int, sent: Sent) -> Delivery:
    """Return the delivery with what came of it.

    Raises NobodyError, RefusedError of signing, PausedError, FaultyError with every fault, or
    ReplayedError; all but the first and the last are in the source's log.
    """
    source = Source.objects.filter(pk=source_id, kind=kinds.WEBHOOK.key).first()
    if source is None:
        raise NobodyError
    try:
        seal = signing.seal(sent.headers)
        signing.check(seal, sent.body, keys.working(source, sent.at), sent.at)
    except signing.RefusedError as error:
        _stranger(source, sent, error.code)
        raise
    known = _taken(source, seal.delivery)
    if known is not None:
        raise ReplayedError(known)
    if source.state == Source.State.PAUSED:
        raise PausedError
    try:
        sessions = payload.read(sent.body, sent.at)
    except payload.FaultyError as error:
        _faulty(source, sent, seal, error.faults)
        raise
    try:
        return _written(source, sent, seal, sessions)
    except IntegrityError:  # the same delivery at the same time
        known = _taken(source, seal.delivery)
        if known is None:
            raise
        raise ReplayedError(known) from None


def prune(*, at: datetime) -> int:
    """Return how many old deliveries were forgotten."""
    refused = Q(outcome=Delivery.Outcome.REFUSED, at__lt=at - REFUSED_KEPT)
    count, _details = Delivery.objects.filter(refused | Q(at__lt=at - TAKEN_KEPT)).delete()
    return count


def _taken(source: Source, name: str) -> Delivery | None:
    return source.deliveries.filter(name=name, outcome=Delivery.Outcome.TAKEN).first()


@transaction.atomic
def _written(
    source: Source, sent: Sent, seal: signing.Seal, sessions: list[RawSession]
) -> Delivery:
    delivery = Delivery.objects.create(
        source=source,
        name=seal.delivery,
        outcome=Delivery.Outcome.TAKEN,
        address=sent.address,
        size=len(sent.body),
        seen=len(sessions),
        at=sent.at,
    )
    counted = _from_first_day(source, sessions)
    rows = [handing.row(session) for session in counted]
    done = ingest.write(rows, source=source.key, at=sent.at)
    if done.new < len(rows):
        handing.add_late_notes(source, counted, sent.at)
    delivery.new, delivery.closed, delivery.unassigned = done.new, done.closed, done.unassigned
    delivery.save()
    latest = max((each.ended_at or each.started_at for each in counted), default=None)
    Source.objects.filter(pk=source.pk).update(
        sessions_new=F("sessions_new") + done.new,
        last_ok_at=sent.at,
        last_session_at=max(filter(None, (latest, source.last_session_at)), default=None),
        trouble="",
        trouble_values={},
        failures=0,
    )
    return delivery


def _from_first_day(source: Source, sessions: list[RawSession]) -> list[RawSession]:
    """Return the sessions that started on or after the day that somebody chose."""
    chosen = source.settings.get("first_day")
    if not chosen:
        return sessions
    day = date.fromisoformat(chosen)
    border = datetime(day.year, day.month, day.day, tzinfo=firm.zone())
    return [session for session in sessions if session.started_at >= border]


def _stranger(source: Source, sent: Sent, code: str) -> None:
    """Write down who could not sign, a few an hour: anybody can send anything."""
    hour = source.deliveries.filter(
        outcome=Delivery.Outcome.REFUSED, at__gt=sent.at - timedelta(hours=1)
    )
    if hour.exclude(reason="faulty").count() < STRANGERS_AN_HOUR:
        _refused(source, sent, code)


def _faulty(source: Source, sent: Sent, seal: signing.Seal, faults: list[payload.Fault]) -> None:
    told = [[each.row, each.field, each.code, each.value] for each in faults]
    _refused(source, sent, "faulty", name=seal.delivery, faults=told[: payload.MOST_FAULTS])


def _refused(
    source: Source,
    sent: Sent,
    code: str,
    *,
    name: str = "",
    faults: list[list[int | str | None]] | None = None,
) -> None:
    Delivery.objects.create(
        source=source,
        name=name,
        outcome=Delivery.Outcome.REFUSED,
        reason=code,
        faults=faults or [],
        address=sent.address,
        size=len(sent.body),
        at=sent.at,
    )
