"""Empties what computers said of connections to them; the key stays, so a repeat is known."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from canone.channels.connectors.models import Message
from canone.kernel.mentions import Words

EMPTY = {
    "device": "", "uuid": "", "helper": "", "helper_name": "", "address": "", "note": "",
}  # fmt: skip


def telling(words: Words, devices: Collection[str]) -> list[int]:
    """Return the messages of these computers, and those that speak of somebody."""
    found = Message.objects.exclude(device="").order_by("pk")
    known = frozenset(devices)
    return [
        one.pk
        for one in found.iterator()
        if one.device in known or words.are_in(f"{one.helper}\n{one.helper_name}\n{one.note}")
    ]


@transaction.atomic
def erase(ids: Collection[int]) -> int:
    """Return how many messages say nothing any more."""
    return Message.objects.filter(Q(pk__in=ids)).update(**EMPTY)
