"""Messages that the free RustDesk client sends about connections to its computer.

A message names no instant: what counts is when it arrived. "new" comes before the login and says
from where; a second one, after the login, names the helper; "close" ends it. The number of a
connection starts anew with the client, the id of the session is the helper's and outlives a
restart of the computer, so neither of them names one stretch. The login's own nonce does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from canone.channels.connectors.rules import told, values
from canone.channels.connectors.rules.port import RawSession
from canone.channels.connectors.rules.rustdesk import kinds

# Messages of one connection are sent one after the other; only a proxy can swap neighbours.
SWAPPED = timedelta(seconds=60)
KEY_LENGTH = 80


class Kind(StrEnum):
    """What a message says."""

    NEW = "new"
    LOGIN = "login"
    CLOSE = "close"
    NOTE = "note"
    NAME = "name"  # what the computer is called; not about a connection


class GarbledError(ValueError):
    """What came is no message of a client; the text says why, in English."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as it is kept."""

    key: str
    kind: Kind
    device: str
    received_at: datetime
    uuid: str = ""
    connection: str = ""
    session: str = ""
    helper: str = ""
    helper_name: str = ""
    number: int | None = None
    address: str = ""
    note: str = ""

    @property
    def line(self) -> tuple[str, str, str]:
        """What a connection is known by while its client runs."""
        return (self.device, self.uuid, self.connection)


@dataclass(slots=True)
class Built:
    """What messages amount to."""

    sessions: list[RawSession] = field(default_factory=list)
    failed_logins: int = 0
    lost_notes: list[Message] = field(default_factory=list)


def read(body: bytes, at: datetime) -> Message:
    """Return the message; raises GarbledError for what is none."""
    value = _object(body)
    device = _device(value)
    message = Message(
        key=_key(value, body, at),
        kind=_kind(value),
        device=device,
        received_at=at,
        uuid=told.words(value.get("uuid"), 120),
        connection=told.words(value.get("conn_id"), 30),
        session=told.words(value.get("session_id"), 30),
        address=told.words(value.get("ip"), 60),
        note=told.prose(value.get("note")),
    )
    return _with_helper(message, value) if message.kind is Kind.LOGIN else message


def name(body: bytes, at: datetime) -> Message:
    """Return what a computer is called, as it tells about itself; raises GarbledError."""
    value = _object(body)
    device = _device(value)
    called = told.words(value.get("hostname"), 160)
    if not called:
        raise GarbledError("no name of a computer")
    key = told.key(Kind.NAME, device)[:KEY_LENGTH]
    return Message(key=key, kind=Kind.NAME, device=device, received_at=at, note=called)


def build(messages: Iterable[Message]) -> Built:
    """Return the sessions that the messages tell of, whatever order they are given in."""
    told_once = {message.key: message for message in messages}.values()
    ordered = sorted(told_once, key=lambda message: (message.received_at, message.key))
    lines: dict[tuple[str, str, str], _Line] = {}
    notes = []
    known = {}
    for message in ordered:
        if message.kind is Kind.NOTE:
            notes.append(message)
        elif message.kind is Kind.NAME:
            known[message.device] = message.note
        else:
            lines.setdefault(message.line, _Line()).take(message)
    stretches = [stretch for line in lines.values() for stretch in line.all()]
    stretches.sort(key=lambda stretch: (stretch.start, stretch.login.key))
    built = Built(failed_logins=sum(line.failed() for line in lines.values()))
    texts = _noted(stretches, notes, built.lost_notes)
    built.sessions = [_session(each, texts.get(each.login.key, ""), known) for each in stretches]
    return built


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise GarbledError("not JSON") from error
    if not isinstance(value, Mapping):
        raise GarbledError("not an object")
    return value


def _device(value: Mapping[str, Any]) -> str:
    device = told.words(value.get("id"), 60)
    if not device:
        raise GarbledError("no id of a computer")
    return device


@dataclass(frozen=True, slots=True)
class _Stretch:
    login: Message
    start: datetime
    end: datetime | None = None


