"""Mail that Django or a library sends goes through the outbox like all other."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation

from canone.base.mail import services


class OutboxBackend(BaseEmailBackend):
    """Queues messages instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Return how many messages were queued, each once for every recipient."""
        for message in email_messages:
            html = ""
            if isinstance(message, EmailMultiAlternatives):
                html = next((str(a[0]) for a in message.alternatives if a[1] == "text/html"), "")
            for recipient in message.recipients():
                letter = services.Letter(
                    to=recipient,
                    language=translation.get_language() or "it",
                    subject=str(message.subject),
                    text=str(message.body),
                    html=html,
                )
                services.queue(letter, at=timezone.now(), by=None)
        return len(email_messages)
