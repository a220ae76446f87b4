"""The mail of the past: it is in the outbox as sent, and nothing of it waits for a server."""

from __future__ import annotations

from datetime import datetime

from django.core.mail.backends.dummy import EmailBackend
from django.utils import timezone

from canone.base.events import services as events
from canone.base.mail import services as mail
from canone.base.mail.models import OutgoingMail


def send(*, at: datetime) -> None:
    """Return nothing after telling what happened up to `at`, and sending its mail nowhere."""
    while events.deliver(at=timezone.now(), as_of=at):
        pass
    waiting = OutgoingMail.objects.filter(state=OutgoingMail.State.QUEUED).order_by("pk")
    for letter in waiting.values_list("pk", flat=True):
        mail.send(letter, at=at, through=EmailBackend())
