"""Keeps what is to be told, in the transaction in which it happened."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from canone.base.events import facts
from canone.channels.webhooks import queries
from canone.channels.webhooks.models import Delivery, Message
from canone.channels.webhooks.rules import payloads

BATCH = 500


class Listener:
    """Hears every fact that a hook asked for; bound in `config/wiring.py`."""

    def wants(self, code: str) -> bool:
        """Whether a hook collects this kind of fact."""
        return bool(queries.hearers(code))

    @transaction.atomic
    def hear(self, code: str, told: Iterable[Any], at: datetime | None) -> None:
        """Keep a message for each fact, and a delivery for every hook that wants it."""
        version = facts.get(code).version
        when = {} if at is None else {"told_at": at}
        messages = Message.objects.bulk_create(
            (
                Message(
                    fact=code,
                    version=version,
                    data=payloads.data(one),
                    nonce=secrets.token_hex(3),
                    **when,
                )
                for one in told
            ),
            batch_size=BATCH,
        )
        due = {} if at is None else {"due_at": at}
        hooks = queries.hearers(code)
        Delivery.objects.bulk_create(
            (Delivery(hook_id=hook, message=one, **due) for one in messages for hook in hooks),
            batch_size=BATCH,
        )
