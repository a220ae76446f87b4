"""Takes back what was kept for telling other programs about somebody."""

from __future__ import annotations

from django.db import transaction

from canone.channels.webhooks.models import Message
from canone.kernel.mentions import Words


def telling(words: Words) -> list[int]:
    """Return the messages that speak of somebody."""
    found = Message.objects.order_by("pk").only("data")
    return [one.pk for one in found.iterator() if words.are_in_data(one.data)]


@transaction.atomic
def erase(words: Words) -> int:
    """Return how many messages are gone, with their deliveries; none is sent any more."""
    ids = telling(words)
    Message.objects.filter(pk__in=ids).delete()
    return len(ids)
