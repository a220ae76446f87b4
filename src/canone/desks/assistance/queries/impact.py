"""What a new version of a tariff would touch: the desk's answer to the catalog's port."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from canone.base.firm import queries as firms
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import previews, profiles
from canone.desks.assistance.queries.profiles import Profile
from canone.desks.assistance.rules.states import State
from canone.kernel.money import Money
from canone.registers.catalog.queries.impact import Impact
from canone.registers.catalog.rules.rating import Rater
from canone.registers.catalog.rules.terms import Terms

LIST = "/sessions/"


def of_tariff(*, tariff_id: int, terms: Terms, at: datetime) -> Impact:
    """Return how many customers and pending sessions the terms touch, and their price."""
    day = at.astimezone(firms.zone()).date()
    now = {
        key: profile
        for key, profile in profiles.current(day).items()
        if profile.version.tariff_id == tariff_id
    }
    rater = Rater(terms, zone=firms.zone())
    then = {key: replace(profile, rater=rater) for key, profile in now.items()}
    count, before = _worth(now, at)
    _count, after = _worth(then, at)
    query = urlencode({"state": State.PENDING.value})
    return Impact(
        customers=len({profile.customer_id for profile in now.values()}),
        pending=count,
        before=Money(before),
        after=Money(after),
        pending_url=f"{LIST}?{query}",
    )


def _worth(at_work: dict[int, Profile], now: datetime) -> tuple[int, int]:
    found = RemoteSession.objects.filter(
        group_id__in=list(at_work), accounting__isnull=True, ended_at__isnull=False
    ).order_by("started_at", "id")
    count = cents = 0
    batch: list[previews.Row] = []
    for row in previews.rows(found):
        batch.append(row)
        if len(batch) >= previews.CHUNK:
            count, cents = _add(batch, at_work, now, count, cents)
            batch = []
    return _add(batch, at_work, now, count, cents)


def _add(
    batch: list[previews.Row], at_work: dict[int, Profile], now: datetime, count: int, cents: int
) -> tuple[int, int]:
    for preview in previews.of_rows(batch, at_work, now=now).values():
        if preview.state is State.PENDING:
            count += 1
            cents += preview.price.minor if preview.price is not None else 0
    return count, cents


def groups_of(*, tariffs: list[int], at: datetime) -> dict[int, int]:
    """Return how many groups each tariff prices."""
    day = at.astimezone(firms.zone()).date()
    wanted = set(tariffs)
    found = Counter(profile.version.tariff_id for profile in profiles.current(day).values())
    return {key: count for key, count in found.items() if key in wanted}
