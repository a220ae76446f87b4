"""Reads of the outbox."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from canone.base import vault
from canone.base.firm import queries as firm
from canone.base.mail import rules
from canone.base.mail.models import MailServer, MailTemplate, OutgoingMail

State = OutgoingMail.State
PURPOSE = "mail.server"
PATIENCE = 30
"""Seconds that a mail server may take to answer."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over, the password in the clear: never log or store it."""

    host: str
    port: int
    security: str
    username: str = ""
    password: str = ""
    sender: str = ""

    @property
    def arguments(self) -> dict[str, Any]:
        """What Django's mail connection wants to know."""
        return {
            "host": self.host,
            "port": self.port,
            "username": self.username,
            "password": self.password,
            "use_tls": self.security == MailServer.Security.STARTTLS,
            "use_ssl": self.security == MailServer.Security.TLS,
            "timeout": PATIENCE,
        }


def from_environment() -> bool:
    """Whether CANONE_MAIL_URL names the server, so that the page cannot."""
    return bool(settings.MAIL_SERVER)


def stored() -> MailServer | None:
    """Return the server entered on the page."""
    return MailServer.objects.filter(pk=1).first()


def server() -> dict[str, Any]:
    """Return the arguments of the connection; empty while no server is known.

    A password sealed under another secret is a SealError.
    """
    if settings.MAIL_SERVER:
        return dict(settings.MAIL_SERVER)
    row = stored()
    return opened(row).arguments if row else {}


def opened(row: MailServer) -> Server:
    """Return the server with its password in the clear; raises SealError."""
    password = vault.unseal(row.password, purpose=PURPOSE) if row.password else ""
    return Server(row.host, row.port, row.security, row.username, password, row.sender)


def completed(said: Server) -> Server:
    """Return what was entered; a password that is left empty stays, on the same server.

    One that is stored and cannot be read any more counts as none; without a user there is none.
    """
    if not said.username:
        return replace(said, password="")
    known = stored()
    if said.password or known is None or said.host != known.host:
        return said
    try:
        return replace(said, password=opened(known).password)
    except vault.SealError:
        return said


def is_set_up() -> bool:
    """Whether a mail server is known."""
    return from_environment() or MailServer.objects.exists()


def sender(address: str = "") -> str:
    """Return the address that mails come from; `address` where it is still being tried."""
    own = firm.firm()
    row = None if address or settings.MAIL_FROM else stored()
    entered = row.sender if row else ""
    address = settings.MAIL_FROM or address or entered or own.email or "canone@localhost"
    name = own.name.replace('"', "").replace("\r", " ").replace("\n", " ")
    return f'"{name}" <{address}>'


def replaced() -> frozenset[tuple[str, str]]:
    """Return the keys and languages of the texts that stand in the firm's words."""
    return frozenset(MailTemplate.objects.values_list("key", "language"))


def due(at: datetime, count: int) -> list[int]:
    """Return mails to be sent now, oldest first; those whose sender died are among them."""
    lost = Q(state=State.SENDING, due_at__lte=at - rules.LOST_AFTER)
    waiting = Q(state=State.QUEUED, due_at__lte=at)
    found = OutgoingMail.objects.filter(lost | waiting).order_by("due_at", "id")
    return list(found.values_list("pk", flat=True)[:count])


def log() -> QuerySet[OutgoingMail]:
    """Return every mail, newest first."""
    return OutgoingMail.objects.select_related("created_by").order_by("-created_at", "-id")


def of_owner(owner: str) -> QuerySet[OutgoingMail]:
    """Return the mails of one record, newest first."""
    return log().filter(owner=owner)


@dataclass(frozen=True, slots=True)
class About:
    """Whose mails are looked for: by addresses of their own, by shared ones, by records."""

    own: Collection[str]
    shared: Collection[str] = ()
    owners: Collection[str] = ()
    name: str = ""


def about(who: About) -> list[int]:
    """Return the mails to or about somebody.

    Of those to an address that others use too, only the ones that name them.
    """
    mine = Q(owner__in=list(who.owners))
    for address in who.own:
        mine |= Q(to__iexact=address)
    named = Q(subject__icontains=who.name) | Q(text__icontains=who.name)
    for address in who.shared:
        mine |= Q(to__iexact=address) & named
    return list(OutgoingMail.objects.filter(mine).order_by("pk").values_list("pk", flat=True))


def others(who: About) -> int:
    """Return how many mails went to an address that others use too and do not name them."""
    shared = Q(pk__in=[])
    for address in who.shared:
        shared |= Q(to__iexact=address)
    return OutgoingMail.objects.filter(shared).exclude(pk__in=about(who)).count()
