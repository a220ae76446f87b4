"""What somebody may say about a source, checked before it is believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from canone.channels.connectors import queries
from canone.channels.connectors.models import Source
from canone.channels.connectors.queries import wording
from canone.channels.connectors.rules import addresses
from canone.channels.connectors.rules.kinds import BY_SLUG, MESHCENTRAL, Description, Field
from canone.channels.connectors.rules.port import Trouble, clean
from canone.channels.connectors.rules.rustdesk import allowed
from canone.channels.connectors.services import trust
from canone.channels.connectors.services.meshcentral import wire

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FINGERPRINT_LENGTH = 64
LONGEST_TITLE, LONGEST_URL = 80, 300
Faults = dict[str, "StrOrPromise"]


@dataclass(frozen=True, slots=True)
class Connection:
    """What somebody says about a source.

    `tool` is the slug of a description in `rules.kinds`, `fields` what it asks for that may be
    shown, `secrets` what is sealed: an empty one keeps the known one. None is the tool's default.
    """

    title: str
    url: str = ""
    tool: str = MESHCENTRAL.slug
    fields: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    fingerprint: str = ""
    authority: str = ""
    kinds: frozenset[str] | None = None
    interval_minutes: int | None = None
    first_day: date | None = None
    retention_days: int | None = None
    live: bool = True

    @property
    def description(self) -> Description:
        """What the tool asks for."""
        return BY_SLUG[self.tool]


def checked(said: Connection, known: Source | None = None) -> Connection:
    """Return the connection as it is kept; a ValidationError names every field that is wrong."""
    tool = BY_SLUG.get(said.tool)
    if tool is None or (known is not None and known.description != tool):
        raise ValidationError({"tool": _("There is no such tool.")})
    tidy = _tidy(said, tool)
    faults: Faults = {}
    faults.update(_title(tidy, known))
    faults.update(_fields(tidy, tool))
    faults.update(_secrets(tidy, tool, known))
    faults.update(_numbers(tidy))
    if not tool.receives:
        faults.update(_server(tidy, tool))
        if said.fingerprint.strip() and len(tidy.fingerprint) != FINGERPRINT_LENGTH:
            faults["fingerprint"] = _("A SHA-256 fingerprint has 64 digits, 0 to 9 and a to f.")
    if tool.kinds and (not tidy.kinds or tidy.kinds - set(tool.kinds)):
        faults["kinds"] = _("Choose the kinds of sessions that count.")
    if faults:
        raise ValidationError(dict(faults.items()))
    return tidy


def _tidy(said: Connection, tool: Description) -> Connection:
    """Return what was said without blanks, without what the tool does not ask, with defaults."""
    chosen = tool.counted if said.kinds is None else said.kinds
    return replace(
        said,
        title=clean(said.title).strip(),
        url="" if tool.receives else clean(said.url).strip(),
        fields={each.name: _plain(said, each) for each in tool.fields if not each.secret},
        secrets={name: clean(str(said.secrets.get(name) or "")) for name in tool.secrets},
        fingerprint=trust.plain(said.fingerprint),
        authority=clean(said.authority).strip(),
        kinds=chosen if tool.kinds else frozenset(),
        interval_minutes=tool.minutes if said.interval_minutes is None else said.interval_minutes,
        retention_days=tool.forgets if said.retention_days is None else said.retention_days,
        live=said.live and tool.listens,
    )


def _plain(said: Connection, asked: Field) -> str | bool:
    value = said.fields.get(asked.name, asked.empty)
    return bool(value) if asked.switch else clean(str(value or "")).strip()


def _title(said: Connection, known: Source | None) -> Faults:
    if not said.title:
        return {"title": _("This field is required.")}
    if len(said.title) > LONGEST_TITLE:
        return {"title": _("At most %(n)s characters.") % {"n": LONGEST_TITLE}}
    others = queries.sources().filter(title__iexact=said.title)
    if known is not None:
        others = others.exclude(pk=known.pk)
    return {"title": _("Another source is called so.")} if others.exists() else {}


def _fields(said: Connection, tool: Description) -> Faults:
    faults: Faults = {}
    for asked in tool.fields:
        value = said.fields.get(asked.name)
        if asked.secret or asked.switch:
            continue
        if asked.required and not value:
            faults[asked.name] = _("This field is required.")
        elif asked.choices and value and value not in asked.choices:
            faults[asked.name] = _("Choose one of those offered.")
        elif len(str(value)) > asked.longest:
            faults[asked.name] = _("At most %(n)s characters.") % {"n": asked.longest}
    return faults | _networks(said)


def _networks(said: Connection) -> Faults:
    try:
        allowed.networks(str(said.fields.get("networks", "")))
    except ValueError:
        return {"networks": _("Networks look like 192.168.1.0/24, one after the other.")}
    return {}


def _secrets(said: Connection, tool: Description, known: Source | None) -> Faults:
    """Refuse a missing secret; the known one is only ever sent to the address it belongs to."""
    same = known is not None and known.url == said.url
    faults: Faults = {}
    for asked in tool.fields:
        value = said.secrets.get(asked.name, "")
        if asked.secret and asked.required and not value and not same:
            faults[asked.name] = _("Enter what the tool gave you: it is kept sealed.")
        elif len(value) > asked.longest:
            faults[asked.name] = _("At most %(n)s characters.") % {"n": asked.longest}
    return faults


def _server(said: Connection, tool: Description) -> Faults:
    faults: Faults = {}
    if not said.url:
        faults["url"] = _("This field is required.")
    elif len(said.url) > LONGEST_URL:
        faults["url"] = _("At most %(n)s characters.") % {"n": LONGEST_URL}
    else:
        look = wire.address if tool is MESHCENTRAL else addresses.address
        faults.update(_sealed("url", lambda: look(said.url)))
    faults.update(_sealed("authority", lambda: trust.context("", said.authority)))
    return faults


def _numbers(said: Connection) -> Faults:
    faults: Faults = {}
    if not 1 <= (said.interval_minutes or 0) <= 1440:
        faults["interval_minutes"] = _("Between 1 and 1440 minutes.")
    if not 1 <= (said.retention_days or 0) <= 3650:
        faults["retention_days"] = _("Between 1 and 3650 days.")
    return faults


def _sealed(name: str, look: Callable[[], object]) -> Faults:
    try:
        look()
    except Trouble as trouble:
        return {name: wording.trouble(trouble.code, trouble.values)}
    return {}
