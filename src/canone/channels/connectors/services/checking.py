"""What a clerk may say about a server, checked before it is believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from canone.channels.connectors import queries
from canone.channels.connectors.models import Source
from canone.channels.connectors.queries import wording
from canone.channels.connectors.rules.meshcentral import events
from canone.channels.connectors.rules.port import Trouble, clean
from canone.channels.connectors.services.meshcentral import wire

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FINGERPRINT_LENGTH = 64
Faults = dict[str, "StrOrPromise"]


@dataclass(frozen=True, slots=True)
class Connection:
    """What a clerk says about a MeshCentral server; an empty password keeps the known one."""

    title: str
    url: str
    user: str
    password: str = field(default="", repr=False)
    fingerprint: str = ""
    authority: str = ""
    kinds: frozenset[str] = events.DEFAULT_KINDS
    interval_minutes: int = 15
    first_day: date | None = None
    retention_days: int = 20
    live: bool = True


def checked(said: Connection, known: Source | None = None) -> Connection:
    """Return the connection as it is kept; a ValidationError names every field that is wrong."""
    tidy = replace(
        said,
        title=clean(said.title).strip(),
        url=clean(said.url).strip(),
        user=clean(said.user).strip(),
        fingerprint=wire.plain(said.fingerprint),
        authority=clean(said.authority).strip(),
    )
    faults: Faults = {}
    faults.update(_words(tidy))
    faults.update(_title(tidy, known))
    faults.update(_password(tidy, known))
    faults.update(_sealed("url", lambda: wire.address(tidy.url)))
    authority = wire.Access("", "", "", authority=tidy.authority)
    faults.update(_sealed("authority", lambda: wire.trust(authority)))
    faults.update(_numbers(tidy))
    if said.fingerprint.strip() and len(tidy.fingerprint) != FINGERPRINT_LENGTH:
        faults["fingerprint"] = _("A SHA-256 fingerprint has 64 digits, 0 to 9 and a to f.")
    if not tidy.kinds or tidy.kinds - set(events.KINDS):
        faults["kinds"] = _("Choose the kinds of sessions that count.")
    if faults:
        raise ValidationError(dict(faults.items()))
    return tidy


def _words(said: Connection) -> Faults:
    empty = [name for name in ("title", "url", "user") if not getattr(said, name)]
    return dict.fromkeys(empty, _("This field is required."))


def _title(said: Connection, known: Source | None) -> Faults:
    others = queries.sources().filter(title__iexact=said.title)
    if known is not None:
        others = others.exclude(pk=known.pk)
    return {"title": _("Another source is called so.")} if others.exists() else {}


def _password(said: Connection, known: Source | None) -> Faults:
    """Refuse a missing password; the known one is only ever sent to the address it belongs to."""
    same = known is not None and known.url == said.url
    return {} if said.password or same else {"password": _("Enter the token’s password.")}


def _numbers(said: Connection) -> Faults:
    faults: Faults = {}
    if not 1 <= said.interval_minutes <= 1440:
        faults["interval_minutes"] = _("Between 1 and 1440 minutes.")
    if not 1 <= said.retention_days <= 3650:
        faults["retention_days"] = _("Between 1 and 3650 days.")
    return faults


def _sealed(name: str, look: Callable[[], object]) -> Faults:
    try:
        look()
    except Trouble as trouble:
        return {name: wording.trouble(trouble.code, trouble.values)}
    return {}
