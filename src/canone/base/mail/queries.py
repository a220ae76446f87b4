"""Reads of the outbox."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from canone.base.firm import queries as firm
from canone.base.mail import rules
from canone.base.mail.models import OutgoingMail

State = OutgoingMail.State


def is_set_up() -> bool:
    """Whether a mail server is known."""
    return bool(settings.MAIL_SERVER)


def sender() -> str:
    """Return the address that mails come from."""
    own = firm.firm()
    address = settings.MAIL_FROM or own.email or "canone@localhost"
    name = own.name.replace('"', "").replace("\r", " ").replace("\n", " ")
    return f'"{name}" <{address}>'


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
