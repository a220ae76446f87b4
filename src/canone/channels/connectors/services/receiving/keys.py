"""Keys of those who send: made here, shown once, sealed, and renewed with an overlap."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from canone.channels.connectors.models import Source
from canone.channels.connectors.rules import kinds
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.rules.webhook import signing
from canone.channels.connectors.services import vault

OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be shown of a source's keys: when they were made, until when the old one works."""

    made_at: datetime | None = None
    previous_until: datetime | None = None


@transaction.atomic
def renew(*, source_id: int, at: datetime) -> str:
    """Return a new key, never shown again; the one before works for a week more."""
    source = Source.objects.select_for_update().get(pk=source_id)
    known = _known(source)
    made = _made(source)
    kept = {"key": made, "made_at": at.isoformat()}
    if known.get("key"):
        kept |= {"previous": known["key"], "previous_until": (at + OVERLAP).isoformat()}
    _keep(source, kept)
    return made


@transaction.atomic
def end_overlap(*, source_id: int) -> None:
    """Make the key before the newest worthless at once."""
    source = Source.objects.select_for_update().get(pk=source_id)
    known = _known(source)
    _keep(source, {name: known[name] for name in ("key", "made_at") if name in known})


def working(source: Source, at: datetime) -> list[str]:
    """Return the keys that are good now."""
    known = _known(source)
    found = [known["key"]] if known.get("key") else []
    until = _instant(known.get("previous_until"))
    if known.get("previous") and until is not None and at < until:
        found.append(known["previous"])
    return found


def standing(source: Source, at: datetime) -> Standing:
    """Return what may be shown of the keys."""
    known = _known(source)
    until = _instant(known.get("previous_until"))
    return Standing(_instant(known.get("made_at")), until if until and at < until else None)


def _made(source: Source) -> str:
    if source.description is kinds.WEBHOOK:
        return signing.key_of(secrets.token_bytes(signing.KEY_BYTES))
    return secrets.token_urlsafe(24)


def _known(source: Source) -> dict[str, str]:
    """Return the keys; of another installation's there are none."""
    try:
        return vault.unseal(source.credentials) if source.credentials else {}
    except Trouble:
        return {}


def _keep(source: Source, known: dict[str, str]) -> None:
    source.credentials = vault.seal(known)
    source.save(update_fields=["credentials"])


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
