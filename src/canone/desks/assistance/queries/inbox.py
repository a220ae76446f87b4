"""Computers whose sessions belong to nobody yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Sum

from canone.base.access.models import User
from canone.desks.assistance.models import RemoteSession
from canone.registers.parties.models import Group

MOST = 200


@dataclass(frozen=True, slots=True)
class Device:
    """A computer whose sessions belong to nobody yet, and the group that its tool names."""

    source: str
    key: str
    name: str
    hint: str
    count: int
    minutes: int
    last: datetime
    guess: int | None


def waiting(user: User) -> list[Device]:
    """Return the devices without a customer among what `user` sees, the latest first."""
    found = (
        RemoteSession.objects.visible_to(user)
        .filter(group__isnull=True, accounting__isnull=True)
        .values("source", "device_key", "device_name", "group_hint")
        .annotate(count=Count("id"), seconds=Sum("seconds"), last=Max("started_at"))
        .order_by("-last")[:MOST]
    )
    telling = _telling(list(Group.objects.filter(is_active=True).values_list("id", "name")))
    return [
        Device(
            row["source"],
            row["device_key"],
            row["device_name"] or row["device_key"],
            row["group_hint"],
            row["count"],
            (row["seconds"] or 0) // 60,
            row["last"],
            _guess(f"{row['group_hint']} {row['device_name']}", telling),
        )
        for row in found
    ]


def _telling(groups: Sequence[tuple[int, str]]) -> dict[str, int]:
    """Return the words that stand in the name of one group only, with that group."""
    owners: dict[str, set[int]] = {}
    for key, name in groups:
        for word in name.casefold().replace("-", " ").split():
            if len(word) > 3:
                owners.setdefault(word, set()).add(key)
    return {word: next(iter(keys)) for word, keys in owners.items() if len(keys) == 1}


def _guess(text: str, telling: dict[str, int]) -> int | None:
    """Return the group that a word of the tool's tells; a proposal, not a decision."""
    words = text.casefold().replace("-", " ").split()
    return next((telling[word] for word in words if word in telling), None)
