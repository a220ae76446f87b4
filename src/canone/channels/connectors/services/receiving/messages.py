"""Messages of RustDesk clients: kept as they come, made into sessions by pulls like any tool's.

The client believes that a message arrived when it reads an empty answer of success, so it is
written before. Sessions are made later, from all that is kept, as often as need be.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from canone.channels.connectors.models import Message, Source
from canone.channels.connectors.rules import kinds
from canone.channels.connectors.rules.port import (
    Json,
    Notice,
    Probe,
    Pulled,
    RawNote,
    Trouble,
    Window,
)
from canone.channels.connectors.rules.rustdesk import allowed, rows
from canone.channels.connectors.rules.rustdesk import messages as rules
from canone.channels.connectors.services.receiving import keys

LARGEST = 16_384  # bytes; a real one has less than one thousand
MOST_A_MINUTE = 1_200
KEPT = timedelta(days=40)
NAMES_KEPT = timedelta(days=400)
DEVICES_TOLD = 20


class RefusedError(Exception):
    """The message is not taken; `status` and the English text are the answer to the client."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


def take(*, source: Source, body: bytes, address: str, at: datetime) -> None:
    """Keep a message about a connection; RefusedError for what cannot be one."""
    _bounded(source, address, at)
    try:
        message = rules.read(body, at)
    except rules.GarbledError as error:
        raise RefusedError(400, str(error)) from error
    Message.objects.bulk_create([_kept(source, message, address)], ignore_conflicts=True)
    Source.objects.filter(pk=source.pk, state=Source.State.ACTIVE).update(next_pull_at=at)


def take_name(*, source: Source, body: bytes, address: str, at: datetime) -> None:
    """Keep what a computer is called; RefusedError for what cannot be that."""
    _bounded(source, address, at)
    try:
        message = rules.name(body, at)
    except rules.GarbledError as error:
        raise RefusedError(400, str(error)) from error
    Message.objects.bulk_create(
        [_kept(source, message, address)],
        update_conflicts=True,
        unique_fields=["source", "key"],
        update_fields=["note", "received_at", "address"],
    )


def sender(source_id: int, key: str, at: datetime) -> Source:
    """Return the source whose key this is; RefusedError alike for whatever is wrong with it."""
    source = Source.objects.filter(pk=source_id, kind=kinds.RUSTDESK_PUSH.key).first()
    good = source is not None and source.description is kinds.RUSTDESK_PUSH
    known = keys.working(source, at) if source is not None and good else []
    matching = [hmac.compare_digest(one.encode(), key.encode("utf-8", "replace")) for one in known]
    if source is None or not any(matching):
        raise RefusedError(404, "nobody receives here")
    return source


def prune(*, at: datetime) -> int:
    """Return how many messages were forgotten; their sessions are long made."""
    old = Q(received_at__lt=at - KEPT) & ~Q(kind=rules.Kind.NAME)
    count, _details = Message.objects.filter(old | Q(received_at__lt=at - NAMES_KEPT)).delete()
    return count


class Inbox:
    """The kept messages of a source, read like a tool that is asked."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def probe(self) -> Probe:
        """Raise Trouble: nobody is asked here."""
        raise Trouble("only_receives", final=True)

    def pull(self, cursor: Json, window: Window) -> Iterator[Pulled]:
        """Yield the sessions of the messages since what still runs began, in one page."""
        since = rows.horizon(cursor, window.since, window.at) - rules.SWAPPED
        known = allowed.devices(str(self._source.settings.get("devices", "")))
        found = self._messages(since)
        heard = [message for message in found if not known or message.device in known]
        built = rules.build(heard)
        yield Pulled(
            sessions=tuple(built.sessions),
            still_open=tuple(s.external_id for s in built.sessions if s.ended_at is None),
            notes=tuple(
                RawNote(note.device, note.device, note.received_at, note.note)
                for note in built.lost_notes
            ),
            cursor=rows.carried(built.sessions, window.at),
            warnings=self._strangers(found, known),
            seen=len(built.sessions),
        )

    def _messages(self, since: datetime) -> list[rules.Message]:
        recent = Q(received_at__gte=since) | Q(kind=rules.Kind.NAME)
        return [_message(row) for row in self._source.messages.filter(recent)]

    def _strangers(self, found: list[rules.Message], known: frozenset[str]) -> tuple[Notice, ...]:
        """Return which computers told something and are not among those that may."""
        last = self._source.last_ok_at
        new = {each.device for each in found if last is None or each.received_at >= last}
        strange = sorted(new - known) if known else []
        if not strange:
            return ()
        told = ", ".join(strange[:DEVICES_TOLD])
        return (Notice("unknown_devices", {"count": len(strange), "devices": told}),)


def _bounded(source: Source, address: str, at: datetime) -> None:
    """Refuse who is outside of the networks, and a flood; a client comes back after a while."""
    networks = allowed.networks(str(source.settings.get("networks", "")))
    if not allowed.inside(address, networks):
        raise RefusedError(403, "not from this network")
    minute = source.messages.filter(received_at__gt=at - timedelta(minutes=1))
    if minute.count() >= MOST_A_MINUTE:
        raise RefusedError(429, "too many messages")


def _kept(source: Source, message: rules.Message, address: str) -> Message:
    return Message(
        source=source,
        key=message.key,
        kind=message.kind.value,
        device=message.device,
        uuid=message.uuid,
        connection=message.connection,
        session=message.session,
        helper=message.helper,
        helper_name=message.helper_name,
        number=message.number,
        address=(message.address or address)[:60],
        note=message.note,
        received_at=message.received_at,
    )


def _message(row: Message) -> rules.Message:
    return rules.Message(
        key=row.key,
        kind=rules.Kind(row.kind),
        device=row.device,
        received_at=row.received_at,
        uuid=row.uuid,
        connection=row.connection,
        session=row.session,
        helper=row.helper,
        helper_name=row.helper_name,
        number=row.number,
        address=row.address,
        note=row.note,
    )
