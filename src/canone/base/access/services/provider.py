"""The identity provider that people may sign in through: entered, changed, taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from canone.base import vault
from canone.base.access import queries
from canone.base.access.models import IdentityProvider, User
from canone.base.access.services import notes
from canone.base.history import services as history


@dataclass(frozen=True, slots=True)
class Provider:
    """What an owner enters; without `secret` the one that is kept stays."""

    name: str
    issuer: str
    client_id: str
    secret: str = ""
    hosts: tuple[str, ...] = ()
    is_second_factor: bool = False
    lets_invited_in: bool = True
    is_active: bool = True


PLAIN = ("name", "issuer", "client_id", "is_second_factor", "lets_invited_in", "is_active")


@transaction.atomic
def set_provider(said: Provider, *, at: datetime, by: int | None) -> IdentityProvider:
    """Return the row; wrong values are a ValidationError.

    A secret is never kept for another issuer or client than it was entered for.
    """
    row = queries.provider() or IdentityProvider(pk=1)
    same = (row.issuer, row.client_id) == (said.issuer, said.client_id)
    kept = row.secret if same else ""
    for name in PLAIN:
        setattr(row, name, getattr(said, name))
    row.hosts = list(said.hosts)
    row.secret = vault.seal(said.secret, purpose=queries.PROVIDER) if said.secret else kept
    row.updated_at, row.updated_by_id = at, by
    row.full_clean(exclude=["updated_by"])
    row.save()
    facts = {name: getattr(row, name) for name in (*PLAIN, "hosts")}
    _note("access.provider", facts, at, by)
    return row


@transaction.atomic
def remove_provider(*, at: datetime, by: int | None) -> bool:
    """Return whether there was one; nobody signs in through it any more."""
    row = queries.provider()
    if row is None:
        return False
    row.delete()
    _note("access.provider_removed", {"name": row.name, "issuer": row.issuer}, at, by)
    return True


@transaction.atomic
def note_disconnected(*, user: User, at: datetime, by: int | None) -> None:
    """Return nothing; the journal keeps that the user's connection was taken away."""
    notes.write("access.disconnected", user, {}, at, by)


def _note(kind: str, said: dict[str, object], at: datetime, by: int | None) -> None:
    history.append([history.Fact(kind, "firm:1", history.canonical(said))], at=at, by=by)
