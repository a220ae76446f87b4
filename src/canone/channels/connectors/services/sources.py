"""Connecting, changing, pausing sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from canone.channels.connectors.models import Source
from canone.channels.connectors.rules.port import Probe
from canone.channels.connectors.services import tools, vault
from canone.channels.connectors.services.checking import Connection, checked


class InUseError(Exception):
    """Sessions came from this source: it can be paused, not removed."""


@transaction.atomic
def connect(*, connection: Connection, at: datetime) -> Source:
    """Return a new source, asked for its sessions at the next turn of the schedule.

    Raises ValidationError with every fault by field.
    """
    connection = checked(connection)
    tool = connection.description
    source = Source(kind=tool.key, created_at=at, next_pull_at=None if tool.receives else at)
    _take(source, connection)
    source.save()
    return source


@transaction.atomic
def revise(*, source_id: int, connection: Connection, at: datetime) -> Source:
    """Return the source with what the clerk changed; a trouble is forgotten and tried anew.

    Where the address, the kinds or the first day change, the server is read again from as far
    back as it remembers.
    """
    source = Source.objects.select_for_update().get(pk=source_id)
    connection = checked(connection, source)
    before = source.url, source.settings
    _take(source, connection)
    if source.url != before[0]:
        source.cursor = {}
    if source.url != before[0] or _reach(source.settings) != _reach(before[1]):
        source.last_ok_at = None
    _try_again(source, at)
    source.save()
    return source


@transaction.atomic
def pause(*, source_id: int) -> Source:
    """Return the source, asked no more until it is resumed."""
    source = Source.objects.select_for_update().get(pk=source_id)
    source.state, source.next_pull_at = Source.State.PAUSED, None
    source.save()
    return source


@transaction.atomic
def resume(*, source_id: int, at: datetime) -> Source:
    """Return the source, asked again from now on, from where it was left."""
    source = Source.objects.select_for_update().get(pk=source_id)
    source.state = Source.State.ACTIVE
    _try_again(source, at)
    source.save()
    return source


@transaction.atomic
def remove(*, source_id: int) -> None:
    """Remove a source that never brought a session; InUseError otherwise."""
    source = Source.objects.select_for_update().get(pk=source_id)
    if source.sessions_new:
        raise InUseError
    source.delete()


def probe(*, connection: Connection, known: Source | None = None) -> Probe:
    """Return what the connection gives access to, without saving anything; raises Trouble."""
    connection = checked(connection, known)
    trial = Source(kind=connection.description.key)
    if known is not None:
        trial.credentials, trial.url = known.credentials, known.url
    _take(trial, connection)
    return tools.tool(trial).probe()


def _take(source: Source, connection: Connection) -> None:
    tool = connection.description
    _seal(source, connection)
    source.title = connection.title
    source.url = connection.url
    source.interval_minutes = connection.interval_minutes or tool.minutes
    source.settings = {
        **connection.fields,
        **({} if tool.slug == tool.key else {"way": tool.slug}),
        "fingerprint": connection.fingerprint,
        "authority": connection.authority,
        "kinds": sorted(connection.kinds or ()),
        "first_day": connection.first_day.isoformat() if connection.first_day else None,
        "retention_days": connection.retention_days,
        "live": connection.live,
    }


def _seal(source: Source, connection: Connection) -> None:
    """Keep the secrets sealed; what was known of another address is forgotten."""
    entered = {name: value for name, value in connection.secrets.items() if value}
    known: dict[str, str] = {}
    tool = connection.description
    same = bool(source.credentials) and source.url == connection.url
    if same and (tool.receives or len(entered) < len(tool.secrets)):
        known = vault.unseal(source.credentials)
    source.credentials = vault.seal({**known, **entered})


def _reach(settings: dict[str, Any]) -> tuple[object, ...]:
    return settings.get("kinds"), settings.get("first_day")


def _try_again(source: Source, at: datetime) -> None:
    source.trouble, source.trouble_values, source.failures = "", {}, 0
    if source.state != Source.State.PAUSED:
        source.state = Source.State.ACTIVE
        tool = source.description
        waiting = not tool.receives or (tool.collects and source.messages.exists())
        source.next_pull_at = at if waiting else None