@dataclass(slots=True)
class _Line:
    """What happened under one number of a connection, in the order of arrival."""

    news: list[Message] = field(default_factory=list)
    running: dict[str, _Stretch] = field(default_factory=dict)
    ended: list[_Stretch] = field(default_factory=list)
    abandoned: list[_Stretch] = field(default_factory=list)
    early: dict[str, Message] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        if message.kind is Kind.NEW:
            self._new(message)
        elif message.kind is Kind.LOGIN:
            self._login(message)
        else:
            self._close(message)

    def all(self) -> list[_Stretch]:
        return [*self.ended, *self.abandoned, *self.running.values()]

    def failed(self) -> int:
        """Return how many connections began and were never logged in to, as far as is known."""
        return max(len(self.news) - len(self.all()), 0)

    def _new(self, message: Message) -> None:
        """Set aside what ran under this number: the client was started anew, its end is lost."""
        self.news.append(message)
        for session in list(self.running):
            self._abandon(session, message)

    def _abandon(self, session: str, message: Message) -> None:
        if message.received_at - self.running[session].start > SWAPPED:
            self.abandoned.append(self.running.pop(session))

    def _login(self, message: Message) -> None:
        if message.session in self.running:
            self._abandon(message.session, message)
        if message.session in self.running:
            return
        close = self.early.pop(message.session, None)
        if close is not None and message.received_at - close.received_at <= SWAPPED:
            began = [new.received_at for new in self.news if new.received_at <= close.received_at]
            start = max(began, default=close.received_at)
            self.ended.append(_Stretch(message, start, close.received_at))
        else:
            self.running[message.session] = _Stretch(message, message.received_at)

    def _close(self, message: Message) -> None:
        stretch = self.running.pop(message.session, None)
        if stretch is None:
            self.early[message.session] = message
        else:
            self.ended.append(replace(stretch, end=message.received_at))


def _kind(value: Mapping[str, Any]) -> Kind:
    action = value.get("action")
    if action in (Kind.NEW, Kind.CLOSE):
        return Kind(action)
    if value.get("peer") is not None:
        return Kind.LOGIN
    if isinstance(value.get("note"), str) and value.get("session_id") is not None:
        return Kind.NOTE
    raise GarbledError("neither a beginning, a login, an end nor a note")


def _key(value: Mapping[str, Any], body: bytes, at: datetime) -> str:
    """Return the nonce; an older client sends none, and each message once."""
    nonce = told.words(value.get("nonce"), KEY_LENGTH + 1)
    if 0 < len(nonce) <= KEY_LENGTH:
        return nonce
    if nonce:
        return "#" + hashlib.sha256(nonce.encode()).hexdigest()
    return "#" + hashlib.sha256(f"{at.isoformat()} ".encode() + body).hexdigest()


def _with_helper(message: Message, value: Mapping[str, Any]) -> Message:
    peer = value["peer"]
    parts = [told.words(part) for part in peer] if isinstance(peer, list) else []
    if not parts or not parts[0]:
        raise GarbledError("a login without its helper")
    number = values.number(value.get("type"))
    number = number if number is not None and 0 <= number < 1000 else None
    return replace(
        message,
        helper=parts[0],
        helper_name=parts[1] if len(parts) > 1 else "",
        number=0 if number is None else number,
    )


def _noted(stretches: list[_Stretch], notes: list[Message], lost: list[Message]) -> dict[str, str]:
    """Return the notes by the login they belong to: the helper writes them on its session."""
    texts: dict[str, str] = {}
    for note in notes:
        fits = [
            stretch
            for stretch in stretches
            if (stretch.login.device, stretch.login.session) == (note.device, note.session)
            and stretch.start <= note.received_at
        ]
        if fits:
            texts[fits[-1].login.key] = note.note  # the client sends the whole note each time
        else:
            lost.append(note)
    return texts


def _session(stretch: _Stretch, note: str, names: Mapping[str, str]) -> RawSession:
    login = stretch.login
    return RawSession(
        external_id=told.key(login.device, login.key),
        user_id=login.helper,
        technician_name=login.helper_name or login.helper,
        technician_mail=login.helper_name if "@" in login.helper_name else "",
        device_id=login.device,
        device_name=names.get(login.device, login.device),
        group_id="",
        group_name="",
        started_at=stretch.start,
        ended_at=stretch.end,
        seconds=values.length(stretch.start, stretch.end) if stretch.end else None,
        protocol=kinds.kind(login.number or 0),
        note=note,
        raw={"conn_id": login.connection, "session_id": login.session},
    )
